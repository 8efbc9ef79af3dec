from . import test_segment_conditions
from . import test_segment_members
