from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from ..common import DeskCase, at


@tagged("post_install", "-at_install")
class TestGatewayTicket(DeskCase):
    """External systems bring tickets in by their own ids; a repeated call changes nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "sales_team.group_sale_salesman_all_leads,crm_service_desk.group_service_desk_lead"
        cls.shop = new_test_user(cls.env, "shop", groups)
        cls.gateway = cls.env["crm.gateway"].with_user(cls.shop)

    def _upsert(self, *rows, **options):
        return self.gateway.upsert_tickets("shop", list(rows), **options)

    @freeze_time("2026-06-15 09:00:00")
    def test_rows_become_tickets_once(self):
        row = {
            "external_id": "S-1",
            "name": "Parcel is wet",
            "team": "Test Team",
            "priority": "3",
            "date_opened": "2026-06-15 08:00:00",
        }
        (created,), (repeated,) = self._upsert(row), self._upsert(row)
        self.assertEqual((created["state"], repeated["state"]), ("created", "unchanged"), created)
        self.assertEqual(created["id"], repeated["id"])
        ticket = self.env["service.ticket"].browse(created["id"])
        self.assertRecordValues(ticket, [{"channel": "rpc", "team_id": self.team.id, "user_id": False}])
        self.assertEqual(self._clock(ticket).date_deadline, at("2026-06-15 12:00:00"))
        (changed,) = self._upsert({**row, "stage": "Solved"})
        self.assertEqual((changed["state"], ticket.category), ("updated", "solved"))

    def test_wrong_rows_stop_nobody_else(self):
        answers = self._upsert(
            {"external_id": "S-1", "name": "Good"},
            {"external_id": "S-2", "name": "Bad", "priority": "9"},
            {"external_id": "S-3", "name": "Bad", "team": "Nowhere"},
        )
        self.assertEqual([answer["state"] for answer in answers], ["created", "error", "error"])

    def test_rehearsal_keeps_nothing(self):
        (answer,) = self._upsert({"external_id": "S-1", "name": "Maybe"}, dry_run=True)
        self.assertFalse(answer["id"])
        self.assertFalse(self.env["service.ticket"].search([("name", "=", "Maybe")]))

    def test_seller_without_the_desk_brings_no_tickets_in(self):
        seller = new_test_user(self.env, "only_seller", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            self.env["service.ticket"].with_user(seller).create({"name": "x"})
        with self.assertRaises(AccessError):
            self.env["crm.gateway"].with_user(self.sven).upsert_tickets("shop", [])

    def test_card_of_a_customer_shows_his_open_tickets(self):
        ticket, ended = self._create_ticket(), self._create_ticket()
        ended.action_solve()
        self._create_ticket(partner_id=self.bob.id)
        card = self.gateway.customer_card({"id": self.adam.id})
        self.assertEqual(
            card["tickets"], [{"id": ticket.id, "number": ticket.number, "name": ticket.name, "stage": "New"}]
        )

    def test_customer_may_be_named_by_his_address(self):
        (known,) = self._upsert({"external_id": "S-1", "name": "Help", "customer_email": "alice@acme.example"})
        self.assertEqual(self.env["service.ticket"].browse(known["id"]).partner_id, self.alice)
        (unknown,) = self._upsert({"external_id": "S-2", "name": "Help", "customer_email": "nobody@far.example"})
        self.assertEqual(unknown["state"], "error")

    def _bring_history_in(self, **message):
        self._upsert({"external_id": "S-1", "name": "Old", "customer_email": "alice@acme.example",
                      "team": "Test Team", "date_opened": "2026-06-01 08:00:00"})  # fmt: skip
        rows = [
            {"external_id": "M-1", "ticket_external_id": "S-1", "date": "2026-06-01 08:00:00",
             "author_email": "alice@acme.example", "body": "<p>It smokes</p><script>alert(1)</script>"},
            {"external_id": "M-2", "ticket_external_id": "S-1", "date": "2026-06-01 09:00:00",
             "author_email": "sven@desk.example", "body": "Water & sand"},
            {"external_id": "M-3", "ticket_external_id": "S-1", "date": "2026-06-01 09:05:00",
             "author_email": "sven@desk.example", "body": "Difficult person", "is_internal": True},
        ]  # fmt: skip
        answers = self.gateway.upsert_ticket_messages("shop", [{**row, **message} for row in rows])
        (ref,) = self.env["crm.external.ref"].search([("res_model", "=", "service.ticket")])
        return self.env["service.ticket"].browse(ref.res_id), answers

    def test_author_without_an_address_keeps_his_name(self):
        """As a robot's or a former colleague's messages come from OCA's desk."""
        ticket, answers = self._bring_history_in(author_email="", author_name="Robot of old")
        self.assertEqual([answer["state"] for answer in answers], ["created"] * 3, answers)
        messages = self.env["mail.message"].browse(answer["id"] for answer in answers)
        self.assertEqual(set(messages.mapped("email_from")), {"Robot of old"})
        self.assertFalse(messages.author_id, "nobody is taken for somebody else")
        self.assertIn(messages[0], ticket.message_ids)

    def test_history_comes_in_quietly_and_as_it_was(self):
        with freeze_time("2026-07-01 08:00:00"):
            ticket, answers = self._bring_history_in()
        self.assertEqual([answer["state"] for answer in answers], ["created"] * 3, answers)
        first, second, note = self.env["mail.message"].browse(answer["id"] for answer in answers)
        self.assertEqual((first.author_id, second.author_id), (self.alice, self.sven.partner_id))
        self.assertEqual(first.body, "<p>It smokes</p>")
        self.assertIn("Water &amp; sand", second.body)
        self.assertTrue(note.is_internal and note.subtype_id.internal)
        self.assertFalse((first + second + note).notification_ids, "nobody is written to")
        self.assertEqual((ticket.category, str(ticket.date_first_answer)), ("new", "2026-06-01 09:00:00"))
        self.assertEqual(self._clock(ticket, "first_answer").state, "met")
        event = self.env["crm.event"].search([("dedupe_key", "=", f"message:{first.id}")])
        self.assertEqual(str(event.date), "2026-06-01 08:00:00")

    def test_repeated_history_changes_nothing(self):
        ticket, _answers = self._bring_history_in()
        count = len(ticket.message_ids)
        _ticket, answers = self._bring_history_in()
        self.assertEqual([answer["state"] for answer in answers], ["unchanged"] * 3)
        _ticket, answers = self._bring_history_in(body="Rewritten")
        self.assertEqual([answer["state"] for answer in answers], ["unchanged"] * 3)
        self.assertEqual(len(ticket.message_ids), count)

    def test_files_come_with_their_message(self):
        ticket, answers = self._bring_history_in()
        row = {"ticket_external_id": "S-1", "name": "smoke.txt", "content": "c21va2U="}
        answers = self.gateway.upsert_ticket_files(
            "shop",
            [
                {**row, "external_id": "F-1", "message_external_id": "M-1"},
                {**row, "external_id": "F-2"},
                {**row, "external_id": "F-3", "content": "no base64!"},
            ],
        )
        self.assertEqual([answer["state"] for answer in answers], ["created", "created", "error"], answers)
        files = self.env["ir.attachment"].browse([answer["id"] for answer in answers[:2]])
        self.assertEqual(files.mapped("raw"), [b"smoke", b"smoke"])
        self.assertEqual((files.mapped("res_id"), files.mapped("public")), ([ticket.id] * 2, [False] * 2))
        self.assertEqual(ticket.message_ids.attachment_ids, files[0])

    def test_history_of_a_ticket_is_written_by_who_may_write_the_ticket(self):
        self._bring_history_in()
        seller = new_test_user(self.env, "seller", "sales_team.group_sale_salesman_all_leads")
        row = {"external_id": "M-9", "ticket_external_id": "S-1", "date": "2026-06-01 08:00:00",
               "author_email": "sven@desk.example", "body": "Forged"}  # fmt: skip
        (answer,) = self.env["crm.gateway"].with_user(seller).upsert_ticket_messages("shop", [row])
        self.assertEqual(answer["state"], "error")
        self.assertFalse(self.env["mail.message"].search([("body", "ilike", "Forged")]))
