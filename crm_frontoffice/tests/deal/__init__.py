from . import gate
from . import pipeline
from . import test_stage_gates
