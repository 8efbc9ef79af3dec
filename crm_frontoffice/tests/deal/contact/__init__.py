from . import test_deal_contacts
from . import test_contact_gate
