from . import crm_segment
from . import crm_segment_condition
from . import crm_segment_choice
from . import crm_segment_member
from . import crm_segment_preview
from . import crm_personal_data
from . import mailing_mailing
from . import res_partner
