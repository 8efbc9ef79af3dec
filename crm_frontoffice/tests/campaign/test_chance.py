import doctest

from odoo.tests import tagged
from odoo.tests.common import TransactionCase
from odoo.tools import SQL

from ...models.campaign import chance
from ...models.campaign.journey import flow_layout


@tagged("post_install", "-at_install")
class TestChance(TransactionCase):
    """Chance that comes out the same each time, in Python and in the database."""

    def test_examples(self):
        for module in (chance, flow_layout):
            failed, tried = doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE)
            self.assertTrue(tried)
            self.assertFalse(failed)

    def test_database_draws_the_same_lot(self):
        query = SQL("SELECT n, %s FROM generate_series(1, 500) AS n", chance.bucket_sql("spring", SQL("n")))
        for number, drawn in self.env.execute_query(query):
            self.assertEqual(drawn, chance.bucket("spring", number))
