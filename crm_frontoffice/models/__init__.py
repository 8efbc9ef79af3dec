from . import crm_cached_mixin
from . import customer
from . import deal
from . import automation
from . import gateway
