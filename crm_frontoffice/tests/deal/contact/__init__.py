from . import test_deal_contacts
