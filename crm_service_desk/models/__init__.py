from . import sla
from . import assignment
from . import satisfaction
from . import macro
from . import knowledge
from . import report
from . import ticket
from . import gateway
