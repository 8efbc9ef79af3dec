from . import crm_cached_mixin
from . import crm_partner_merge_mixin
from . import crm_text_search_mixin
from . import customer
from . import campaign
from . import deal
from . import automation
from . import gateway
