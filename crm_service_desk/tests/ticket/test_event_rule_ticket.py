from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from ..common import MONDAY, DeskCase


@tagged("post_install", "-at_install")
class TestEventRuleTicket(DeskCase):
    """The main path: an overdue invoice opens a ticket that promises an answer in working time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls.env.ref("crm_frontoffice.event_rule_invoice_overdue")
        cls.action = cls.env.ref("crm_service_desk.event_rule_action_invoice_overdue_ticket")
        cls.action.ticket_team_id = cls.team
        cls.rule.active = True

    def _create_overdue_invoice(self, partner):
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": "2026-06-01",
                "invoice_date_due": "2026-06-10",
                "invoice_line_ids": [
                    fields.Command.create({"name": "Chairs", "quantity": 2, "price_unit": 100, "tax_ids": False})
                ],
            }
        )
        invoice.action_post()
        return invoice

    def _find(self, invoices):
        return self.env["service.ticket"].search(
            [("res_model", "=", "account.move"), ("res_id", "in", invoices.ids)], order="id"
        )

    @freeze_time(MONDAY)
    def test_overdue_invoice_opens_a_ticket(self):
        invoices = self._create_overdue_invoice(self.alice) + self._create_overdue_invoice(self.bob)
        with trap_jobs() as jobs:
            self.env["crm.event.scan"]._cron_scan()
            jobs.perform_enqueued_jobs()
        tickets = self._find(invoices)
        self.assertEqual(tickets.mapped("res_id"), invoices.ids)
        self.assertRecordValues(
            tickets[0],
            [
                {
                    "name": f"Overdue: {invoices[0].display_name}, $\N{NO-BREAK SPACE}200.00",
                    "partner_id": self.alice.id,
                    "commercial_partner_id": self.acme.id,
                    "team_id": self.team.id,
                    "user_id": False,
                    "priority": "2",
                    "channel": "rule",
                    "date_deadline": fields.Datetime.to_datetime("2026-06-15 10:00:00"),
                }
            ],
        )
        effects = self.rule.firing_ids.effect_ids.filtered(lambda effect: effect.res_model == "service.ticket")
        self.assertEqual(sorted(effects.mapped("res_id")), tickets.ids)
        with trap_jobs() as jobs:
            self.env["crm.event.scan"]._cron_scan()
            jobs.perform_enqueued_jobs()
        self.assertEqual(self._find(invoices), tickets, "each event opens one ticket, ever")

    def test_subject_without_words_of_its_own(self):
        self.action.ticket_name = False
        self.assertEqual(
            self.action._format(
                "{event}: {document}",
                self.env["crm.event"].new(
                    {
                        "type_id": self.env.ref("crm_frontoffice.event_type_invoice_overdue").id,
                        "res_model": "res.partner",
                        "res_id": self.bob.id,
                    }
                ),
            ),
            f"Invoice overdue: {self.bob.display_name}",
        )

    def test_subject_reads_only_its_placeholders(self):
        for text in ("{secret}", "{customer.env}", "{customer[0]}", "{", "{0}", "{}"):
            with self.subTest(text=text), self.assertRaises(ValidationError):
                self.action.ticket_name = text

    @freeze_time(MONDAY)
    def test_team_of_another_company_is_not_taken(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.action.ticket_team_id = self._create_team(
            "There", self.env["res.users"], company_id=company.id, calendar_id=False
        )
        invoice = self._create_overdue_invoice(self.alice)
        with trap_jobs() as jobs:
            self.env["crm.event.scan"]._cron_scan()
            jobs.perform_enqueued_jobs()
        ticket = self._find(invoice)
        self.assertEqual((ticket.company_id, ticket.team_id.company_id), (invoice.company_id, invoice.company_id))
