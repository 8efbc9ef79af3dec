from . import test_event_log
from . import test_history_tour
from . import test_timeline
