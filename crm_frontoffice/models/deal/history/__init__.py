from . import crm_lead_move
from . import crm_pipeline
from . import crm_lead
from . import crm_lead_staleness
