from . import crm_event_scan
