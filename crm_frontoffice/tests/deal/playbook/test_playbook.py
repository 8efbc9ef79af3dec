from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, tagged

from ....exceptions import StageGateError
from ...common import FrontofficeCase


@tagged("post_install", "-at_install")
class TestPlaybook(FrontofficeCase):
    """A stage tells what to do, plans it by itself, and wants its checklist done."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fresh, cls.offer = cls.env["crm.stage"].create(
            [{"name": "Fresh", "sequence": -5}, {"name": "Offer", "sequence": 50}]
        )
        cls.plan = cls.env["mail.activity.plan"].create({"name": "Offer plan", "res_model": "crm.lead"})
        cls._step("Call", 1, "salesperson")
        cls._step("Review", 3, "team_leader")
        cls.offer.plan_id = cls.plan
        cls.budget, cls.need = cls.env["crm.checklist.item"].create(
            [{"name": "Budget", "stage_id": cls.fresh.id}, {"name": "Need", "stage_id": cls.fresh.id}]
        )
        cls.company.resource_calendar_id.tz = "UTC"

    @classmethod
    def _step(cls, summary, days, role, **values):
        cls.env["mail.activity.plan.template"].create(
            {
                "plan_id": cls.plan.id,
                "summary": summary,
                "delay_count": days,
                "delay_from": "after_plan_date",
                "responsible_type": role,
                **values,
            }
        )

    def setUp(self):
        super().setUp()
        self.deal = self._create_deal(stage_id=self.fresh.id, company_id=self.company.id).with_user(self.anna)
        self.env.cr.precommit.run()

    def enter(self, stage=None, day="2026-03-05 10:00:00"):  # a Thursday
        with freeze_time(day):
            self.deal.stage_id = stage or self.offer
            self.env.cr.precommit.run()

    def get_plan(self):
        activities = self.deal.sudo().activity_ids.sorted("date_deadline")
        return [(activity.summary, activity.user_id, str(activity.date_deadline)) for activity in activities]

    def test_entering_a_stage_plans_its_activities_by_role_and_working_day(self):
        self.enter()
        self.assertEqual(self.get_plan(), [("Call", self.anna, "2026-03-06"), ("Review", self.maria, "2026-03-10")])

    def test_public_holiday_is_skipped(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.company.resource_calendar_id.id,
                "date_from": "2026-03-06 00:00:00",
                "date_to": "2026-03-06 23:59:59",
            }
        )
        self.enter()
        self.assertEqual([day for _name, _user, day in self.get_plan()], ["2026-03-09", "2026-03-11"])

    def test_weeks_that_end_on_a_day_off_are_due_on_the_next_working_day(self):
        self.plan.template_ids.unlink()
        self._step("Write", 1, "salesperson", delay_unit="weeks")
        self.enter(day="2026-03-07 10:00:00")  # a Saturday
        self.assertEqual(self.get_plan(), [("Write", self.anna, "2026-03-16")])

    def test_deal_that_comes_back_is_not_planned_again(self):
        self.enter()
        self.enter(self.fresh)
        self.enter()
        self.assertEqual(len(self.get_plan()), 2)

    def test_step_of_a_team_without_leader_is_the_salespersons(self):
        self.team.user_id = False
        self.enter()
        self.assertEqual({user for _name, user, _day in self.get_plan()}, {self.anna})

    def test_roles_of_deals_are_for_plans_of_deals(self):
        plan = self.env["mail.activity.plan"].create({"name": "Other", "res_model": "res.partner"})
        with self.assertRaises(ValidationError):
            self.env["mail.activity.plan.template"].create({"plan_id": plan.id, "responsible_type": "salesperson"})

    def test_checklist_holds_the_deal_back_and_names_what_is_open(self):
        self.env["crm.stage.gate"].create({"stage_id": self.offer.id, "kind": "checklist"})
        self.deal.checklist_done_ids = self.budget
        with self.assertRaisesRegex(StageGateError, "checklist: Need") as caught, self.cr.savepoint():
            self.deal.stage_id = self.offer
        self.env.invalidate_all()
        self.assertEqual(caught.exception.context["missing"][0]["items"], [{"id": self.need.id, "name": "Need"}])
        self.deal.fill_in_and_move([(self.deal.id, {"checklist_done_ids": [(4, self.need.id)]})], self.offer.id)
        self.assertEqual(self.deal.stage_id, self.offer)

    def test_tick_says_who_and_when_and_can_be_taken_back(self):
        with freeze_time("2026-03-05 10:00:00"):
            self.deal.checklist_done_ids = self.budget + self.need
        ticks = self.deal.tick_ids
        self.assertEqual(
            (ticks.user_id, set(ticks.mapped("date"))),
            (self.anna, {fields.Datetime.to_datetime("2026-03-05 10:00:00")}),
        )
        self.deal.checklist_done_ids = self.need
        self.assertEqual(self.deal.tick_ids.item_id, self.need)

    def test_ticks_are_written_through_the_deal_only(self):
        self.deal.checklist_done_ids = self.budget
        with self.assertRaises(AccessError):
            self.deal.tick_ids.with_user(self.anna).unlink()
        with self.assertRaises(AccessError):
            self.deal.with_user(self.boris).checklist_done_ids = self.need

    def test_merged_deal_keeps_what_was_done_for_both(self):
        twin = self._create_deal(name="Twin", stage_id=self.fresh.id)
        self.deal.checklist_done_ids = self.budget
        twin.checklist_done_ids = self.budget + self.need
        merged = (self.deal.sudo() + twin).merge_opportunity()
        self.env.invalidate_all()
        self.assertEqual(merged.checklist_done_ids, self.budget + self.need)
