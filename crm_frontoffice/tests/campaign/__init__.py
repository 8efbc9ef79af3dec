from . import journey
from . import pressure
from . import segment
from . import test_chance
