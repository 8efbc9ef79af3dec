from . import test_partner_roles
from . import test_partner_relations
from . import test_merge
from . import test_periods
