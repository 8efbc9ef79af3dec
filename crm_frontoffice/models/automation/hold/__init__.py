from . import crm_hold
from . import res_partner
from . import sale_order
from . import payment_transaction
from . import crm_customer_overview
from . import crm_event_rule_action
