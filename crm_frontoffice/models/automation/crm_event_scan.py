import logging

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.tools import SQL

from ..customer.person.birthday import get_keys_of_day

_logger = logging.getLogger(__name__)

HELD_DAYS = 90  # a meeting that is entered later than this after its end is not told
CUSTOMER_DAYS = 730  # whoever bought within this time is a customer
FEWEST_ORDERS = 4  # from which a rhythm can be read
LATE_FACTOR = 1.1  # of the usual gap between two orders


class CrmEventScan(models.AbstractModel):
    """The daily search for what time alone causes: nobody touches an invoice on the day it becomes overdue."""

    _name = "crm.event.scan"
    _description = "Daily Search for Time-Driven Customer Events"

    # ---- running

    @api.model
    def _get_scans(self):
        """Hook: the names of the methods that look for something.

        Each is one set-based statement, writes what is not told yet and returns what `_append` does.
        """
        return [
            "_scan_overdue_invoices",
            "_scan_late_deliveries",
            "_scan_held_meetings",
            "_scan_expiring_quotations",
            "_scan_expiring_loyalty_cards",
            "_scan_regular_orders",
            "_scan_silent_customers",
            "_scan_birthdays",
        ]

    @api.model
    def _get_default_days(self):
        """Hook: the days that a search tells, or looks ahead or back, until somebody sets others."""
        return {
            "_scan_overdue_invoices": "1, 7, 30",
            "_scan_expiring_quotations": "3",
            "_scan_expiring_loyalty_cards": "14",
            "_scan_silent_customers": "60",
            "_scan_birthdays": "7",
        }

    @api.model
    def _get_labels(self):
        """Hook: what people call the searches."""
        return {
            "_scan_overdue_invoices": self.env._("Invoices overdue for so many days"),
            "_scan_late_deliveries": self.env._("Deliveries that are late"),
            "_scan_held_meetings": self.env._("Meetings that are over"),
            "_scan_expiring_quotations": self.env._("Quotations that expire within so many days"),
            "_scan_expiring_loyalty_cards": self.env._("Loyalty cards that expire within so many days"),
            "_scan_regular_orders": self.env._("Regular orders that are due"),
            "_scan_silent_customers": self.env._("Customers without contact for so many days"),
            "_scan_birthdays": self.env._("Birthdays within so many days"),
        }

    @api.model
    def _ensure_rows(self):
        return self.env["crm.event.progress"]._ensure("scan", self._get_scans(), self._get_default_days())

    @api.model
    def _cron_scan(self):
        """Run each search, the one that waits longest first; one that fails stops no other.

        What a search finds in its first run is past, which the back-fill tells: rules do not answer it.
        """
        progress = self.env["crm.event.progress"]
        if progress.search_count([("kind", "=", "backfill"), ("state", "in", ("waiting", "running"))], limit=1):
            self.env.ref("crm_frontoffice.crm_event_backfill_cron")._trigger()
            return
        rows = self._ensure_rows().sorted(lambda row: row.date_run or fields.Datetime.to_datetime("1970-01-01"))
        self.env["crm.event.backfill"]._work(rows.filtered(lambda row: row.state == "waiting"))
        for number, row in enumerate(rows, 1):
            self._try(row)
            if not row._end_step(remaining=len(rows) - number):
                break

    @api.model
    def _try(self, row):
        try:
            with self.env.cr.savepoint():
                found = getattr(self, row.code)()
            values = {"state": "done", "error": False, "event_count": row.event_count + len(found)}
        except OperationalError:
            raise  # the connection is gone, or another worker was faster: the cron runs again
        except Exception as error:
            _logger.exception("The daily search %s failed", row.code)
            values = {"state": "failed", "error": str(error)}
        row.write({**values, "date_run": fields.Datetime.now()})

    @api.model
    def _get_days(self, scan):
        return self._ensure_rows().filtered(lambda row: row.code == scan)._get_days()

    @api.model
    def _append(self, *query):
        """Write what a search found; at its first run it is all past, and no rule must answer it."""
        event = self.env["crm.event"]
        return event._fill_in_missing(*query) if self.env.context.get("crm_past") else event._append_missing(*query)

    # ---- the searches

    @api.model
    def _scan_overdue_invoices(self):
        """For each invoice with something left to pay the highest of the set days that it is overdue for."""
        self.env["account.move"].flush_model()
        today = fields.Date.context_today(self)
        stages = self._get_days("_scan_overdue_invoices")
        columns = {
            "date": SQL("document.invoice_date_due + stage.days"),
            "partner_id": SQL("document.partner_id"),
            "commercial_partner_id": SQL("document.commercial_partner_id"),
            "company_id": SQL("document.company_id"),
            "user_id": SQL("document.invoice_user_id"),
            "team_id": SQL("document.team_id"),
            "currency_id": SQL("company.currency_id"),
            "amount": SQL("document.amount_residual_signed"),
            "dedupe_key": SQL("'invoice_overdue:account.move:' || document.id || ':' || stage.days"),
            # Rules answer the first of them.
            "payload": SQL(
                """jsonb_strip_nulls(jsonb_build_object('days', stage.days, 'again', (
                       SELECT true FROM crm_event earlier
                        WHERE earlier.res_model = 'account.move' AND earlier.res_id = document.id
                          AND earlier.type_id + 0 = %s LIMIT 1)))""",
                self.env["crm.event.type"]._get_ids_by_code().get("invoice_overdue"),
            ),
        }
        tables = SQL(
            """account_move document
               JOIN res_company company ON company.id = document.company_id
               JOIN LATERAL (
                    SELECT MAX(days) AS days FROM unnest(%s::int[]) AS days
                     WHERE document.invoice_date_due + days <= %s) stage ON stage.days IS NOT NULL""",
            stages,
            today,
        )
        where = SQL(
            """document.state = 'posted' AND document.move_type = 'out_invoice'
               AND document.payment_state IN ('not_paid', 'partial') AND document.invoice_date_due < %s""",
            today,
        )
        return self._append("invoice_overdue", "account.move", columns, tables, where)

    @api.model
    def _scan_late_deliveries(self):
        """Once per delivery that is still here on the day after it was promised: what goes out, no returns."""
        self.env["stock.picking"].flush_model()
        columns = {
            "date": SQL("COALESCE(document.date_deadline, document.scheduled_date)::date + 1"),
            "partner_id": SQL("document.partner_id"),
            "commercial_partner_id": SQL("partner.commercial_partner_id"),
            "company_id": SQL("document.company_id"),
            "user_id": SQL("sale.user_id"),
            "team_id": SQL("sale.team_id"),
        }
        tables = SQL(
            """stock_picking document
               JOIN stock_picking_type operation
                 ON operation.id = document.picking_type_id AND operation.code = 'outgoing'
               JOIN res_partner partner ON partner.id = document.partner_id
               LEFT JOIN sale_order sale ON sale.id = document.sale_id"""
        )
        where = SQL(
            """document.state IN ('confirmed', 'assigned', 'waiting') AND document.return_id IS NULL
               AND COALESCE(document.date_deadline, document.scheduled_date) < %s""",
            fields.Date.context_today(self),
        )
        return self._append("delivery_late", "stock.picking", columns, tables, where)

    @api.model
    def _scan_held_meetings(self):
        """Once per meeting and customer: it is over and was not cancelled."""
        self.env["calendar.event"].flush_model()
        now = fields.Datetime.now()
        where = SQL("document.active AND document.stop < %s", now)
        if not self.env.context.get("crm_past"):
            where = SQL("%s AND document.stop > %s", where, fields.Datetime.subtract(now, days=HELD_DAYS))
        columns = {**self.env["calendar.event"]._get_event_columns("meeting_held"), "date": SQL("document.stop")}
        tables = self.env["calendar.event"]._get_event_tables()
        return self._append("meeting_held", "calendar.event", columns, tables, where)

    @api.model
    def _scan_expiring_quotations(self):
        """Once per quotation and last day of its validity, when that is near."""
        self.env["sale.order"].flush_model()
        today = fields.Date.context_today(self)
        days = max(self._get_days("_scan_expiring_quotations"), default=0)
        columns = {
            "date": SQL("%s", fields.Datetime.now()),
            "partner_id": SQL("document.partner_id"),
            "commercial_partner_id": SQL("partner.commercial_partner_id"),
            "company_id": SQL("document.company_id"),
            "user_id": SQL("document.user_id"),
            "team_id": SQL("document.team_id"),
            "currency_id": SQL("company.currency_id"),
            "amount": SQL("document.amount_total / COALESCE(NULLIF(document.currency_rate, 0), 1)"),
            "dedupe_key": SQL("'quotation_expiring:sale.order:' || document.id || ':' || document.validity_date"),
            "payload": SQL("jsonb_build_object('until', document.validity_date)"),
        }
        tables = SQL(
            """sale_order document
               JOIN res_partner partner ON partner.id = document.partner_id
               JOIN res_company company ON company.id = document.company_id"""
        )
        where = SQL(
            "document.state = 'sent' AND document.validity_date BETWEEN %s AND %s",
            today,
            fields.Date.add(today, days=days),
        )
        return self._append("quotation_expiring", "sale.order", columns, tables, where)

    @api.model
    def _scan_expiring_loyalty_cards(self):
        """Once per card and last day, when that is near and points are left."""
        self.env["loyalty.card"].flush_model()
        today = fields.Date.context_today(self)
        days = max(self._get_days("_scan_expiring_loyalty_cards"), default=0)
        columns = {
            "date": SQL("%s", fields.Datetime.now()),
            "partner_id": SQL("document.partner_id"),
            "commercial_partner_id": SQL("partner.commercial_partner_id"),
            "company_id": SQL("document.company_id"),
            "user_id": SQL("partner.user_id"),
            "dedupe_key": SQL(
                "'loyalty_card_expiring:loyalty.card:' || document.id || ':' || document.expiration_date"
            ),
            "payload": SQL("jsonb_build_object('until', document.expiration_date, 'points', document.points)"),
        }
        tables = SQL("loyalty_card document JOIN res_partner partner ON partner.id = document.partner_id")
        where = SQL(
            "document.active AND document.points > 0 AND document.expiration_date BETWEEN %s AND %s",
            today,
            fields.Date.add(today, days=days),
        )
        return self._append("loyalty_card_expiring", "loyalty.card", columns, tables, where)

    @api.model
    def _scan_regular_orders(self):
        """Once per last order: a customer with a rhythm has not ordered for longer than usual.

        The rhythm is the median of the gaps in days between the days of a customer's confirmed orders in a company, of
        which there are at least four; the next order is due when 1.1 times the median has passed since the last one.
        """
        self.env["sale.order"].flush_model()
        columns = {
            "date": SQL("document.due"),
            "res_id": SQL("document.id"),
            "partner_id": SQL("document.id"),
            "commercial_partner_id": SQL("document.id"),
            "company_id": SQL("document.company_id"),
            "user_id": SQL("partner.user_id"),
            "dedupe_key": SQL("'order_due:' || document.company_id || ':' || document.id || ':' || document.last_day"),
            "payload": SQL(
                """jsonb_build_object(
                       'median_days', document.median, 'orders', document.orders, 'last_order', document.last_day)"""
            ),
        }
        tables = SQL(
            """(SELECT id, company_id, COUNT(*) AS orders, MAX(day) AS last_day,
                       percentile_cont(0.5) WITHIN GROUP (ORDER BY gap) AS median,
                       MAX(day) + ceil(%(factor)s * percentile_cont(0.5) WITHIN GROUP (ORDER BY gap))::int AS due
                  FROM (SELECT id, company_id, day,
                               day - lag(day) OVER (PARTITION BY id, company_id ORDER BY day) AS gap
                          FROM (SELECT DISTINCT partner.commercial_partner_id AS id, sale.company_id,
                                       sale.date_order::date AS day
                                  FROM sale_order sale JOIN res_partner partner ON partner.id = sale.partner_id
                                 WHERE sale.state = 'sale') days) gaps
                 GROUP BY id, company_id HAVING COUNT(*) >= %(fewest)s) document
               JOIN res_partner partner ON partner.id = document.id AND partner.active""",
            factor=LATE_FACTOR,
            fewest=FEWEST_ORDERS,
        )
        where = SQL("document.due <= %s", fields.Date.context_today(self))
        return self._append("order_due", "res.partner", columns, tables, where)

    @api.model
    def _scan_silent_customers(self):
        """Once per silence: a customer with revenue or an open deal has not been in touch for so many days.

        Whether somebody was in touch is what the types of events say; the day is that of the last such event.
        """
        self.env["crm.lead"].flush_model()
        self.env["account.move"].flush_model()
        now = fields.Datetime.now()
        days = max(self._get_days("_scan_silent_customers"), default=0)
        # sudo: the search is the system's
        contact_types = self.env["crm.event.type"].sudo().search([("is_contact", "=", True)])
        told = self.env["crm.event.type"]._get_ids_by_code().get("no_contact")
        columns = {
            "date": SQL("last.date + make_interval(days => %s)", days),
            "partner_id": SQL("document.id"),
            "commercial_partner_id": SQL("document.id"),
            "company_id": SQL("document.company_id"),
            "user_id": SQL("document.user_id"),
            "dedupe_key": SQL("'no_contact:' || document.id || ':' || extract(epoch FROM last.date)::bigint"),
            "payload": SQL("jsonb_build_object('days', %s::int, 'last_contact', last.date::date)", days),
        }
        tables = SQL(
            """(SELECT move.commercial_partner_id AS id FROM account_move move
                 WHERE move.state = 'posted' AND move.move_type = 'out_invoice' AND move.invoice_date > %(since)s
                 UNION
                SELECT person.commercial_partner_id FROM crm_lead deal
                  JOIN res_partner person ON person.id = deal.partner_id
                 WHERE deal.active AND deal.won_status = 'pending' AND deal.type = 'opportunity') customer
               JOIN res_partner document ON document.id = customer.id AND document.active
               JOIN LATERAL (
                    SELECT event.date, event.type_id FROM crm_event event
                     WHERE event.commercial_partner_id = customer.id AND event.type_id + 0 = ANY(%(types)s)
                     ORDER BY event.date DESC, event.id DESC LIMIT 1) last ON last.type_id <> %(told)s""",
            since=fields.Date.subtract(fields.Date.context_today(self), days=CUSTOMER_DAYS),
            types=[*contact_types.ids, told],
            told=told,
        )
        where = SQL("last.date < %s", fields.Datetime.subtract(now, days=days))
        return self._append("no_contact", "res.partner", columns, tables, where)

    @api.model
    def _scan_birthdays(self):
        """Once per person and birthday, when that is near; the index of birthdays finds them."""
        self.env["res.partner"].flush_model(["birthday_key"])
        today = fields.Date.context_today(self)
        ahead = max(self._get_days("_scan_birthdays"), default=0)
        near = [fields.Date.add(today, days=number) for number in range(min(ahead, 365) + 1)]
        pairs = [(key, day) for day in near for key in get_keys_of_day(day)]
        columns = {
            "date": SQL("%s", fields.Datetime.now()),
            "partner_id": SQL("document.id"),
            "commercial_partner_id": SQL("document.commercial_partner_id"),
            "company_id": SQL("document.company_id"),
            "user_id": SQL("document.user_id"),
            "dedupe_key": SQL("'birthday:' || document.id || ':' || birthday.day"),
            "payload": SQL("jsonb_build_object('on', birthday.day)"),
        }
        tables = SQL(
            """UNNEST(%s::int[], %s::date[]) AS birthday(key, day)
               JOIN res_partner document ON document.birthday_key = birthday.key AND document.birthday_key > 0""",
            [key for key, _day in pairs],
            [day for _key, day in pairs],
        )
        return self._append("birthday", "res.partner", columns, tables, SQL("document.active"))

    # ---- what comes and goes

    @api.model
    def _append_turns(self, codes, model, columns, tables, where):
        """Tell each change of something that comes and goes, such as a shortage; the log itself is the memory.

        :param codes: of the event types of what begins and of what ends
        :param tables: as for `_append`; `document.holds` says whether it holds now
        """
        ids = self.env["crm.event.type"]._get_ids_by_code()
        begun, ended = (ids.get(code) for code in codes)
        told = SQL(
            """LEFT JOIN LATERAL (
                    SELECT event.id, event.type_id FROM crm_event event
                     WHERE event.res_model = %(model)s AND event.res_id = document.id
                       AND event.company_id IS NOT DISTINCT FROM document.company_id
                       AND event.type_id + 0 IN (%(begun)s, %(ended)s)
                     ORDER BY event.id DESC LIMIT 1) told ON TRUE""",
            model=model,
            begun=begun,
            ended=ended,
        )
        turns = {
            **columns,
            "date": SQL("%s", fields.Datetime.now()),
            "company_id": SQL("document.company_id"),
            "type_id": SQL("CASE WHEN document.holds THEN %s ELSE %s END", begun, ended),
            # Unique for each turn: it follows the one that was told last.
            "dedupe_key": SQL(
                "%s || document.company_id || ':' || document.id || ':' || COALESCE(told.id, 0)", f"{codes[0]}:{model}:"
            ),
        }
        turned = SQL("(told.type_id IS NOT DISTINCT FROM %s) <> document.holds", begun)
        return self._append(None, model, turns, SQL("%s %s", tables, told), SQL("%s AND %s", where, turned))
