from . import service_skill
from . import service_agent
from . import service_assignment_mixin
