import doctest

from odoo.tests import BaseCase, tagged

from ....models.deal.line import line_amounts


@tagged("post_install", "-at_install")
class TestLineAmounts(BaseCase):
    """The examples in the documentation of the amounts hold."""

    def test_documented_examples(self):
        result = doctest.testmod(line_amounts)
        self.assertGreater(result.attempted, 2)
        self.assertFalse(result.failed)
