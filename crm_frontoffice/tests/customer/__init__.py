from . import test_event_log
from . import test_timeline
