from . import crm_journey_message
