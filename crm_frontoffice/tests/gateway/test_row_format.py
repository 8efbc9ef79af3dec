import doctest

from odoo.tests import BaseCase, tagged

from ...models.gateway import row_format


@tagged("post_install", "-at_install")
class TestRowFormat(BaseCase):
    """The examples in the documentation of the row format hold."""

    def test_documented_examples(self):
        result = doctest.testmod(row_format)
        self.assertGreater(result.attempted, 10)
        self.assertFalse(result.failed)
