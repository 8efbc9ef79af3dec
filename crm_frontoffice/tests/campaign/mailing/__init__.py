from . import test_mailing_batches
