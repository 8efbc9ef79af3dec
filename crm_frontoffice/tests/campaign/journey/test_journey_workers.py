from odoo import SUPERUSER_ID, api
from odoo.tests import TransactionCase, tagged

from odoo.addons.queue_job.tests.common import trap_jobs


@tagged("post_install", "-at_install")
class TestJourneyWorkers(TransactionCase):
    """Two workers at one step take different participants; one that is killed leaves nothing half done."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr, trap_jobs():
            env = api.Environment(cr, SUPERUSER_ID, {})
            journey = env["crm.journey"].create({"name": "Workers"})
            env["crm.journey.step"].create({"version_id": journey.draft_id.id, "name": "Deal", "kind": "deal"})
            journey.action_start()
            partners = env["res.partner"].create([{"name": f"Journey Worker {number}"} for number in range(4)])
            journey.enrol(partners.ids)
            self.journey_id, self.step_id, self.partner_ids = journey.id, journey.version_id.step_ids.id, partners.ids
        self.addCleanup(self._clean_up)

    def _clean_up(self):
        with self.registry.cursor() as cr, trap_jobs():
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["crm.lead"].search([("partner_id", "in", self.partner_ids)]).unlink()
            env["crm.event"].search([("partner_id", "in", self.partner_ids)]).unlink()
            env["crm.journey.passage"].search([("step_id", "=", self.step_id)]).unlink()
            env["crm.journey.participant"].search([("journey_id", "=", self.journey_id)]).unlink()
            cr.execute("DELETE FROM crm_journey_version WHERE journey_id = %s", [self.journey_id])
            env["crm.journey"].browse(self.journey_id).unlink()
            env["res.partner"].browse(self.partner_ids).unlink()

    def _tick(self, cr, limit):
        return api.Environment(cr, SUPERUSER_ID, {})["crm.journey.step"].browse(self.step_id)._tick(limit)

    def _count_deals(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            return env["crm.lead"].search_count([("partner_id", "in", self.partner_ids)])

    def test_workers_do_not_step_on_each_other(self):
        with trap_jobs(), self.registry.cursor() as first, self.registry.cursor() as second:
            self.assertEqual(self._tick(first, 2), 2)
            self.assertEqual(self._tick(second, 10), 2)
        self.assertEqual(self._count_deals(), 4)

    def test_killed_worker_leaves_nothing_and_the_next_one_does_all(self):
        with trap_jobs(), self.registry.cursor() as cr:
            self.assertEqual(self._tick(cr, 4), 4)
            cr.rollback()
        self.assertEqual(self._count_deals(), 0)
        with trap_jobs(), self.registry.cursor() as cr:
            self.assertEqual(self._tick(cr, 5), 4)
        self.assertEqual(self._count_deals(), 4)
