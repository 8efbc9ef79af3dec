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
