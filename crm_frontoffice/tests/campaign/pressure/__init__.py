from . import test_limits
from . import test_quiet_hours
