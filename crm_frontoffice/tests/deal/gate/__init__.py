from . import test_gate_kinds
from . import test_gate_paths
from . import test_gate_tour
