from . import crm_gateway
from . import crm_gateway_ticket
