from . import crm_pipeline
from . import crm_lead
