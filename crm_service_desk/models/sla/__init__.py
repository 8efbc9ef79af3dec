from . import service_sla_policy
from . import service_sla_target
from . import service_sla_status
from . import service_sla_mixin
from . import resource_calendar
from . import resource_calendar_attendance
from . import resource_calendar_leaves
