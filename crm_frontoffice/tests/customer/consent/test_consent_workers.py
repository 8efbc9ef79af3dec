import threading

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestConsentWorkers(TransactionCase):
    """Two workers that record decisions of one customer at once lose none and double none."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            self.partner_id = env["res.partner"].create({"name": "Two Workers", "email": "two@workers.example"}).id
        self.addCleanup(self._clean_up)

    def _clean_up(self):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM crm_consent WHERE partner_id = %s", [self.partner_id])
            cr.execute("DELETE FROM res_partner WHERE id = %s", [self.partner_id])

    def _work(self, barrier, decision, date):
        """One request; the server repeats a request that met another one, and so does this."""
        for attempt in range(5):
            try:
                with self.registry.cursor() as cr:
                    env = api.Environment(cr, SUPERUSER_ID, {})
                    env["res.partner"].browse(self.partner_id).email  # noqa: B018 - the transaction has its snapshot
                    if not attempt:
                        barrier.wait(20)
                    vals = {"partner_id": self.partner_id, "channel": "post", "purpose_id": "news", "source": "import"}
                    env["crm.consent"]._record([{**vals, "decision": decision, "date": date}])
                return
            except SerializationFailure:
                continue
        self.fail("five times in a row the other was faster")

    def test_latest_decision_counts_and_both_are_kept(self):
        barrier = threading.Barrier(2)
        workers = [
            threading.Thread(target=self._work, args=(barrier, *work))
            for work in (("withdrawn", "2026-06-02 10:00:00"), ("given", "2026-06-01 10:00:00"))
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(60)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            partner = env["res.partner"].browse(self.partner_id)
            self.assertEqual(partner.consent_ids.mapped("state"), ["refused"])
            self.assertEqual(sorted(partner.consent_event_ids.mapped("decision")), ["given", "withdrawn"])
