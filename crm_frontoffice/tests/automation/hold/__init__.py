from . import test_hold
