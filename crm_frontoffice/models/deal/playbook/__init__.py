from . import crm_checklist_item
from . import crm_checklist_tick
from . import crm_playbook_start
from . import crm_stage
from . import crm_stage_gate
from . import mail_activity_plan_template
from . import crm_lead
from . import crm_lead_move
