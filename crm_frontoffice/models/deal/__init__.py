from . import crm_stage
from . import crm_stage_gate
from . import crm_lead
from . import gate
from . import pipeline
from . import history
from . import playbook
