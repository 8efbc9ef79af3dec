from . import crm_gateway
from . import crm_gateway_ticket
from . import crm_gateway_ticket_file
from . import crm_gateway_ticket_message
