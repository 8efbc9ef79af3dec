from . import test_discount_approvals
from . import test_stage_approvals
from . import test_approval_link
