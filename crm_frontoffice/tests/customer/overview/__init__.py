from . import test_overview
from . import test_traffic_light
