from . import service_stage
from . import service_team
from . import service_intake_mixin
from . import service_ticket
from . import mail_thread
from . import res_partner
from . import crm_event_rule_action
