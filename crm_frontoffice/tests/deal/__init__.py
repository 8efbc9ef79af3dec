from . import gate
from . import history
from . import pipeline
from . import playbook
from . import test_stage_gates
