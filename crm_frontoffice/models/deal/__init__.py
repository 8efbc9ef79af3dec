from . import crm_stage
from . import crm_stage_gate
from . import crm_lead
from . import access
from . import belonging
from . import contact
from . import competitor
from . import line
