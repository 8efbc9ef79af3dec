from . import test_machine_clicks
