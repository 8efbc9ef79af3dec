from . import test_sales_levels
