from . import test_interactions
from . import test_log_contact_tour
from . import test_phone_lookup
