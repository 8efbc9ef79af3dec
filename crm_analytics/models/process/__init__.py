from . import crm_process
