from . import test_gateway
from . import test_gateway_consent
from . import test_row_format
