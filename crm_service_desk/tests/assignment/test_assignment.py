import doctest

from odoo import fields
from odoo.tests import freeze_time, new_test_user, tagged

from ...models.assignment import assignment_rules
from ..common import MONDAY, DeskCase

NIGHT = "2026-06-15 20:00:00"


@tagged("post_install", "-at_install")
class TestAssignment(DeskCase):
    """Tickets go to who is next or has least, can do it, is there and has a hand free; and everybody sees why."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        group = "crm_service_desk.group_service_desk_agent"
        cls.tina = new_test_user(cls.env, "tina_agent", group, name="Tina")
        cls.team.write({"member_ids": [fields.Command.link(cls.tina.id)], "assignment": "round_robin"})
        cls.Agent = cls.env["service.agent"]
        for user in (cls.sven, cls.tina):
            cls.env["resource.resource"].create(
                {"name": user.name, "user_id": user.id, "calendar_id": cls.calendar.id, "company_id": cls.company.id}
            )

    def _create_at(self, moment, count=1, **values):
        with freeze_time(moment):
            return self.env["service.ticket"].union(*(self._create_ticket(**values) for _number in range(count)))

    def _assign(self, moment=MONDAY):
        self._run_cron("ir_cron_assign", moment)

    def test_documentation_is_true(self):
        result = doctest.testmod(assignment_rules)
        self.assertTrue(result.attempted and not result.failed)

    def test_turn_goes_round(self):
        tickets = self._create_at(MONDAY, 4)
        self._assign()
        self.assertEqual([ticket.user_id.name for ticket in tickets], ["Sven Agent", "Tina", "Sven Agent", "Tina"])
        (later,) = self._create_at(MONDAY)
        self._assign("2026-06-15 09:00:00")
        self.assertEqual(later.user_id, self.sven, "the turn is remembered")

    def test_least_in_hand(self):
        self.team.assignment = "load"
        self._create_at(MONDAY, 3, user_id=self.sven.id)
        tickets = self._create_at(MONDAY, 3)
        self._assign()
        self.assertEqual(tickets.user_id, self.tina)
        self.assertIn("the least in hand", tickets[0].assignment_note)

    def test_capacity_and_skills_count(self):
        skill = self.env["service.skill"].create({"name": "Printers"})
        topic = self.env["service.category"].create({"name": "Printers", "skill_ids": skill.ids})
        below = self.env["service.category"].create({"name": "Ink", "parent_id": topic.id})
        self.Agent.create({"user_id": self.tina.id, "skill_ids": skill.ids, "capacity": 2})
        tickets = self._create_at(MONDAY, 3, category_id=below.id)
        plain = self._create_at(MONDAY)
        self._assign()
        self.assertEqual([ticket.user_id.name for ticket in tickets], ["Tina", "Tina", False])
        self.assertEqual(plain.user_id, self.sven)
        self.assertIn("Sven Agent: lacks a skill", tickets[0].assignment_note)

    def test_urgent_tickets_are_given_first(self):
        self.Agent.create([{"user_id": user.id, "capacity": 1} for user in (self.sven, self.tina)])
        low, high, urgent = (self._create_at(MONDAY, priority=priority) for priority in "023")
        self._assign()
        self.assertEqual([bool(ticket.user_id) for ticket in (low, high, urgent)], [False, True, True])

    def test_at_night_tickets_wait_for_the_morning(self):
        ticket = self._create_at(NIGHT)
        self._assign(NIGHT)
        self.assertFalse(ticket.user_id)
        self._assign("2026-06-16 08:00:00")
        self.assertTrue(ticket.user_id)
        self.team.assigns_in_hours = False
        other = self._create_at(NIGHT)
        self._assign(NIGHT)
        self.assertTrue(other.user_id)

    def _send_away(self, user, start, stop):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "resource_id": user.resource_ids.id,
                "calendar_id": self.calendar.id,
                "date_from": start,
                "date_to": stop,
            }
        )

    def test_who_is_away_gets_nothing_and_is_relieved(self):
        self.team.reassigns_absent = True
        kept = self._create_at(MONDAY, user_id=self.sven.id)
        waiting = self._create_at(MONDAY, user_id=self.sven.id)
        self._move(waiting, "waiting_customer")
        self._send_away(self.sven, "2026-06-16 00:00:00", "2026-06-20 00:00:00")
        new = self._create_at("2026-06-16 09:00:00")
        self._assign("2026-06-16 09:00:00")
        self.assertEqual([ticket.user_id for ticket in (kept, new, waiting)], [self.tina, self.tina, self.sven])
        self.assertIn("Sven Agent is away", "".join(kept.message_ids.mapped("body")))
        self.assertIn("Sven Agent: away", kept.assignment_note)

    def test_team_that_assigns_by_hand_is_left_alone(self):
        self.team.assignment = "manual"
        ticket = self._create_at(MONDAY)
        self._assign()
        self.assertFalse(ticket.user_id)

    def test_many_tickets_take_as_many_queries_as_few(self):
        counts = []
        for number in (3, 40):
            tickets = self._create_at(MONDAY, number)
            with freeze_time(MONDAY):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                tickets._assign()
                self.env.flush_all()
                counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1] - counts[0], 12, counts)

    def test_next_ticket_is_the_one_that_is_due_first(self):
        self.team.assignment = "manual"
        later = self._create_at("2026-06-15 09:00:00", priority="3", user_id=self.sven.id)
        sooner = self._create_at(MONDAY, priority="3")
        foreign = self._create_at(MONDAY, priority="3", team_id=self.other_team.id)
        Ticket = self.env["service.ticket"].with_user(self.sven)
        self.assertEqual(Ticket.action_open_next()["res_id"], sooner.id)
        self.assertEqual(sooner.user_id, self.sven)
        self._move(sooner, "waiting_customer")
        self.assertEqual(Ticket.action_open_next()["res_id"], later.id)
        self._move(later, "solved")
        self.assertEqual(Ticket.action_open_next()["tag"], "display_notification")
        self.assertFalse(foreign.user_id)
