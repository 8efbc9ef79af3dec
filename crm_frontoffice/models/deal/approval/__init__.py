from . import crm_approval_rule
from . import crm_approval
from . import crm_approval_refusal
from . import crm_stage_gate
from . import crm_lead
from . import sale_order_line
from . import sale_order
from . import res_users
