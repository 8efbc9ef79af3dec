from . import crm_lead
from . import crm_lead_score
from . import crm_score_data
from . import crm_score_run
from . import res_config_settings
