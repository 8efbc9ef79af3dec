from . import crm_lead_line
from . import crm_lead
from . import sale_order
