from . import crm_interaction_result
from . import crm_interaction
from . import crm_phone_lookup
from . import crm_lead
from . import res_partner
