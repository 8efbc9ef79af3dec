from . import crm_lead_competitor
from . import crm_lead
from . import crm_lead_lost
from . import crm_competitor_report
