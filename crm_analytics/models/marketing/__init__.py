from . import crm_marketing_credit
from . import crm_marketing_report
