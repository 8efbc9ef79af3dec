from . import crm_event
from . import crm_event_rule
from . import crm_event_rule_action
from . import crm_event_firing
from . import crm_event_effect
from . import crm_event_scan
