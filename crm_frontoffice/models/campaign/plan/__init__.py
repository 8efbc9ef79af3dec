from . import crm_campaign_budget
from . import crm_campaign_cost
from . import crm_campaign_member
from . import crm_campaign_report
from . import crm_campaign_target
from . import crm_message_tariff
from . import utm_campaign
