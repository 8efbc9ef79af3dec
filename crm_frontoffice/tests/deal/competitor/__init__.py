from . import test_competitors
