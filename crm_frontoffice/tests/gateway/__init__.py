from . import test_gateway
from . import test_row_format
