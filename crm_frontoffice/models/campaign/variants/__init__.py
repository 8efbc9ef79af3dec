from . import utm_campaign
from . import mailing_mailing
from . import crm_journey_step
