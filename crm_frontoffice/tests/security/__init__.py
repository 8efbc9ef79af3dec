from . import test_access
from . import test_injection
from . import test_over_rpc
