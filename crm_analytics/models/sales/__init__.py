from . import crm_sales_forecast
from . import crm_sales_forecast_line
from . import crm_sales_period
from . import crm_sales_period_mixin
from . import crm_sales_target
from . import crm_sales_submission
from . import crm_sales_outlook
from . import res_users
