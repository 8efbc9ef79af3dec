from . import test_consent_lists
from . import test_consent_log
from . import test_consent_staff
from . import test_consent_workers
from . import test_preference_pages
