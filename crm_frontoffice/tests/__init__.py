from . import automation
from . import customer
from . import campaign
from . import deal
from . import gateway
from . import security
