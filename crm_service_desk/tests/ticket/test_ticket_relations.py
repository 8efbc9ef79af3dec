from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from ..common import MONDAY, DeskCase


@tagged("post_install", "-at_install")
class TestTicketRelations(DeskCase):
    """Tickets are merged, split, linked and gathered; nobody reads what another customer wrote."""

    def _merge(self, tickets, target=None):
        context = {"active_ids": tickets.ids}
        wizard = Form(self.env["service.ticket.merge"].with_user(self.sven).with_context(**context))
        if target:
            wizard.target_id = target
        return wizard.save().action_merge()

    def test_merged_ticket_gives_all_it_has(self):
        with freeze_time(MONDAY):
            source = self._create_ticket(partner_id=self.adam.id)
            self._answer(source)
        with freeze_time("2026-06-16 08:00:00"):
            target = self._create_ticket(name="Again: smoke")
            message = self._write_as_customer(source, "Adam wrote this")
            self._note(source)
            photo = self.env["ir.attachment"].create(
                {"name": "smoke.txt", "raw": b"x", "res_model": "service.ticket", "res_id": source.id}
            )
            source.activity_schedule("mail.mail_activity_data_todo", user_id=self.sven.id)
            self.env.flush_all()
            self._merge(source + target, target)
        self.env.invalidate_all()
        self.assertEqual((source.merged_into_id, source.category), (target, "closed"))
        self.assertEqual((message.res_id, photo.res_id, target.activity_ids.user_id), (target.id, target.id, self.sven))
        self.assertEqual((str(target.date_opened), str(target.date_first_answer)), (MONDAY, MONDAY))
        self.assertEqual(self._clock(target, "first_answer").state, "met", "the clock begins with the first who asked")
        self.assertIn(self.adam, target.message_partner_ids)
        self.assertFalse(source.sla_status_ids.filtered(lambda row: not row.date_reached))

    def test_answer_to_a_merged_ticket_reaches_the_one_that_goes_on(self):
        source, target = self._create_ticket(), self._create_ticket()
        self._merge(source + target, target)
        self._move(target, "waiting_customer")
        self._write_as_customer(source, "Are you there?")
        self.assertIn("Are you there?", target.message_ids[0].body)
        self.assertEqual((source.category, target.category), ("closed", "open"))

    def test_oldest_open_ticket_is_proposed(self):
        tickets = self._create_ticket() + self._create_ticket() + self._create_ticket()
        tickets[0].action_solve()
        self._merge(tickets)
        self.assertEqual(tickets.mapped("merged_into_id"), tickets[1])

    def test_tickets_of_two_customers_are_never_merged(self):
        mine, foreign = self._create_ticket(), self._create_ticket(partner_id=self.bob.id)
        secret = self._write_as_customer(foreign, "Bob's secret")
        with self.assertRaisesRegex(UserError, foreign.number):
            self._merge(mine + foreign, mine)
        self.assertEqual((secret.res_id, foreign.category), (foreign.id, "new"))

    def test_ticket_is_not_merged_with_itself_or_twice(self):
        first, second = self._create_ticket(), self._create_ticket()
        with self.assertRaises(UserError):
            self._merge(first, first)
        self._merge(first + second, first)
        with self.assertRaises(UserError):
            self._merge(first + second, first)
        with self.assertRaises(UserError):
            self._merge(first + second, second)

    def test_undone_merge_leaves_everything_where_it_was(self):
        with freeze_time(MONDAY):
            target = self._create_ticket(name="Again: smoke")
            source = self._create_ticket(partner_id=self.adam.id, date_opened="2026-06-12 08:00:00")
            other, child = self._create_ticket(), self._create_ticket(parent_id=source.id)
            message = self._write_as_customer(source, "Adam wrote this")
            photo = self.env["ir.attachment"].create(
                {"name": "smoke.txt", "raw": b"x", "res_model": "service.ticket", "res_id": source.id}
            )
            activity = source.activity_schedule("mail.mail_activity_data_todo", user_id=self.sven.id)
            source.link_ids = [fields.Command.create({"kind": "cause", "other_id": other.id})]
            link = source.link_ids
            source.message_subscribe(self.olga.partner_id.ids)
            self.env.flush_all()
        clock = self._clock(source)
        before = (source.category, clock.date_start, clock.date_deadline, target.date_opened, source.date_waiting_since)
        followers = {ticket: ticket.message_partner_ids for ticket in (source, target)}
        with freeze_time("2026-06-15 09:00:00"):
            self._merge(source + target, target)
            later = self._write_as_customer(target, "Written after the merge")
        self.assertEqual((message.res_id, photo.res_id, activity.res_id), (target.id,) * 3)
        self.assertEqual((child.parent_id, link.ticket_id), (target, target))
        self.assertIn(self.olga.partner_id, target.message_partner_ids)
        with freeze_time("2026-06-15 10:00:00"):
            source.with_user(self.sven).action_undo_merge()
        self.env.invalidate_all()
        self.assertEqual((message.res_id, photo.res_id, activity.res_id), (source.id,) * 3)
        self.assertEqual((child.parent_id, link.ticket_id, later.res_id), (source, source, target.id))
        self.assertEqual({ticket: ticket.message_partner_ids for ticket in (source, target)}, followers)
        clock = self._clock(source)
        after = (source.category, clock.date_start, clock.date_deadline, target.date_opened, source.date_waiting_since)
        self.assertEqual(after, before)
        self.assertEqual((clock.state, source.merged_into_id.ids, source.reopen_count), ("running", [], 0))
        self.assertRecordValues(source.phase_ids, [{"category": "new", "date_stop": False}])
        self.assertIn(source.number, target.message_ids[0].body)

    def test_each_of_several_merged_tickets_comes_back_by_itself(self):
        target, first, second = (self._create_ticket(date_opened=f"2026-06-1{day} 08:00:00") for day in (5, 2, 4))
        with freeze_time("2026-06-15 12:00:00"):
            self._answer(second)
            self._merge(target + first + second, target)
        answered = target.date_first_answer
        self.assertEqual(str(target.date_opened), "2026-06-12 08:00:00")
        target.merge_ids.filtered(lambda merge: merge.source_id == first).with_user(self.sven).action_undo()
        self.assertEqual((str(target.date_opened), target.date_first_answer), ("2026-06-14 08:00:00", answered))
        second.with_user(self.sven).action_undo_merge()
        self.assertEqual((str(target.date_opened), target.date_first_answer), ("2026-06-15 08:00:00", False))
        self.assertEqual((second.date_first_answer, target.merge_ids.ids), (answered, []))
        self._merge(target + first, target)
        self.assertEqual(first.merged_into_id, target, "what was undone can be done again")

    def test_solved_ticket_comes_back_solved(self):
        source, target = self._create_ticket(), self._create_ticket()
        with freeze_time(MONDAY):
            source.action_solve()
        closed = source.date_closed
        self._merge(source + target, target)
        source.with_user(self.sven).action_undo_merge()
        self.assertEqual((source.category, source.date_closed, source.reopen_count), ("solved", closed, 0))

    def test_merges_are_undone_from_the_last_one_back(self):
        first, second, third = (self._create_ticket() for _number in range(3))
        self._merge(first + second, second)
        self._merge(second + third, third)
        with self.assertRaisesRegex(UserError, third.number):
            first.with_user(self.sven).action_undo_merge()
        second.with_user(self.sven).action_undo_merge()
        first.with_user(self.sven).action_undo_merge()
        self.assertFalse((first + second + third).merged_into_id)
        with self.assertRaisesRegex(UserError, first.number):
            first.with_user(self.sven).action_undo_merge()

    def test_merge_is_undone_by_who_may_write_both_tickets(self):
        source, target = self._create_ticket(), self._create_ticket()
        self._merge(source + target, target)
        merge = target.merge_ids
        for user in (self.olga, self._create_portal_user(self.adam)):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                merge.with_user(user).action_undo()
        self.assertEqual(source.merged_into_id, target)

    def test_message_becomes_a_ticket_of_its_own(self):
        ticket = self._create_ticket()
        message = self._write_as_customer(ticket, "By the way, the door is stuck")
        wizard = self.env["service.ticket.split"].with_user(self.sven).with_context(active_id=ticket.id)
        form = Form(wizard)
        form.message_id = message
        form.name = "The door is stuck"
        action = form.save().action_split()
        other = self.env["service.ticket"].browse(action["res_id"])
        self.assertIn("the door is stuck", other.description)
        self.assertRecordValues(other, [{"name": "The door is stuck", "partner_id": self.alice.id, "category": "new"}])
        self.assertRecordValues(other.link_ids, [{"kind": "split", "other_id": ticket.id}])
        self.assertEqual(ticket.back_link_ids, other.link_ids)

    def test_only_own_messages_are_split_off(self):
        ticket, other = self._create_ticket(), self._create_ticket()
        message = self._write_as_customer(other)
        with self.assertRaises(UserError):
            ticket._split(message, "x")

    def test_links_are_typed_and_unique(self):
        ticket, other = self._create_ticket(), self._create_ticket()
        for kind in ("related", "cause"):
            ticket.link_ids = [fields.Command.create({"kind": kind, "other_id": other.id})]
        self.assertEqual(other.back_link_ids.mapped("kind"), ["related", "cause"])
        with self.assertRaises(Exception), mute_logger("odoo.sql_db"), self.env.cr.savepoint():  # noqa: B017
            ticket.link_ids.copy()
        with self.assertRaises(Exception), mute_logger("odoo.sql_db"), self.env.cr.savepoint():  # noqa: B017
            self.env["service.ticket.link"].create({"ticket_id": ticket.id, "other_id": ticket.id})

    def test_link_is_seen_by_whoever_sees_both_ends(self):
        ticket, foreign = self._create_ticket(), self._create_ticket(team_id=self.other_team.id)
        link = self.env["service.ticket.link"].create({"ticket_id": ticket.id, "other_id": foreign.id})
        self.assertFalse(link.with_user(self.sven).has_access("read"))
        self.assertTrue(link.with_user(self.lena).has_access("read"))

    def test_one_answer_reaches_all_customers_of_an_incident(self):
        incident = self._create_ticket(name="The server is down", partner_id=False)
        children = self._create_ticket(parent_id=incident.id) + self._create_ticket(
            parent_id=incident.id, partner_id=self.bob.id
        )
        ended = self._create_ticket(parent_id=incident.id)
        ended.action_solve()
        wizard = self.env["service.ticket.broadcast"].with_user(self.sven).with_context(active_id=incident.id)
        wizard.create({"body": "It runs again", "is_solving": True}).action_send()
        self.assertEqual((children + incident).mapped("category"), ["solved"] * 3)
        for child in children:
            answer = child.message_ids.filtered(lambda message: "It runs again" in (message.body or ""))
            self.assertEqual(answer.notified_partner_ids, child.partner_id)
        self.assertNotIn("It runs again", "".join(ended.message_ids.mapped("body")))
        self.assertEqual(incident.child_count, 3)

    def test_empty_answer_is_not_sent(self):
        incident = self._create_ticket()
        with self.assertRaises(UserError):
            self.env["service.ticket.broadcast"].create({"ticket_id": incident.id, "body": "<p><br></p>"}).action_send()

    def test_incidents_have_one_level(self):
        incident = self._create_ticket()
        child = self._create_ticket(parent_id=incident.id)
        with self.assertRaisesRegex(ValidationError, incident.number):
            incident.parent_id = self._create_ticket()
        with self.assertRaises(ValidationError):
            self._create_ticket(parent_id=child.id)
