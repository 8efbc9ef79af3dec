from . import crm_external_ref
from . import crm_gateway_import
from . import crm_gateway_customer
from . import crm_gateway_product
from . import crm_gateway_deal
from . import crm_gateway_interaction
from . import crm_gateway
