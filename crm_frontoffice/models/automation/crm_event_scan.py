from odoo import api, fields, models
from odoo.tools import SQL


class CrmEventScan(models.AbstractModel):
    """The daily search for what time alone causes: nobody touches an invoice on the day it becomes overdue."""

    _name = "crm.event.scan"
    _description = "Daily Search for Time-Driven Customer Events"

    @api.model
    def _cron_scan(self):
        for scan in self._get_scans():
            getattr(self, scan)()

    @api.model
    def _get_scans(self):
        """Hook: the names of the methods that look for something; each is one set-based statement."""
        return ["_scan_overdue_invoices", "_scan_late_deliveries", "_scan_held_meetings"]

    @api.model
    def _append(self, *query):
        """Write what a scan found; at the installation it is all past, and no rule must answer it."""
        event = self.env["crm.event"]
        return event._fill_in_missing(*query) if self.env.context.get("crm_past") else event._append_missing(*query)

    @api.model
    def _scan_overdue_invoices(self):
        """Once per invoice: the day after its due date passed with something left to pay."""
        self.env["account.move"].flush_model()
        return self._append(
            "invoice_overdue",
            "account.move",
            {
                "date": SQL("document.invoice_date_due + 1"),
                "partner_id": SQL("document.partner_id"),
                "commercial_partner_id": SQL("document.commercial_partner_id"),
                "company_id": SQL("document.company_id"),
                "user_id": SQL("document.invoice_user_id"),
                "team_id": SQL("document.team_id"),
                "currency_id": SQL("company.currency_id"),
                "amount": SQL("document.amount_residual_signed"),
            },
            SQL("account_move document JOIN res_company company ON company.id = document.company_id"),
            SQL(
                """document.state = 'posted' AND document.move_type = 'out_invoice'
                   AND document.payment_state IN ('not_paid', 'partial') AND document.invoice_date_due < %s""",
                fields.Date.context_today(self),
            ),
        )

    @api.model
    def _scan_late_deliveries(self):
        """Once per delivery: its promised day is over and the goods are still here."""
        self.env["stock.picking"].flush_model()
        return self._append(
            "delivery_late",
            "stock.picking",
            {
                "date": SQL("COALESCE(document.date_deadline, document.scheduled_date)::date + 1"),
                "partner_id": SQL("document.partner_id"),
                "commercial_partner_id": SQL("partner.commercial_partner_id"),
                "company_id": SQL("document.company_id"),
                "user_id": SQL("sale.user_id"),
                "team_id": SQL("sale.team_id"),
            },
            SQL(
                """stock_picking document
                   JOIN stock_picking_type operation
                     ON operation.id = document.picking_type_id AND operation.code = 'outgoing'
                   JOIN res_partner partner ON partner.id = document.partner_id
                   LEFT JOIN sale_order sale ON sale.id = document.sale_id"""
            ),
            SQL(
                """document.state IN ('confirmed', 'assigned', 'waiting') AND document.return_id IS NULL
                   AND COALESCE(document.date_deadline, document.scheduled_date) < %s""",
                fields.Date.context_today(self),
            ),
        )

    @api.model
    def _scan_held_meetings(self):
        """Once per meeting with a customer's deal: it is over and was not cancelled."""
        self.env["calendar.event"].flush_model()
        return self._append(
            "meeting_held",
            "calendar.event",
            {
                "date": SQL("document.stop"),
                "partner_id": SQL("lead.partner_id"),
                "commercial_partner_id": SQL("partner.commercial_partner_id"),
                "company_id": SQL("lead.company_id"),
                "user_id": SQL("document.user_id"),
                "team_id": SQL("lead.team_id"),
            },
            SQL(
                """calendar_event document
                   JOIN crm_lead lead ON lead.id = document.opportunity_id
                   JOIN res_partner partner ON partner.id = lead.partner_id"""
            ),
            SQL("document.active AND document.stop < %s", fields.Datetime.now()),
        )
