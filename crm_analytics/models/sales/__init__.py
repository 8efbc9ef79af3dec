from . import crm_sales_forecast
from . import crm_sales_forecast_line
