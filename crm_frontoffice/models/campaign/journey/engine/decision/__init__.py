from . import crm_journey_step
