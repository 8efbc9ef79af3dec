from . import crm_computation_mixin
from . import fact
from . import forecast
from . import marketing
from . import process
from . import sales
from . import score
