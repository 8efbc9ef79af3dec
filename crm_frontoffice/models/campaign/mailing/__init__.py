from . import link_tracker
from . import mail_compose_message
from . import mailing_mailing
from . import mailing_trace
