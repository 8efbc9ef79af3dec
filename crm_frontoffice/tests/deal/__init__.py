from . import gate
from . import test_stage_gates
from . import access
from . import competitor
from . import contact
from . import line
from . import stock
from . import credit
