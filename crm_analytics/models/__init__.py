from . import fact
from . import forecast
from . import process
from . import score
