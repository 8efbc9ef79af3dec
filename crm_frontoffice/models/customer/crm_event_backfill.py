from odoo import api, models
from odoo.tools import SQL


class CrmEventBackfill(models.AbstractModel):
    """Brings what happened before the installation into the event log: one statement per kind of document.

    It can be repeated: a document that has its event already is left out.
    """

    _name = "crm.event.backfill"
    _description = "Back-fill of Customer Events"

    @api.model
    def _run(self):
        """Write the missing events of all kinds.

        :return: how many events were written
        """
        self.env.flush_all()
        return sum(getattr(self, method)() for method in self._get_backfills())

    @api.model
    def _get_backfills(self):
        """Hook: the names of the methods that write events of the past and say how many."""
        return [
            "_backfill_deals",
            "_backfill_orders",
            "_backfill_invoices",
            "_backfill_deliveries",
            "_backfill_messages",
            "_backfill_what_time_caused",
        ]

    @api.model
    def _backfill_what_time_caused(self):
        scan = self.env["crm.event.scan"].with_context(crm_past=True)
        return sum(getattr(scan, method)() for method in scan._get_scans())

    @api.model
    def _backfill_deals(self):
        columns = {
            "partner_id": SQL("document.partner_id"),
            "commercial_partner_id": SQL("partner.commercial_partner_id"),
            "company_id": SQL("document.company_id"),
            "user_id": SQL("document.user_id"),
            "team_id": SQL("document.team_id"),
            "currency_id": SQL("company.currency_id"),
            "amount": SQL("document.expected_revenue"),
            "campaign_id": SQL("document.campaign_id"),
            "medium_id": SQL("document.medium_id"),
            "source_id": SQL("document.source_id"),
        }
        tables = SQL(
            """crm_lead document
               LEFT JOIN res_partner partner ON partner.id = document.partner_id
               LEFT JOIN res_company company ON company.id = COALESCE(document.company_id, %s)""",
            self.env.company.id,
        )
        append = self.env["crm.event"]._fill_in_missing
        closed = SQL("COALESCE(document.date_closed, document.write_date)")
        created = append(
            "deal_created", "crm.lead", {**columns, "date": SQL("document.create_date")}, tables, SQL("true")
        )
        won = append("deal_won", "crm.lead", {**columns, "date": closed}, tables, SQL("document.won_status = 'won'"))
        lost = append("deal_lost", "crm.lead", {**columns, "date": closed}, tables, SQL("document.won_status = 'lost'"))
        return created + won + lost

    @api.model
    def _backfill_orders(self):
        return self.env["crm.event"]._fill_in_missing(
            "order_confirmed",
            "sale.order",
            {
                "date": SQL("document.date_order"),
                "partner_id": SQL("document.partner_id"),
                "commercial_partner_id": SQL("partner.commercial_partner_id"),
                "company_id": SQL("document.company_id"),
                "user_id": SQL("document.user_id"),
                "team_id": SQL("document.team_id"),
                "currency_id": SQL("company.currency_id"),
                "amount": SQL("document.amount_total / COALESCE(NULLIF(document.currency_rate, 0), 1)"),
                "campaign_id": SQL("document.campaign_id"),
                "medium_id": SQL("document.medium_id"),
                "source_id": SQL("document.source_id"),
            },
            SQL(
                """sale_order document
                   JOIN res_partner partner ON partner.id = document.partner_id
                   JOIN res_company company ON company.id = document.company_id"""
            ),
            SQL("document.state = 'sale'"),
        )

    @api.model
    def _backfill_invoices(self):
        columns = {
            "partner_id": SQL("document.partner_id"),
            "commercial_partner_id": SQL("document.commercial_partner_id"),
            "company_id": SQL("document.company_id"),
            "user_id": SQL("document.invoice_user_id"),
            "team_id": SQL("document.team_id"),
            "currency_id": SQL("company.currency_id"),
            "amount": SQL("document.amount_total_signed"),
            "date": SQL("COALESCE(document.invoice_date, document.date)"),
        }
        tables = SQL("account_move document JOIN res_company company ON company.id = document.company_id")
        append = self.env["crm.event"]._fill_in_missing
        count = 0
        for code, move_type in (
            ("invoice_posted", "out_invoice"),
            ("credit_note_posted", "out_refund"),
            ("bill_posted", "in_invoice"),
        ):
            where = SQL("document.state = 'posted' AND document.move_type = %s", move_type)
            count += append(code, "account.move", columns, tables, where)
        # The day of payment is not kept on the invoice: its last reconciliation tells it.
        paid = SQL(
            """(SELECT MAX(partial.max_date) FROM account_move_line line
                  JOIN account_partial_reconcile partial ON partial.debit_move_id = line.id
                 WHERE line.move_id = document.id)"""
        )
        where = SQL(
            "document.state = 'posted' AND document.move_type = 'out_invoice' AND document.payment_state = 'paid'"
        )
        date = SQL("COALESCE(%s, document.invoice_date, document.date)", paid)
        return count + append("invoice_paid", "account.move", {**columns, "date": date}, tables, where)

    @api.model
    def _backfill_deliveries(self):
        columns = {
            "date": SQL("document.date_done"),
            "partner_id": SQL("document.partner_id"),
            "commercial_partner_id": SQL("partner.commercial_partner_id"),
            "company_id": SQL("document.company_id"),
            "user_id": SQL("sale.user_id"),
            "team_id": SQL("sale.team_id"),
        }
        tables = SQL(
            """stock_picking document
               JOIN stock_picking_type operation ON operation.id = document.picking_type_id
               JOIN res_partner partner ON partner.id = document.partner_id
               LEFT JOIN sale_order sale ON sale.id = document.sale_id"""
        )
        append = self.env["crm.event"]._fill_in_missing
        # What goes back to a supplier goes out too.
        done = SQL("document.state = 'done' AND operation.code = 'outgoing' AND document.return_id IS NULL")
        returned = SQL("document.state = 'done' AND operation.code = 'incoming' AND document.return_id IS NOT NULL")
        return append("delivery_done", "stock.picking", columns, tables, done) + append(
            "return_received", "stock.picking", columns, tables, returned
        )

    @api.model
    def _backfill_messages(self):
        """Only e-mails that customers sent about deals: the source is the deal, and each deal gets its first one."""
        return self.env["crm.event"]._fill_in_missing(
            "message_in",
            "crm.lead",
            {
                "date": SQL("message.date"),
                "partner_id": SQL("document.partner_id"),
                "commercial_partner_id": SQL("partner.commercial_partner_id"),
                "company_id": SQL("document.company_id"),
                "user_id": SQL("document.user_id"),
                "team_id": SQL("document.team_id"),
            },
            SQL(
                """crm_lead document
                   JOIN res_partner partner ON partner.id = document.partner_id
                   JOIN LATERAL (
                        SELECT mail.date FROM mail_message mail
                         WHERE mail.model = 'crm.lead' AND mail.res_id = document.id AND mail.message_type = 'email'
                         ORDER BY mail.id LIMIT 1) message ON true"""
            ),
            SQL("true"),
        )
