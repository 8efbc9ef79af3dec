from . import crm_lead_belonging_mixin
from . import crm_lead
