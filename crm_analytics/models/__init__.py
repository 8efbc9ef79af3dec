from . import fact
from . import forecast
from . import process
