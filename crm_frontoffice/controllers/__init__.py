from . import approvals
from . import deal_documents
from . import deal_room
from . import landing
from . import personal_data
from . import preferences
