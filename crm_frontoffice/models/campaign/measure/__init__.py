from . import crm_journey
from . import crm_event_type
from . import crm_attribution
from . import utm_campaign
