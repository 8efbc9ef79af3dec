from . import test_access
from . import test_capture
from . import test_dashboard
from . import test_forecast_run
from . import test_forecasting
from . import test_freshness
from . import test_performance
