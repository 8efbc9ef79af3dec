import json
import logging
import math

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...fields import BigInteger

_logger = logging.getLogger(__name__)


class CrmEvent(models.Model):
    """One thing that happened between the company and a customer; rows are appended and never changed.

    The row is written in the transaction of what it reports (transactional outbox), so that neither exists without the
    other. Only a merge of partners and the erasure of personal data may touch rows.
    """

    _name = "crm.event"
    _description = "Customer Event"
    _order = "date desc, id desc"
    _rec_name = "type_id"
    _log_access = False

    date = fields.Datetime(required=True, readonly=True)
    type_id = fields.Many2one("crm.event.type", "Event", required=True, readonly=True, index=True, ondelete="restrict")
    kind = fields.Selection(related="type_id.kind")
    channel = fields.Selection(related="type_id.channel")
    direction = fields.Selection(related="type_id.direction")
    partner_id = fields.Many2one("res.partner", "Contact", readonly=True, ondelete="cascade")
    commercial_partner_id = fields.Many2one("res.partner", "Customer", readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", readonly=True, ondelete="cascade")
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True, ondelete="set null", index="btree_not_null")
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True, ondelete="set null")
    res_model = fields.Char("Source Model", readonly=True)
    res_id = fields.Many2oneReference("Source Record", model_field="res_model", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True, ondelete="restrict")
    amount = fields.Monetary(readonly=True, help="In the company's currency.")
    campaign_id = fields.Many2one("utm.campaign", readonly=True, ondelete="set null")
    medium_id = fields.Many2one("utm.medium", readonly=True, ondelete="set null")
    source_id = fields.Many2one("utm.source", readonly=True, ondelete="set null")
    dedupe_key = fields.Char(readonly=True, help="Two reports of the same thing carry the same key; one row is kept.")
    payload = fields.Json(readonly=True, help="Few details that the timeline shows, never texts of messages.")
    # A reader that follows the log sorts by this number: ids of a long transaction appear late, see `_horizon`.
    transaction = BigInteger(readonly=True, string="Transaction Number")

    _dedupe_key_unique = models.UniqueIndex("(dedupe_key) WHERE dedupe_key IS NOT NULL")
    _timeline_idx = models.Index("(commercial_partner_id, date DESC, id DESC)")
    _contact_idx = models.Index("(partner_id, date DESC, id DESC) WHERE partner_id IS NOT NULL")
    _source_idx = models.Index("(res_model, res_id)")
    _feed_idx = models.Index("(transaction, id)")

    # The columns that a caller may give, with their types in the database.
    _APPEND_COLUMNS = {
        "date": "timestamp",
        "type_id": "int4",
        "partner_id": "int4",
        "commercial_partner_id": "int4",
        "company_id": "int4",
        "user_id": "int4",
        "team_id": "int4",
        "res_model": "varchar",
        "res_id": "int4",
        "currency_id": "int4",
        "amount": "numeric",
        "campaign_id": "int4",
        "medium_id": "int4",
        "source_id": "int4",
        "dedupe_key": "varchar",
        "payload": "jsonb",
    }

    @api.model
    def _append(self, vals_list):
        """Write events in one statement and hand them to the event rules.

        :param vals_list: dicts of column values; `code` may stand for `type_id`, `date` defaults to now,
            `commercial_partner_id` to that of `partner_id`, `currency_id` to that of the company
        :return: the events written; those whose dedupe key was known are not among them
        """
        rows = self._prepare_rows(vals_list)
        if not rows:
            return self.browse()
        columns = SQL(", ").join(
            SQL("%s %s", SQL.identifier(name), SQL(kind)) for name, kind in self._APPEND_COLUMNS.items()
        )
        names = SQL(", ").join(SQL.identifier(name) for name in self._APPEND_COLUMNS)
        select = SQL("SELECT %s FROM jsonb_to_recordset(%s::jsonb) AS given(%s)", names, json.dumps(rows), columns)
        return self._append_select(select)

    @api.model
    def _append_missing(self, code, model, columns, tables, where):
        """Append an event of a type for each document of a query that has none yet: for searches and back-fills.

        :param code: of the event type; None when `columns` has a `type_id`
        :param model: of the documents; None when `columns` has `res_model` and `res_id`
        :param columns: dict of column name to SQL expression; the table of the documents has the alias `document`.
            With a `dedupe_key` there is an event for each key, without one an event for each document
        :param tables: SQL of the FROM clause
        :param where: SQL of the WHERE clause
        :return: the events written
        """
        return self._append_select(self._select_missing(code, model, columns, tables, where))

    @api.model
    def _fill_in_missing(self, code, model, columns, tables, where):
        """The same for what is long past: nobody acts on it, and millions of rows stay in the database.

        :return: how many events were written
        """
        self.env.cr.execute(self._insert(self._select_missing(code, model, columns, tables, where)))
        return self.env.cr.rowcount

    @api.model
    def _select_missing(self, code, model, columns, tables, where):
        given = {"res_id": SQL("document.id"), **columns}
        # Whole seconds, as everywhere in the log: the timeline's cursor names a second and an id.
        given["date"] = SQL("date_trunc('second', (%s)::timestamp)", columns["date"])
        if code:
            given["type_id"] = SQL("%s", self.env["crm.event.type"]._get_ids_by_code().get(code))
        if model:
            given["res_model"] = SQL("%s", model)
        if "dedupe_key" in given:
            known = SQL("known.dedupe_key = %s", given["dedupe_key"])
        else:
            given["dedupe_key"] = SQL("%s || document.id", f"{code}:{model}:")
            known = SQL(
                "known.res_model = %s AND known.res_id = document.id AND known.type_id + 0 = %s",
                model,
                given["type_id"],
            )
        selected = SQL(", ").join(
            SQL("(%s)::%s", given.get(name, SQL("NULL")), SQL(kind)) for name, kind in self._APPEND_COLUMNS.items()
        )
        # A type that somebody deleted is not told. What is known is looked up row by row, not by the index of types:
        # a table that grows fast has old statistics, by which a new type or model has hardly a row to join with.
        return SQL(
            """SELECT %s FROM %s
                WHERE %s AND (%s)::int4 IS NOT NULL AND NOT EXISTS (
                    SELECT FROM crm_event known WHERE %s OFFSET 0)""",
            selected,
            tables,
            where,
            given["type_id"],
            known,
        )

    @api.model
    def _append_select(self, select):
        """Write the rows of a query, which has the columns of `_APPEND_COLUMNS` in their order; see `_append`."""
        rows = self.env.execute_query(SQL("%s RETURNING id, type_id", self._insert(select)))
        # sudo: whoever causes an event may not be allowed to read the log; the rules work for the system
        events = self.sudo().browse(row[0] for row in rows)
        if events:
            events._on_appended({row[1] for row in rows})
        return events

    @api.model
    def _insert(self, select):
        return SQL(
            """INSERT INTO crm_event (%s, transaction)
               SELECT given.*, pg_current_xact_id()::text::bigint FROM (%s) AS given
               ON CONFLICT (dedupe_key) WHERE dedupe_key IS NOT NULL DO NOTHING""",
            SQL(", ").join(SQL.identifier(name) for name in self._APPEND_COLUMNS),
            select,
        )

    def _on_appended(self, type_ids):
        """Hook: react to new events, inside their transaction and in one batch; not called for what is long past.

        :param type_ids: set of the ids of their types: most reactions concern a few types, and need no query to know
        """

    @api.model
    def _prepare_rows(self, vals_list):
        """Rows as the database takes them. What cannot be told is left out: it must not stop what it tells of."""
        type_ids = self.env["crm.event.type"]._get_ids_by_code()
        now = fields.Datetime.to_string(fields.Datetime.now())
        commercial_ids = self._get_commercial_ids(vals_list)
        rows, unknown = [], set()
        for vals in vals_list:
            row = {name: value for name, value in vals.items() if name in self._APPEND_COLUMNS and value is not False}
            if "code" in vals:
                row["type_id"] = type_ids.get(vals["code"])
            if not row["type_id"]:
                unknown.add(vals["code"])
                continue
            row["date"] = fields.Datetime.to_string(fields.Datetime.to_datetime(vals.get("date"))) or now
            row.setdefault("commercial_partner_id", commercial_ids.get(row.get("partner_id")))
            rows.append(self._with_currency(self._with_storable_values(row)))
        if unknown:
            _logger.warning("Events of types that were deleted are not told: %s", ", ".join(sorted(unknown)))
        return rows

    @api.model
    def _get_commercial_ids(self, vals_list):
        partner_ids = {
            vals["partner_id"] for vals in vals_list if vals.get("partner_id") and "commercial_partner_id" not in vals
        }
        # sudo: the commercial entity of a contact is needed for the log, not shown to the user
        partners = self.env["res.partner"].sudo().browse(partner_ids)
        return {partner.id: partner.commercial_partner_id.id for partner in partners}

    @api.model
    def _with_storable_values(self, row):
        """What neither JSON nor PostgreSQL can hold: endless amounts, and zero bytes in texts that people pasted."""
        if row.get("amount") is not None and not math.isfinite(row["amount"]):
            row["amount"] = None
        if row.get("payload"):
            row["payload"] = {
                name: value.replace("\0", "") if isinstance(value, str) else value
                for name, value in row["payload"].items()
            }
        return row

    @api.model
    def _with_currency(self, row):
        if row.get("amount") is not None and not row.get("currency_id"):
            company = self.env["res.company"].browse(row.get("company_id") or self.env.company.id)
            # sudo: the currency of a company is no secret
            row["currency_id"] = company.sudo().currency_id.id
        return row

    @api.model
    def _move_references(self, model, source_ids, target_id):
        """After a merge: what was told, done or brought in about the merged records is about the one that stays."""
        names = ("crm.event", "crm.event.effect", "crm.external.ref")
        updates = [
            SQL(
                "%s AS (UPDATE %s SET res_id = %s WHERE res_model = %s AND res_id = ANY(%s))",
                SQL.identifier(f"moved_{number}"),
                SQL.identifier(self.env[name]._table),
                target_id,
                model,
                list(source_ids),
            )
            for number, name in enumerate(names)
        ]
        self.env.cr.execute(SQL("WITH %s SELECT", SQL(", ").join(updates)))
        for name in names:
            self.env[name].invalidate_model(["res_id"])
        if model == "res.partner":
            self._settle_customer(self.env["res.partner"].browse(target_id))

    @api.model
    def _settle_customer(self, partners):
        """Give the events of partners that are no customers of their own to the company they belong to.

        Whoever had no company takes his history along into the first one. Who changes companies leaves behind what
        happened in the name of the old one, as his orders and invoices do; his own history shows it all the same.
        """
        partners.flush_recordset(["commercial_partner_id"])
        self.env.cr.execute(
            SQL(
                """UPDATE crm_event event SET commercial_partner_id = partner.commercial_partner_id
                     FROM res_partner partner
                    WHERE partner.id = ANY(%s) AND event.commercial_partner_id = partner.id
                      AND partner.commercial_partner_id <> partner.id""",
                partners.ids,
            )
        )
        self.env["crm.event"].invalidate_model(["commercial_partner_id"])

    # ---- what readers ask for

    @api.model
    def _check_limit(self, limit, most):
        """A number of rows out of what a caller sent, at most `most`."""
        if type(limit) is not int or limit < 1:
            raise UserError(self.env._("The limit is a whole number from 1 on."))
        return min(limit, most)

    @api.model
    def _check_kinds(self, kinds):
        known = [kind for kind, _label in self.env["crm.event.type"]._fields["kind"].selection]
        if not isinstance(kinds, (list, tuple)) or not set(map(str, kinds)) <= set(known):
            raise UserError(self.env._("Kinds are a list of some of these: %(kinds)s.", kinds=", ".join(known)))
        return list(kinds)

    @api.model
    def _horizon(self):
        """The first transaction number that may still bring rows: all rows below it are there for good.

        Numbers are common to all databases of a server: a transaction that works in another database brings nothing
        here and is not waited for. One that has ended since this transaction took its snapshot counts as running.
        """
        return self.env.execute_query(
            SQL(
                """SELECT COALESCE(
                       (SELECT MIN(running.number) FROM (
                            SELECT xid::text::bigint AS number FROM pg_snapshot_xip(pg_current_snapshot()) AS xid
                        ) running
                         WHERE NOT EXISTS (
                            SELECT FROM pg_stat_activity activity
                             WHERE activity.backend_xid::text::bigint = running.number %% 4294967296
                               AND activity.datname <> current_database())),
                       pg_snapshot_xmax(pg_current_snapshot())::text::bigint)"""
            )
        )[0][0]
