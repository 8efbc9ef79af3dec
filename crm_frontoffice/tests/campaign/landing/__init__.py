from . import test_landing_forms
