from . import journey
from . import landing
from . import mailing
from . import measure
from . import plan
from . import pressure
from . import segment
from . import test_chance
