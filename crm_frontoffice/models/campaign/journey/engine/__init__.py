from . import crm_journey_step
from . import decision
from . import deed
