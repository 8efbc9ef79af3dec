from . import test_birthday
from . import test_payment_habit
from . import test_personal_data
from . import test_erasure
