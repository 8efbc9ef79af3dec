from . import test_webhook_protocol
from . import test_webhook_security
from . import test_webhook_workers
from . import test_webhooks
