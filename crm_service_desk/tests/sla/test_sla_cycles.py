from odoo import fields
from odoo.tests import freeze_time, tagged

from ..common import MONDAY, DeskCase, at


@tagged("post_install", "-at_install")
class TestSlaCycles(DeskCase):
    """Each message of the customer promises an answer, each answer promises news; every promise is judged alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.target_ids.write({"next_answer_minutes": 60, "update_minutes": 240})

    def _create_at(self, moment, **values):
        with freeze_time(moment):
            return self._create_ticket(**values)

    def _rows(self, ticket, metric):
        return [(row.state, str(row.date_deadline)[8:16]) for row in self._clock(ticket, metric).sorted("id")]

    def test_next_answer_is_due_after_each_message_once_the_first_was_given(self):
        ticket = self._create_at(MONDAY)
        with freeze_time("2026-06-15 08:30:00"):
            self._write_as_customer(ticket)
            self.assertFalse(self._clock(ticket, "next_answer"), "the first answer is still due")
        with freeze_time("2026-06-15 09:00:00"):
            self._answer(ticket)
        with freeze_time("2026-06-15 15:30:00"):
            self._write_as_customer(ticket)
        with freeze_time("2026-06-15 15:50:00"):
            self._write_as_customer(ticket, "Hello??")
        self.assertEqual(
            self._rows(ticket, "next_answer"), [("running", "16 08:30")], "the first unanswered word counts"
        )
        with freeze_time("2026-06-16 08:30:00"):
            self._answer(ticket)
        with freeze_time("2026-06-16 09:00:00"):
            self._write_as_customer(ticket)
        with freeze_time("2026-06-16 10:01:00"):
            self._answer(ticket)
        self.assertEqual(self._rows(ticket, "next_answer"), [("met", "16 08:30"), ("missed", "16 10:00")])

    def test_customer_hears_from_us_while_we_work(self):
        ticket = self._create_at(MONDAY)
        self.assertEqual(self._rows(ticket, "update"), [("running", "15 12:00")])
        with freeze_time("2026-06-15 11:00:00"):
            self._answer(ticket)
            self._move(ticket, "waiting_third_party")
        self.assertEqual(self._rows(ticket, "update"), [("met", "15 12:00"), ("running", "15 15:00")])
        with freeze_time("2026-06-15 12:00:00"):
            self._move(ticket, "waiting_customer")
        self.assertEqual(self._clock(ticket, "update")[-1].state, "paused")
        with freeze_time("2026-06-15 14:00:00"):
            self._move(ticket, "open")
        self.assertEqual(self._rows(ticket, "update")[1], ("running", "16 09:00"))
        with freeze_time("2026-06-15 15:00:00"):
            self._move(ticket, "solved")
        self.assertEqual(self._clock(ticket, "update")[-1].state, "cancelled")

    def test_deadline_of_a_ticket_is_that_of_its_next_promise(self):
        ticket = self._create_at(MONDAY)
        with freeze_time("2026-06-15 09:00:00"):
            self._answer(ticket)
            self._write_as_customer(ticket)
        self.assertEqual(ticket.date_deadline, at("2026-06-15 10:00:00"))

    def test_customers_waiting_is_seen_and_ends_with_the_answer(self):
        ticket = self._create_at(MONDAY)
        self.assertEqual(ticket.date_waiting_since, at(MONDAY))
        with freeze_time("2026-06-15 09:00:00"):
            self._answer(ticket)
        self.assertFalse(ticket.date_waiting_since)
        with freeze_time("2026-06-15 10:00:00"):
            self._write_as_customer(ticket)
        self.assertEqual(ticket.date_waiting_since, at("2026-06-15 10:00:00"))

    def test_policy_that_counts_third_parties_runs_on(self):
        self.policy.third_party_counts = True
        ticket = self._create_at(MONDAY)
        with freeze_time("2026-06-15 09:00:00"):
            self._move(ticket, "waiting_third_party")
        self.assertEqual(self._clock(ticket).state, "running")

    def test_promise_made_later_counts_the_pauses_of_the_past(self):
        self.policy.active = False
        ticket = self._create_at(MONDAY)
        self.assertFalse(ticket.sla_status_ids)
        with freeze_time("2026-06-15 09:00:00"):
            self._move(ticket, "waiting_customer")
        with freeze_time("2026-06-15 11:00:00"):
            self._move(ticket, "open")
            self.policy.active = True
            ticket.priority = "3"
        self.assertEqual(self._clock(ticket).date_deadline, at("2026-06-15 14:00:00"))

    def test_promise_made_after_the_answer_judges_it_as_it_was(self):
        self.policy.active = False
        late, timely = self._create_at(MONDAY), self._create_at(MONDAY)
        for ticket, moment in ((timely, "2026-06-15 08:30:00"), (late, "2026-06-15 15:00:00")):
            with freeze_time(moment):
                self._answer(ticket)
        with freeze_time("2026-06-15 15:30:00"):
            self.policy.active = True
            (late + timely).priority = "2"
        self.assertEqual(self._clock(late + timely, "first_answer").mapped("state"), ["missed", "met"])
        self.assertNotIn("sla_missed", self._codes(late), "nobody is told of what was over before it was promised")

    def test_holiday_added_during_a_pause_is_no_pause(self):
        ticket = self._create_at(MONDAY)
        with freeze_time("2026-06-15 09:00:00"):
            self._move(ticket, "waiting_customer")
        with freeze_time("2026-06-16 09:00:00"):
            self._move(ticket, "open")
            self.assertEqual(self._clock(ticket).paused_seconds, 8 * 3600)
            self.env["resource.calendar.leaves"].create(
                {
                    "name": "Strike",
                    "company_id": self.company.id,
                    "date_from": "2026-06-15 12:00:00",
                    "date_to": "2026-06-15 23:00:00",
                }
            )
            ticket._sla_settle()
        self.assertEqual(self._clock(ticket).paused_seconds, 4 * 3600)
        self.assertEqual(self._clock(ticket).date_deadline, at("2026-06-17 16:00:00"), "one hour was worked before")

    def test_targets_change_for_open_cycles_only(self):
        ticket = self._create_at(MONDAY)
        with freeze_time("2026-06-15 09:00:00"):
            self._answer(ticket)
            self._write_as_customer(ticket)
        with freeze_time("2026-06-15 09:30:00"):
            self._answer(ticket)
            self._write_as_customer(ticket)
            self.policy.target_ids.write({"next_answer_minutes": 120})
            ticket._sla_settle()
        self.assertEqual(self._rows(ticket, "next_answer"), [("met", "15 10:00"), ("running", "15 11:30")])

    def test_escalation_levels_are_reached_once_each_in_working_hours(self):
        self.policy.target_ids.update_minutes = 0
        self.policy.level_ids = [
            fields.Command.create({"metric": "solution", "percent": percent, "recipient": who, "action": action})
            for percent, who, action in (
                (25, "agent", "activity"),
                (50, "leader", "note"),
                (100, "agent", "priority"),
                (150, "leader", "assign"),
            )
        ]
        ticket = self._create_at(MONDAY, priority="2", user_id=self.sven.id)  # solution due at 16:00
        with freeze_time("2026-06-15 08:10:00"):
            self._answer(ticket)
        solution = self._clock(ticket)
        moments = []
        for moment in ("10:00", "10:01", "12:00", "13:00", "16:00"):
            self._watch(f"2026-06-15 {moment}:00")
            moments.append([alert.level_id.percent for alert in solution.alert_ids.sorted("id")])
        self.assertEqual(moments, [[25], [25], [25, 50], [25, 50], [25, 50, 100, 150]])
        self.assertEqual(ticket.user_id, self.lena, "the raised priority has stricter targets: 150 % had passed too")
        told = self.env["mail.message"].search(
            [("model", "=", "service.ticket"), ("res_id", "=", ticket.id), ("message_type", "=", "user_notification")]
        )
        self.assertIn(self.lena.partner_id, told.notified_partner_ids)
        self.assertEqual(
            ticket.priority, "3", "a raised priority has stricter targets, and its levels are not repeated"
        )

    def test_escalation_waits_for_working_hours_and_ends_with_the_promise(self):
        self.policy.level_ids = [
            fields.Command.create({"metric": "first_answer", "percent": 150, "recipient": "leader", "action": "assign"})
        ]
        ticket = self._create_at("2026-06-15 14:00:00")  # due at 10:00 the next day
        answered = self._create_at("2026-06-15 14:00:00")
        with freeze_time("2026-06-15 15:00:00"):
            self._answer(answered)
        self.assertEqual(self._clock(ticket, "first_answer").date_escalation, at("2026-06-16 12:00:00"))
        self._watch("2026-06-16 11:59:00")
        self.assertFalse(ticket.user_id)
        self._watch("2026-06-16 12:00:00")
        self.assertEqual((ticket.user_id, answered.user_id.ids), (self.lena, []))

    def test_level_that_is_gone_is_waited_for_no_more(self):
        self.policy.level_ids = [fields.Command.create({"percent": 50})]
        ticket = self._create_at(MONDAY)
        self.assertTrue(self._clock(ticket).next_level_id)
        self.policy.level_ids.unlink()
        self._watch("2026-06-15 08:01:00")
        self.assertFalse(self._clock(ticket).date_escalation)

    def test_every_way_to_choose_a_policy(self):
        tier = self.env["service.tier"].create({"name": "Gold"})
        topic = self.env["service.category"].create({"name": "Machines"})
        below = self.env["service.category"].create({"name": "Printers", "parent_id": topic.id})
        goods = self.env["product.category"].create({"name": "Goods"})
        product = self.env["product.product"].create({"name": "P", "categ_id": goods.id})
        complaint = self.env.ref("crm_service_desk.ticket_type_complaint")
        policy = self.policy.copy({"name": "Special", "sequence": 1})
        cases = {
            "tier_ids": (tier.ids, lambda ticket: self.acme.write({"service_tier_id": tier.id})),
            "partner_ids": (self.acme.ids, lambda ticket: ticket.write({"partner_id": self.adam.id})),
            "type_ids": (complaint.ids, lambda ticket: ticket.write({"type_id": complaint.id})),
            "category_ids": (topic.ids, lambda ticket: ticket.write({"category_id": below.id})),
            "product_category_ids": (goods.ids, lambda ticket: ticket.write({"product_id": product.id})),
            "team_id": (self.other_team.id, lambda ticket: ticket.write({"team_id": self.other_team.id})),
        }
        for field, (value, make_fit) in cases.items():
            with self.subTest(field=field):
                policy[field] = value
                ticket = self._create_ticket(partner_id=self.bob.id if field == "partner_ids" else self.alice.id)
                self.assertEqual(ticket.sla_status_ids.policy_id, self.policy)
                make_fit(ticket)
                if ticket.is_sla_stale:
                    ticket._sla_settle()
                self.assertEqual(ticket.sla_status_ids.policy_id, policy)
                policy[field] = False

    def test_hours_of_the_customer_hold_where_the_policy_says_so(self):
        self.policy.uses_customer_hours = True
        self.acme.service_calendar_id = self.calendar.copy({"tz": "Asia/Tokyo"})
        mine, other = (
            self._create_at(MONDAY, priority="3"),
            self._create_at(MONDAY, priority="3", partner_id=self.bob.id),
        )
        self.assertEqual(
            self._clock(mine).date_deadline, at("2026-06-16 03:00:00"), "the office in Tokyo closed at 7:00"
        )
        self.assertEqual(self._clock(other).date_deadline, at("2026-06-15 12:00:00"))
