from . import crm_match_key
from . import crm_match_rule
from . import crm_match_search
from . import crm_match_candidate
from . import res_partner
from . import crm_match_snapshot
from . import crm_match_merge
from . import crm_match_review
