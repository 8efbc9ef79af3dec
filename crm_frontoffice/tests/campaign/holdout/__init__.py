from . import test_holdout
