from . import crm_event
from . import crm_webhook
from . import crm_webhook_delivery
from . import crm_webhook_replay
from . import crm_event_rule_action
from . import crm_personal_data
