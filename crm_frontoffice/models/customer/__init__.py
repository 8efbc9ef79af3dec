from . import crm_event_type
from . import crm_event
from . import crm_event_source
