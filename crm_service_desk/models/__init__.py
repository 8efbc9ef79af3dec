from . import sla
from . import ticket
