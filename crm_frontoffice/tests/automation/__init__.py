from . import test_event_rules
