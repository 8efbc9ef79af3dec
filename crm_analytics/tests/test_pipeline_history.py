from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from .case import AnalyticsCase


@tagged("post_install", "-at_install")
class TestPipelineHistory(AnalyticsCase):
    """How the pipeline stood on a past day, from the moves of the deals."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stages = cls.env["crm.stage"].search([("is_won", "=", False)], order="sequence", limit=2)
        cls.first, cls.second = cls.stages

    def _on(self, day, work):
        """Do something on a day, as a transaction of its own."""
        with freeze_time(f"{day} 10:00:00"):
            result = work()
            self.env.flush_all()
            self.env.cr.precommit.run()
        return result

    def _create(self, day, revenue, stage):
        lead = self._on(day, lambda: self._deal(revenue, self.anna, stage_id=stage.id))
        self.env.cr.execute(SQL("UPDATE crm_lead SET create_date = %s WHERE id = %s", f"{day} 10:00:00", lead.id))
        return lead

    def _as_of(self, day):
        rows = self.env["crm.fact.stage"].search([("as_of", "=", day), ("team_id", "=", self.industry.id)])
        return sorted((row.amount, row.stage_id.name) for row in rows)

    def test_pipeline_as_it_stood(self):
        press, gear = self._create("2026-02-02", 100, self.first), self._create("2026-02-20", 40, self.first)
        self._on("2026-03-05", lambda: press.write({"stage_id": self.second.id}))
        self._on("2026-03-10", lambda: press.write({"expected_revenue": 150}))
        self._on("2026-03-20", lambda: gear.action_set_lost())
        self._on("2026-04-01", lambda: press.action_set_won())
        self._refresh()
        first, second = self.first.name, self.second.name
        self.assertEqual(self._as_of("2026-02-01"), [])
        self.assertEqual(self._as_of("2026-02-02"), [(100, first)])
        self.assertEqual(self._as_of("2026-03-04"), [(40, first), (100, first)])
        self.assertEqual(self._as_of("2026-03-07"), [(40, first), (100, second)])
        self.assertEqual(self._as_of("2026-03-19"), [(40, first), (150, second)])
        self.assertEqual(self._as_of("2026-03-31"), [(150, second)])
        self.assertEqual(self._as_of("2026-04-02"), [])
        self.assertFactsEqualSource()

    def test_outcome_of_each_visit(self):
        press = self._create("2026-02-02", 100, self.first)
        self._on("2026-03-05", lambda: press.write({"stage_id": self.second.id}))
        self._on("2026-03-06", lambda: press.action_set_lost())
        self._refresh()
        rows = self.env["crm.fact.stage"].search([("lead_id", "=", press.id)], order="date_entered")
        self.assertEqual(rows.mapped("outcome"), ["moved", "lost"])
        self.assertEqual(rows.mapped("hours"), [31 * 24, 24])
        self.assertEqual(rows.mapped("entry_count"), [1, 1])

    def test_history_before_the_moves_comes_from_the_chatter(self):
        lead = self._create("2026-02-02", 100, self.first)
        tracked = lead.with_context(tracking_disable=False)
        self._on("2026-03-05", lambda: tracked.write({"stage_id": self.second.id}))
        self.env.cr.execute(
            SQL("UPDATE mail_message SET date = '2026-03-05 10:00' WHERE res_id = %s AND model = 'crm.lead'", lead.id)
        )
        self.env.cr.execute("DELETE FROM crm_lead_move WHERE lead_id = %s", [lead.id])
        self.env["crm.lead.move"].invalidate_model()
        self.env.cr.execute("UPDATE crm_lead SET date_last_stage_update = '2026-03-06' WHERE id = %s", [lead.id])
        self.env["crm.lead.move"]._begin_all()
        self.env["crm.lead.move"]._begin_all()
        self._refresh()
        rows = self.env["crm.fact.stage"].search([("lead_id", "=", lead.id)], order="date_entered")
        self.assertEqual(rows.stage_id, self.first | self.second)
        self.assertEqual(rows.mapped("stage_id.id"), [self.first.id, self.second.id])
        self.assertEqual([str(row.date_entered)[:10] for row in rows][0], "2026-02-02")
        self.assertEqual(sum(rows.mapped("entry_count")), 2)
        self.assertFactsEqualSource()

    def test_deal_without_a_word_in_the_chatter_was_in_its_stage_since_it_began(self):
        lead = self._create("2026-02-02", 100, self.first)
        self.env.cr.execute("DELETE FROM crm_lead_move WHERE lead_id = %s", [lead.id])
        self.env["crm.lead.move"].invalidate_model()
        self.env.cr.execute("UPDATE crm_lead SET date_last_stage_update = '2026-03-06' WHERE id = %s", [lead.id])
        self.env["crm.lead.move"]._begin_all()
        self._refresh()
        self.assertEqual(self._as_of("2026-02-03"), [(100, self.first.name)])
        self.assertFactsEqualSource()

    def test_relative_days_are_understood(self):
        self._deal(100, self.anna)
        self.env.cr.precommit.run()
        self._refresh()
        facts = self.env["crm.fact.stage"]
        self.assertTrue(facts.search([("as_of", "=", "today"), ("team_id", "=", self.industry.id)]))
        self.assertFalse(facts.search([("as_of", "=", "-1y"), ("team_id", "=", self.industry.id)]))
