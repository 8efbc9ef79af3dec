from . import crm_forecast_point
from . import crm_forecast_run
