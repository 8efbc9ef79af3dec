from . import crm_landing_form
from . import crm_landing_field
from . import crm_landing_answer
from . import crm_consent
from . import crm_personal_data
