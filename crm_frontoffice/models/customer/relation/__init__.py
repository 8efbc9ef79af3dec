from . import crm_partner_role
from . import crm_relation_type
from . import crm_partner_relation
from . import crm_partner_relation_side
from . import crm_event
from . import res_partner
