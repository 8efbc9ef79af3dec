from . import crm_document_kind
from . import crm_document_template
from . import crm_document
from . import crm_lead
from . import crm_stage_gate
from . import crm_personal_data
