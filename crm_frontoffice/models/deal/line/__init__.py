from . import crm_lead_line
from . import crm_lead
from . import sale_order
from . import crm_stage_gate
