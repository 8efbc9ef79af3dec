from . import gate
from . import test_stage_gates
