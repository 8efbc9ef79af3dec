from . import crm_stage_gate
from . import crm_lead
