from . import segment
from . import mailing_trace
from . import link_tracker_click
from . import mailing_subscription
from . import crm_blacklist_mixin
from . import mail_thread
from . import res_partner
from . import crm_event_backfill
