from . import crm_fact
from . import crm_fact_change
from . import crm_fact_deal
from . import crm_fact_invoice
from . import crm_fact_invoice_month
from . import crm_fact_table
from . import crm_fact_ticket
