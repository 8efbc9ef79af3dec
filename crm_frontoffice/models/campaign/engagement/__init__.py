from . import crm_event_type
from . import crm_engagement
from . import res_partner
from . import crm_personal_data
