from . import articles
from . import portal
from . import public_form
