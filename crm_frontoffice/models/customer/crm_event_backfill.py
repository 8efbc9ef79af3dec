import logging

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

BATCH = 20_000  # ids of documents that one step looks at
SMALL = 30_000  # ids of documents up to which the past is told at once, in the transaction of the installation

# Documents that people write about: their table, and the columns of salesperson and team.
DISCUSSED = {
    "crm.lead": ("crm_lead", "user_id", "team_id"),
    "sale.order": ("sale_order", "user_id", "team_id"),
    "account.move": ("account_move", "invoice_user_id", "team_id"),
    "res.partner": ("res_partner", "user_id", None),
}


class CrmEventBackfill(models.AbstractModel):
    """Brings what happened before the installation into the event log, newest first, range by range of ids.

    The events of a range and the note how far the kind has come are one transaction: it can be killed anywhere. What
    has its event already is left out.
    """

    _name = "crm.event.backfill"
    _description = "Back-fill of Customer Events"

    # ---- running

    @api.model
    def _get_backfills(self):
        """Hook: the table of documents by the name of the method that tells their past.

        The method takes two ids, writes what is missing for documents above the first and up to the second one, and
        returns how many events it wrote.
        """
        return {
            "_backfill_deals": "crm_lead",
            "_backfill_orders": "sale_order",
            "_backfill_invoices": "account_move",
            "_backfill_payments": "account_payment",
            "_backfill_deliveries": "stock_picking",
            "_backfill_meetings": "calendar_event",
            "_backfill_activities": "mail_activity",
            "_backfill_messages": "mail_message",
        }

    @api.model
    def _get_labels(self):
        """Hook: what people call the methods."""
        return {
            "_backfill_deals": self.env._("Deals"),
            "_backfill_orders": self.env._("Orders"),
            "_backfill_invoices": self.env._("Invoices"),
            "_backfill_payments": self.env._("Payments"),
            "_backfill_deliveries": self.env._("Deliveries"),
            "_backfill_meetings": self.env._("Meetings"),
            "_backfill_activities": self.env._("Activities"),
            "_backfill_messages": self.env._("Messages"),
        }

    @api.model
    def _install(self):
        """Tell the past of a small database now, that of a large one in the background."""
        rows = self._start()
        if sum(rows.mapped("first_id")) <= SMALL:
            self._work(rows)
        else:
            self.env.ref("crm_frontoffice.crm_event_backfill_cron")._trigger()

    @api.model
    def _run(self):
        """Look through the whole past in this transaction.

        :return: how many events were written
        """
        return self._work(self._start())

    @api.model
    def _start(self):
        """Note for each kind what there is to tell: all documents up to the newest one, then what time caused."""
        self.env.flush_all()
        progress = self.env["crm.event.progress"]
        rows = progress._ensure("backfill", self._get_backfills())
        for row in rows:
            self._start_row(row)
        scans = self.env["crm.event.scan"]._ensure_rows()
        scans.state = "waiting"
        return rows + scans

    @api.model
    def _start_row(self, row):
        table = SQL.identifier(self._get_backfills()[row.code])
        [[newest]] = self.env.execute_query(SQL("SELECT COALESCE(MAX(id), 0) FROM %s", table))
        row.write({"state": "waiting", "first_id": newest, "next_id": newest, "event_count": 0, "error": False})

    @api.model
    def _cron_run(self):
        """Go on with the past, and begin with kinds that came with an upgrade."""
        progress = self.env["crm.event.progress"]
        known = set(progress.search([("kind", "=", "backfill")]).mapped("code"))
        rows = progress._ensure("backfill", self._get_backfills())
        for row in rows.filtered(lambda row: row.code not in known):
            self._start_row(row)
        self._work(rows + self.env["crm.event.scan"]._ensure_rows())

    @api.model
    def _work(self, rows):
        """Do the open steps of these rows in their order, as far as there is time.

        :return: how many events were written
        """
        written = 0
        while waiting := rows.filtered(lambda row: row.state in ("waiting", "running")):
            # Whoever else works on a row does what is to be done there.
            row = next((row for row in waiting if row.try_lock_for_update()), None)
            if not row:
                break
            written += self._try_step(row)
            if not row._end_step(remaining=len(waiting)):
                break
        return written

    @api.model
    def _try_step(self, row):
        """One step of a row; one that fails is noted and stops no other row.

        :return: how many events were written
        """
        try:
            with self.env.cr.savepoint():
                return self._step(row)
        except OperationalError:
            raise  # another worker was faster, or the connection is gone: the step is repeated
        except Exception as error:
            _logger.exception("The event log cannot go on with %s", row.code)
            row.write({"state": "failed", "error": str(error)})
            return 0

    @api.model
    def _step(self, row):
        now = fields.Datetime.now()
        if row.kind == "scan":
            # What a search finds when it runs for the first time is past: no rule answers it.
            count = getattr(self.env["crm.event.scan"].with_context(crm_past=True), row.code)()
            row.write({"state": "done", "event_count": row.event_count + count, "date_run": now})
            return count
        next_id = max(row.next_id - BATCH, 0)
        count = getattr(self, row.code)(next_id, row.next_id)
        state = "running" if next_id else "done"
        row.write({"state": state, "next_id": next_id, "event_count": row.event_count + count, "date_run": now})
        return count

    @api.model
    def _fill_in(self, code, model, columns, tables, where, above, up_to):
        """Write the missing events of documents of a range; see `crm.event._append_missing`."""
        where = SQL("document.id > %s AND document.id <= %s AND (%s)", above, up_to, where)
        return self.env["crm.event"]._fill_in_missing(code, model, columns, tables, where)

    # ---- what happened to documents

    @api.model
    def _get_document_columns(self, **columns):
        """What most documents say about themselves; `partner` is the table of their customers."""
        return {
            "partner_id": SQL("document.partner_id"),
            "commercial_partner_id": SQL("partner.commercial_partner_id"),
            "company_id": SQL("document.company_id"),
            "user_id": SQL("document.user_id"),
            "team_id": SQL("document.team_id"),
            **columns,
        }

    @api.model
    def _get_utm_columns(self):
        return {name: SQL("document.%s", SQL.identifier(name)) for name in ("campaign_id", "medium_id", "source_id")}

    @api.model
    def _backfill_deals(self, above, up_to):
        columns = self._get_document_columns(
            currency_id=SQL("company.currency_id"), amount=SQL("document.expected_revenue"), **self._get_utm_columns()
        )
        tables = SQL(
            """crm_lead document
               LEFT JOIN res_partner partner ON partner.id = document.partner_id
               LEFT JOIN res_company company ON company.id = COALESCE(document.company_id, %s)""",
            self.env.company.id,
        )
        closed = SQL("COALESCE(document.date_closed, document.write_date)")
        return sum(
            self._fill_in(code, "crm.lead", {**columns, "date": date}, tables, where, above, up_to)
            for code, date, where in (
                ("deal_created", SQL("document.create_date"), SQL("true")),
                ("deal_won", closed, SQL("document.won_status = 'won'")),
                ("deal_lost", closed, SQL("document.won_status = 'lost'")),
            )
        )

    @api.model
    def _backfill_orders(self, above, up_to):
        columns = self._get_document_columns(
            date=SQL("document.date_order"),
            currency_id=SQL("company.currency_id"),
            amount=SQL("document.amount_total / COALESCE(NULLIF(document.currency_rate, 0), 1)"),
            **self._get_utm_columns(),
        )
        tables = SQL(
            """sale_order document
               JOIN res_partner partner ON partner.id = document.partner_id
               JOIN res_company company ON company.id = document.company_id"""
        )
        where = SQL("document.state = 'sale'")
        confirmed = self._fill_in("order_confirmed", "sale.order", columns, tables, where, above, up_to)
        where = SQL("document.state = 'sale' AND document.signed_on IS NOT NULL")
        columns["date"] = SQL("document.signed_on")
        return confirmed + self._fill_in("order_web", "sale.order", columns, tables, where, above, up_to)

    @api.model
    def _backfill_invoices(self, above, up_to):
        columns = self._get_document_columns(
            commercial_partner_id=SQL("document.commercial_partner_id"),
            user_id=SQL("document.invoice_user_id"),
            currency_id=SQL("company.currency_id"),
            amount=SQL("document.amount_total_signed"),
            date=SQL("COALESCE(document.invoice_date, document.date)"),
        )
        tables = SQL("account_move document JOIN res_company company ON company.id = document.company_id")
        count = 0
        for code, move_type in (
            ("invoice_posted", "out_invoice"),
            ("credit_note_posted", "out_refund"),
            ("bill_posted", "in_invoice"),
        ):
            where = SQL("document.state = 'posted' AND document.move_type = %s", move_type)
            count += self._fill_in(code, "account.move", columns, tables, where, above, up_to)
        # The day of payment is not kept on the invoice: its last reconciliation tells it.
        paid = SQL(
            """(SELECT MAX(partial.max_date) FROM account_move_line line
                  JOIN account_partial_reconcile partial ON partial.debit_move_id = line.id
                 WHERE line.move_id = document.id)"""
        )
        columns["date"] = SQL("COALESCE(%s, document.invoice_date, document.date)", paid)
        for code, state in (("invoice_paid", "paid"), ("invoice_partly_paid", "partial")):
            where = SQL(
                "document.state = 'posted' AND document.move_type = 'out_invoice' AND document.payment_state = %s",
                state,
            )
            if state == "partial":
                columns["amount"] = SQL("document.amount_total_signed - document.amount_residual_signed")
            count += self._fill_in(code, "account.move", columns, tables, where, above, up_to)
        return count

    @api.model
    def _backfill_payments(self, above, up_to):
        columns = self._get_document_columns(
            date=SQL("document.date"),
            user_id=SQL("partner.user_id"),
            team_id=SQL("NULL"),
            currency_id=SQL("company.currency_id"),
            amount=SQL("document.amount_company_currency_signed"),
        )
        tables = SQL(
            """account_payment document
               JOIN res_partner partner ON partner.id = document.partner_id
               JOIN res_company company ON company.id = document.company_id"""
        )
        where = SQL(
            """document.state IN ('in_process', 'paid') AND document.payment_type = 'inbound'
               AND document.partner_type = 'customer'"""
        )
        return self._fill_in("payment_received", "account.payment", columns, tables, where, above, up_to)

    @api.model
    def _backfill_deliveries(self, above, up_to):
        columns = self._get_document_columns(
            date=SQL("document.date_done"), user_id=SQL("sale.user_id"), team_id=SQL("sale.team_id")
        )
        tables = SQL(
            """stock_picking document
               JOIN stock_picking_type operation ON operation.id = document.picking_type_id
               JOIN res_partner partner ON partner.id = document.partner_id
               LEFT JOIN sale_order sale ON sale.id = document.sale_id"""
        )
        # What goes back to a supplier goes out too.
        done = SQL("document.state = 'done' AND operation.code = 'outgoing' AND document.return_id IS NULL")
        returned = SQL("document.state = 'done' AND operation.code = 'incoming' AND document.return_id IS NOT NULL")
        return sum(
            self._fill_in(code, "stock.picking", columns, tables, where, above, up_to)
            for code, where in (("delivery_done", done), ("return_received", returned))
        )

    @api.model
    def _backfill_meetings(self, above, up_to):
        columns = self.env["calendar.event"]._get_event_columns("meeting_planned")
        columns["date"] = SQL("document.create_date")
        tables = self.env["calendar.event"]._get_event_tables()
        where = SQL("document.active AND document.recurrence_id IS NULL")
        return self._fill_in("meeting_planned", "calendar.event", columns, tables, where, above, up_to)

    # ---- what people said about documents

    @api.model
    def _backfill_activities(self, above, up_to):
        """Activities that are done; meetings are told by the calendar."""
        types = self.env["crm.event.type"]._get_ids_by_code()
        columns = {
            "date": SQL("document.date_done"),
            "user_id": SQL("document.user_id"),
            "type_id": SQL(
                "CASE category.category WHEN 'phonecall' THEN %s ELSE %s END",
                types.get("call_out"),
                types.get("activity_done"),
            ),
            "dedupe_key": SQL("'activity:' || document.id"),
            "payload": SQL(
                "jsonb_build_object('subject', COALESCE(NULLIF(document.summary, ''), category.name->>'en_US'))"
            ),
        }
        tables = SQL(
            "mail_activity document LEFT JOIN mail_activity_type category ON category.id = document.activity_type_id"
        )
        where = SQL("document.date_done IS NOT NULL AND COALESCE(category.category, '') <> 'meeting'")
        return self._fill_in_discussed(columns, tables, where, above, up_to)

    @api.model
    def _backfill_messages(self, above, up_to):
        """Messages that a customer wrote or got, as `mail.message` tells new ones."""
        types = self.env["crm.event.type"]._get_ids_by_code()
        outside = SQL("COALESCE(author.partner_share, document.message_type = 'email')")
        columns = {
            "date": SQL("document.date"),
            "type_id": SQL(
                """CASE WHEN document.message_type = 'sms' AND %(outside)s THEN %(sms_in)s
                        WHEN document.message_type = 'sms' THEN %(sms_out)s
                        WHEN NOT %(outside)s THEN %(out)s
                        WHEN document.message_type = 'email' THEN %(email)s ELSE %(portal)s END""",
                outside=outside,
                sms_in=types.get("sms_in"),
                sms_out=types.get("sms_out"),
                out=types.get("message_out"),
                email=types.get("message_in"),
                portal=types.get("note_portal"),
            ),
            "dedupe_key": SQL("'message:' || document.id"),
            "payload": SQL("jsonb_build_object('message_id', document.id, 'subject', document.subject)"),
        }
        tables = SQL("mail_message document LEFT JOIN res_partner author ON author.id = document.author_id")
        where = SQL(
            """document.is_internal IS NOT TRUE
               AND (document.message_type = 'sms'
                    OR document.message_type IN ('email', 'comment') AND document.subtype_id = %s
                       AND (%s OR EXISTS (
                            SELECT FROM mail_message_res_partner_rel rel
                              JOIN res_partner reader ON reader.id = rel.res_partner_id AND reader.partner_share
                             WHERE rel.mail_message_id = document.id)
                        OR EXISTS (
                            SELECT FROM mail_followers follower
                              JOIN res_partner reader ON reader.id = follower.partner_id AND reader.partner_share
                             WHERE follower.res_model = document.model AND follower.res_id = document.res_id)))""",
            self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment"),
            outside,
        )
        return self._fill_in_discussed(columns, tables, where, above, up_to, model_column="model")

    @api.model
    def _fill_in_discussed(self, columns, tables, where, above, up_to, *, model_column="res_model"):
        """Events of what was said: they are about the records that it was said about, and about their customers."""
        count = 0
        for model, (table, user, team) in DISCUSSED.items():
            subject = {
                "res_id": SQL("document.res_id"),
                "partner_id": SQL("partner.id"),
                "commercial_partner_id": SQL("partner.commercial_partner_id"),
                "company_id": SQL("subject.company_id"),
                "user_id": SQL("subject.%s", SQL.identifier(user)),
                "team_id": SQL("subject.%s", SQL.identifier(team)) if team else SQL("NULL"),
            }
            joined = SQL(
                """%s JOIN %s subject ON subject.id = document.res_id AND document.%s = %s
                      JOIN res_partner partner ON partner.id = subject.%s""",
                tables,
                SQL.identifier(table),
                SQL.identifier(model_column),
                model,
                SQL.identifier("id" if model == "res.partner" else "partner_id"),
            )
            count += self._fill_in(None, model, {**subject, **columns}, joined, where, above, up_to)
        return count
