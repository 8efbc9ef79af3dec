from . import test_tracking_of_many
