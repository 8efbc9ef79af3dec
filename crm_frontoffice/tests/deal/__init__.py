from . import test_stage_gates
from . import search
