from . import crm_event_effect
from . import crm_event_rule_action
