from . import test_event_rules
from . import test_rule_actions
from . import test_rule_ends
from . import hold
from . import webhook
from . import test_scans_that_turn
from . import test_discount_ahead
