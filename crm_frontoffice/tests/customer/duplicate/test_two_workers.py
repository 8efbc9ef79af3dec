from threading import Barrier, Thread

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged


@tagged("post_install", "-at_install")
class TestTwoWorkers(BaseCase):
    """Two workers at once make each pair and each key once; the one that comes too late is told to repeat."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self._environment() as env:
            partners = env["res.partner"].create([{"name": "Twin Worker", "email": "tw@home.example"}] * 2)
            self.ids = partners.ids
            env.cr.commit()
        self.addCleanup(self._clean)

    def _environment(self):
        class Opened:
            def __enter__(opened):
                opened.cr = self.registry.cursor()
                return api.Environment(opened.cr, SUPERUSER_ID, {})

            def __exit__(opened, *_error):
                opened.cr.close()

        return Opened()

    def _clean(self):
        with self._environment() as env:
            env["res.partner"].browse(self.ids).exists().unlink()
            env.cr.commit()

    def _at_once(self, work):
        """Two threads do the work together; how each ended."""
        barrier, ends = Barrier(2), []

        def run():
            with self._environment() as env:
                env.cr.execute("SELECT 1")  # both have taken their snapshot before either writes
                barrier.wait(timeout=20)
                try:
                    work(env)
                    env.cr.commit()
                    ends.append("done")
                except SerializationFailure:
                    env.cr.rollback()
                    ends.append("repeat")

        threads = [Thread(target=run) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        return sorted(ends)

    def test_search_of_the_same_customers_makes_each_pair_once(self):
        def work(env):
            env["crm.match.candidate"]._queue(env["res.partner"].browse(self.ids)._find_own_duplicates())

        ends = self._at_once(work)
        self.assertIn(ends, (["done", "done"], ["done", "repeat"]))
        with self._environment() as env:
            self.assertEqual(env["crm.match.candidate"].search_count([("partner_a_id", "in", self.ids)]), 1)

    def test_keys_of_the_same_customer_are_there_once(self):
        def work(env):
            partner = env["res.partner"].browse(self.ids[0])
            partner.email = "both@home.example"
            env.flush_all()

        ends = self._at_once(work)
        self.assertEqual(ends, ["done", "repeat"])
        with self._environment() as env:
            keys = env["crm.match.key"].search([("partner_id", "=", self.ids[0]), ("kind", "=", "email")])
            self.assertEqual(len(keys), 1)
