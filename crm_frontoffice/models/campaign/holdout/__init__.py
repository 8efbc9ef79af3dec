from . import crm_holdout
from . import res_company
from . import res_config_settings
from . import utm_campaign
from . import crm_journey
from . import mailing_mailing
from . import crm_personal_data
