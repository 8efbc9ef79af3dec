from . import fact
from . import forecast
