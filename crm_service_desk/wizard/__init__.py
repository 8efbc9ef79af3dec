from . import service_macro_run
from . import service_ticket_broadcast
from . import service_ticket_merge
from . import service_ticket_split
