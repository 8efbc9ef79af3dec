from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from ...common import FrontofficeCase


@tagged("post_install", "-at_install")
class TestMoves(FrontofficeCase):
    """How a deal stood, and how long, is kept whatever changed it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.new, cls.offer = cls.env["crm.stage"].create(
            [{"name": "Fresh", "sequence": -5}, {"name": "Offer", "sequence": 50}]
        )

    def setUp(self):
        super().setUp()
        self.now = fields.Datetime.to_datetime("2026-03-02 09:00:00")
        with freeze_time(self.now):
            self.deal = self._create_deal(stage_id=self.new.id, expected_revenue=100, date_deadline="2026-04-01")
            self.commit()

    def commit(self):
        self.env.cr.precommit.run()

    def change(self, hours=1, **values):
        self.now += timedelta(hours=hours)
        with freeze_time(self.now):
            self.deal.with_user(self.anna).write(values)
            self.commit()

    def get_rows(self):
        return self.deal.move_ids.sorted("id")

    def test_each_move_is_a_row_with_its_duration(self):
        self.change(hours=5, stage_id=self.offer.id)
        self.change(hours=2, expected_revenue=300)
        self.change(hours=1, user_id=self.boris.id)
        rows = self.get_rows()
        self.assertEqual(rows.mapped("stage_id.name"), ["Fresh", "Offer"])
        self.assertEqual([row.duration_hours for row in rows], [5, 2, 1, 0])
        self.assertEqual([row.expected_revenue for row in rows], [100, 100, 300, 300])
        self.assertEqual([row.is_stage_move for row in rows], [True, True, False, False])
        self.assertEqual((rows[1].from_stage_id, rows[1].mover_id), (self.new, self.anna))
        self.assertFalse(rows[-1].date_left)

    def test_change_that_is_no_move_is_no_row(self):
        self.change(priority="2", description="Talked")
        self.change(stage_id=self.new.id)
        self.assertEqual(len(self.get_rows()), 1)

    def test_probability_is_kept_when_a_person_sets_it(self):
        self.change(probability=33)
        self.assertEqual(self.get_rows()[-1].probability, 33)

    def test_slipped_closing_dates_are_counted(self):
        self.change(date_deadline="2026-05-01")
        self.change(date_deadline="2026-04-15")
        self.change(date_deadline="2026-06-01")
        self.assertEqual(self.deal.closing_pushes, 2)
        self.assertEqual([row.is_push for row in self.get_rows()], [False, True, False, True])

    def test_move_by_a_change_of_the_team_is_a_row(self):
        other = self.env["crm.team"].create({"name": "Other"})
        self.new.team_ids = self.team
        self.change(user_id=False, team_id=other.id)
        self.assertNotEqual(self.deal.stage_id, self.new)
        self.assertEqual(self.get_rows()[-1].stage_id, self.deal.stage_id)
        self.assertTrue(self.get_rows()[-1].is_stage_move)

    def test_move_by_the_system_and_by_import_is_a_row(self):
        self.env["ir.model.data"].create(
            {"name": "moving_deal", "module": "__import__", "model": "crm.lead", "res_id": self.deal.id}
        )
        self.env["crm.lead"].load(["id", "stage_id"], [["__import__.moving_deal", "Offer"]])
        self.commit()
        self.assertEqual(self.get_rows()[-1].stage_id, self.offer)

    def test_merged_deal_keeps_the_past_of_both(self):
        twin = self._create_deal(name="Twin", stage_id=self.new.id)
        self.commit()
        self.change(stage_id=self.offer.id)
        merged = (self.deal + twin).merge_opportunity()
        self.commit()
        rows = self.env["crm.lead.move"].search([("lead_id", "=", merged.id)])
        self.assertEqual(len(rows.filtered("date_left")), len(rows) - 1)
        self.assertGreaterEqual(len(rows), 3)

    def test_many_moves_cost_two_statements(self):
        deals = self.env["crm.lead"].create([{"name": "D", "type": "opportunity"} for _number in range(50)])
        self.commit()
        deals.with_context(tracking_disable=True).write({"stage_id": self.offer.id, "date_deadline": "2027-01-01"})
        self.env.flush_all()
        with self.assertQueryCount(3):
            self.env["crm.lead.move"]._write_noted()
        self.assertEqual(deals.move_ids.filtered(lambda row: not row.date_left).stage_id, self.offer)

    def test_deals_from_before_begin_with_their_last_change_of_stage(self):
        self.env.cr.execute("DELETE FROM crm_lead_move WHERE lead_id = %s", [self.deal.id])
        self.env["crm.lead.move"]._begin_all()
        self.assertEqual(self.get_rows().date_entered, self.deal.date_last_stage_update)

    def test_salesperson_reads_the_moves_of_own_deals_only_and_writes_none(self):
        moves = self.env["crm.lead.move"]
        self.assertTrue(moves.with_user(self.anna).search([("lead_id", "=", self.deal.id)]))
        self.assertFalse(moves.with_user(self.boris).search([("lead_id", "=", self.deal.id)]))
        with self.assertRaises(AccessError):
            self.get_rows().with_user(self.maria).write({"expected_revenue": 1})

    def test_history_begins_with_the_stages_that_the_chatter_tells(self):
        self.change(hours=5, stage_id=self.offer.id)
        self.env["crm.lead.move"].search([("lead_id", "=", self.deal.id)]).unlink()
        message = self.deal.message_ids.filtered(lambda message: message.sudo().tracking_value_ids)[:1]
        message.date = self.now
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = %s WHERE id = %s", [self.now - timedelta(hours=5), self.deal.id]
        )
        self.env["crm.lead.move"]._begin_all()
        rows = self.get_rows()
        self.assertEqual(rows.mapped("stage_id.name"), ["Fresh", "Offer"])
        self.assertEqual((rows[0].duration_hours, rows[0].date_left, rows[1].from_stage_id), (5, self.now, self.new))
        self.assertFalse(rows[1].date_left)
        self.assertEqual(self.env["crm.lead.move"]._begin_all(), 0)
