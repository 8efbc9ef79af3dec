from . import approvals
from . import deal_documents
from . import personal_data
from . import preferences
