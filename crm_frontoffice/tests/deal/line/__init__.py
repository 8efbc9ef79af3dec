from . import test_deal_lines
from . import test_line_amounts
