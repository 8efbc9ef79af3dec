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
    def _append_found(self, code, found):
        """Append an event for each row of a query with the columns of `crm.event._APPEND_COLUMNS` but the type.

        :param found: SQL that selects the columns by name; those it leaves out stay empty
        """
        type_id = self.env["crm.event.type"]._get_ids_by_code()[code]
        event = self.env["crm.event"]
        return event._append_select(event._select_columns(found, {"type_id": type_id}))

    @api.model
    def _scan_overdue_invoices(self):
        """Once per invoice: the day after its due date passed with something left to pay."""
        today = fields.Date.context_today(self)
        self.env["account.move"].flush_model()
        return self._append_found(
            "invoice_overdue",
            SQL(
                """SELECT %(now)s::timestamp AS date,
                          move.partner_id, move.commercial_partner_id, move.company_id,
                          move.invoice_user_id AS user_id, move.team_id,
                          'account.move' AS res_model, move.id AS res_id,
                          company.currency_id, move.amount_residual_signed AS amount,
                          'invoice_overdue:account.move:' || move.id AS dedupe_key
                     FROM account_move move
                     JOIN res_company company ON company.id = move.company_id
                    WHERE move.state = 'posted' AND move.move_type = 'out_invoice'
                      AND move.payment_state IN ('not_paid', 'partial')
                      AND move.invoice_date_due < %(today)s
                      AND move.commercial_partner_id IS NOT NULL
                      AND NOT EXISTS (SELECT FROM crm_event event
                                       WHERE event.dedupe_key = 'invoice_overdue:account.move:' || move.id)""",
                now=fields.Datetime.now(),
                today=today,
            ),
        )

    @api.model
    def _scan_late_deliveries(self):
        """Once per delivery: its promised day is over and the goods are still here."""
        self.env["stock.picking"].flush_model()
        return self._append_found(
            "delivery_late",
            SQL(
                """SELECT %(now)s::timestamp AS date,
                          picking.partner_id, partner.commercial_partner_id, picking.company_id,
                          sale.user_id, sale.team_id,
                          'stock.picking' AS res_model, picking.id AS res_id,
                          'delivery_late:stock.picking:' || picking.id AS dedupe_key
                     FROM stock_picking picking
                     JOIN stock_picking_type picking_type
                       ON picking_type.id = picking.picking_type_id AND picking_type.code = 'outgoing'
                     JOIN res_partner partner ON partner.id = picking.partner_id
                LEFT JOIN sale_order sale ON sale.id = picking.sale_id
                    WHERE picking.state IN ('confirmed', 'assigned', 'waiting')
                      AND COALESCE(picking.date_deadline, picking.scheduled_date) < %(today)s
                      AND NOT EXISTS (SELECT FROM crm_event event
                                       WHERE event.dedupe_key = 'delivery_late:stock.picking:' || picking.id)""",
                now=fields.Datetime.now(),
                today=fields.Date.context_today(self),
            ),
        )

    @api.model
    def _scan_held_meetings(self):
        """Once per meeting with a customer's deal: it is over and was not cancelled."""
        self.env["calendar.event"].flush_model()
        return self._append_found(
            "meeting_held",
            SQL(
                """SELECT meeting.stop AS date, lead.partner_id, partner.commercial_partner_id, lead.company_id,
                          meeting.user_id, lead.team_id,
                          'calendar.event' AS res_model, meeting.id AS res_id,
                          'meeting_held:calendar.event:' || meeting.id AS dedupe_key
                     FROM calendar_event meeting
                     JOIN crm_lead lead ON lead.id = meeting.opportunity_id
                     JOIN res_partner partner ON partner.id = lead.partner_id
                    WHERE meeting.active AND meeting.stop < %(now)s
                      AND NOT EXISTS (SELECT FROM crm_event event
                                       WHERE event.dedupe_key = 'meeting_held:calendar.event:' || meeting.id)""",
                now=fields.Datetime.now(),
            ),
        )
