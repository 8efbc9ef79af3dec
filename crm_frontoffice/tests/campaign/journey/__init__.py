from . import test_journey_design
from . import test_journey_engine
from . import test_journey_entry
from . import test_journey_letters
from . import test_journey_messages
from . import test_journey_reminders
from . import test_journey_steps
from . import test_journey_workers
