from . import test_split_result
from . import test_winner
