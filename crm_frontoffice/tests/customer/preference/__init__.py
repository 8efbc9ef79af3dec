from . import test_contact_habit
