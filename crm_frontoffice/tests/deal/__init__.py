from . import test_stage_gates
