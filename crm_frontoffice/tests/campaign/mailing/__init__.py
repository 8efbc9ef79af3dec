from . import test_ab_split
from . import test_mailing_batches
