from . import test_campaign_plan
