import doctest

from odoo.tests.common import BaseCase

from odoo.addons.crm_frontoffice.models.automation.webhook import webhook_protocol, webhook_sender


class TestWebhookProtocol(BaseCase):
    """Signature, waiting times and addresses are as their documentation says."""

    def test_examples_in_the_documentation_hold(self):
        for module in (webhook_protocol, webhook_sender):
            result = doctest.testmod(module)
            self.assertGreater(result.attempted, 2)
            self.assertEqual(result.failed, 0)
