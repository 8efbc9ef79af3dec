from . import crm_event_cursor
from . import crm_contact_habit
from . import res_partner
