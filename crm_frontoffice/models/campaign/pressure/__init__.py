from . import crm_pressure
from . import crm_pressure_rule
from . import mailing_mailing
from . import mailing_trace
from . import res_company
from . import res_config_settings
from . import res_partner
