from . import link_tracker_click
from . import link_tracker
from . import mailing_mailing
from . import mailing_trace
