from . import test_moves
from . import test_staleness
