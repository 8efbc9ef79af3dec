from . import res_company
from . import res_config_settings
from . import crm_stock_reservation
from . import crm_lead_line
from . import crm_lead
from . import sale_order
