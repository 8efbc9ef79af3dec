from . import test_deal_credit
