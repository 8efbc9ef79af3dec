from . import crm_contact_role
from . import crm_lead_contact
from . import crm_lead
from . import crm_personal_data
from . import crm_stage_gate
