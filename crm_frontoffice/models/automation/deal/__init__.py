from . import crm_event_rule_action
