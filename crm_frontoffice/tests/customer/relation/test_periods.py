import doctest

from odoo.tests import BaseCase, tagged

from ....models.customer.relation import periods


@tagged("post_install", "-at_install")
class TestPeriods(BaseCase):
    """The examples in the documentation of joining periods hold."""

    def test_documented_examples(self):
        result = doctest.testmod(periods)
        self.assertGreater(result.attempted, 2)
        self.assertFalse(result.failed)
