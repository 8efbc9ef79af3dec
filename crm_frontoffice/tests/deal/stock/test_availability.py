import doctest

from odoo.tests import BaseCase, tagged

from ....models.deal.stock import availability


@tagged("post_install", "-at_install")
class TestAvailability(BaseCase):
    """The examples in the documentation of the stock light hold."""

    def test_documented_examples(self):
        result = doctest.testmod(availability)
        self.assertGreater(result.attempted, 2)
        self.assertFalse(result.failed)
