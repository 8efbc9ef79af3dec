import hashlib
import json
import logging
from collections import defaultdict

from markupsafe import Markup
from psycopg2 import DataError, IntegrityError
from psycopg2.errors import ProgramLimitExceeded

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools.sql import escape_psql

from .row_format import read_cleared, read_row

_logger = logging.getLogger(__name__)

# What is the row's own fault; conflicts between writers are left to the server, which repeats the call.
DATABASE_REFUSALS = (IntegrityError, DataError, ProgramLimitExceeded)
REFUSALS = (UserError, ValueError, *DATABASE_REFUSALS)
# The gateway writes its own entry into the chatter, in one batch: Odoo's entries cost more than the records themselves,
# and an import of thousands must not send as many mails to the salespeople.
QUIET = {"tracking_disable": True, "mail_create_nolog": True, "mail_create_nosubscribe": True}
MOST_ECHOED = 200  # characters of a wrong value that the answer repeats


class _Row:
    """One row on its way through the gateway."""

    __slots__ = ("checksum", "cleared", "errors", "external_id", "record_id", "state", "values")

    def __init__(self, external_id, values, errors, cleared=()):
        self.external_id = external_id
        self.values = values
        self.cleared = cleared
        self.errors = errors
        self.state = "error" if errors else "new"
        self.record_id = False
        said = {**values, "clear": sorted(cleared)} if cleared else values
        self.checksum = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:32]

    def refuse(self, name, value, reason, hint=""):
        self.errors.append((name, value, reason, hint))
        self.state = "error"


class _DryRun(Exception):
    """Ends a rehearsal: everything that it wrote is rolled back."""


class CrmGatewayImport(models.AbstractModel):
    """How rows of an external system become records: read, look up, compare, write; row by row the caller is told.

    A kind of row inherits this model, names its target and its fields, and may extend the small steps.
    """

    _name = "crm.gateway.import"
    _description = "Gateway Import"

    _target = None  # name of the model that receives the rows
    _parent_reference = None  # field that may name a row of the same call, such as the company of a contact

    @api.model
    def _get_row_fields(self):
        """The fields of a row, by name, as `RowField`."""
        return {}

    # ---- the way of the rows

    @api.model
    def _upsert(self, source, given, *, dry_run=False):
        """Take a batch of rows; see `crm.gateway` for the answer's form."""
        rows = self._read(given)
        try:
            with self.env.cr.savepoint():
                self._look_up(source, rows)
                self._match(source, rows)
                self._write_rows(source, rows)
                if dry_run:
                    raise _DryRun
        except _DryRun:
            self.env.invalidate_all()
            for row in rows:
                row.record_id = row.record_id if row.state in ("unchanged", "updated") else False
        return [self._answer(row) for row in rows]

    @api.model
    def _read(self, given):
        row_fields, rows, seen = self._get_row_fields(), [], set()
        for raw in given:
            values, errors = read_row(raw, row_fields)
            cleared, not_cleared = read_cleared(raw, row_fields)
            row = _Row(values.pop("external_id", ""), values, errors + not_cleared, cleared)
            if row.external_id and row.external_id in seen:
                row.refuse("external_id", row.external_id, "repeated")
            seen.add(row.external_id)
            rows.append(row)
        return rows

    @api.model
    def _look_up(self, source, rows):
        """Replace names by records, one query per field; a name that nobody bears is an error of its row."""
        for name, row_field in self._get_row_fields().items():
            if row_field.kind in ("lookup", "names"):
                self._look_up_field(rows, name, row_field)
            elif row_field.kind == "reference" and name != self._parent_reference:
                self._look_up_references(source, rows, name, row_field)

    @api.model
    def _look_up_field(self, rows, name, row_field):
        wanted = {text for row in rows for text in self._as_list(row.values.get(name))}
        if not wanted:
            return
        found = self._find_by_key(row_field, wanted)
        for row in rows:
            if name not in row.values:
                continue
            texts = self._as_list(row.values[name])
            missing = [text for text in texts if text.lower() not in found]
            if missing:
                row.refuse(name, ", ".join(missing), "unknown_value", self._get_hint(row_field))
            else:
                ids = [found[text.lower()] for text in texts]
                row.values[name] = ids if row_field.kind == "names" else ids[0]

    @api.model
    def _as_list(self, value):
        return value if isinstance(value, list) else [value] if value else []

    @api.model
    def _find_by_key(self, row_field, wanted):
        """Ids of records by the lower-case text of their key; missing ones are made where the field allows it."""
        model = self.env[row_field.model]
        named = Domain.OR(Domain(row_field.key, "=ilike", escape_psql(text)) for text in wanted)
        records = model.search(named & self._get_lookup_domain(row_field))
        found = {(record[row_field.key] or "").lower(): record.id for record in reversed(records)}
        missing = sorted({text.lower(): text for text in wanted if text.lower() not in found}.values())
        if missing and row_field.create_missing and model.has_access("create"):
            for record in model.create([{row_field.key: text} for text in missing]):
                found[record[row_field.key].lower()] = record.id
        return found

    @api.model
    def _get_lookup_domain(self, row_field):
        """Which records may be named: a customer with a login is nobody's salesperson."""
        return Domain("share", "=", False) if row_field.model == "res.users" else Domain.TRUE

    @api.model
    def _get_hint(self, row_field):
        """Some right values, for the person who mends the row."""
        records = self.env[row_field.model].search(self._get_lookup_domain(row_field), limit=8)
        return ", ".join(filter(None, records.mapped(row_field.key)))

    @api.model
    def _look_up_references(self, source, rows, name, row_field):
        wanted = {row.values[name] for row in rows if name in row.values}
        if not wanted:
            return
        # sudo: which external rows are known is the gateway's own register
        refs = self.env["crm.external.ref"].sudo()._find(source, row_field.model, list(wanted))
        readable = self.env[row_field.model].browse(ref.res_id for ref in refs.values())._filtered_access("read")
        for row in rows:
            if name in row.values:
                ref = refs.get(row.values[name])
                if ref and ref.res_id in readable._ids:
                    row.values[name] = ref.res_id
                else:
                    row.refuse(name, row.values[name], "unknown_reference", source)

    @api.model
    def _match(self, source, rows):
        """Find the records that rows stand for; a row that says what it said before needs no more work."""
        external_ids = [row.external_id for row in rows if row.external_id]
        # sudo: which external rows are known is the gateway's own register
        refs = self.env["crm.external.ref"].sudo()._find(source, self._target, external_ids)
        records = self.env[self._target].browse(ref.res_id for ref in refs.values())
        allowed = set(records._filtered_access("write")._ids)
        for row in rows:
            ref = refs.get(row.external_id)
            if not ref or row.state == "error":
                continue
            if ref.res_id not in allowed:
                row.refuse("external_id", row.external_id, "forbidden")
                continue
            row.record_id = ref.res_id
            row.state = "unchanged" if ref.checksum == row.checksum else "changed"

    @api.model
    def _write_rows(self, source, rows):
        waiting = rows
        while waiting:
            ready, waiting = self._split_by_parent(waiting)
            self._look_up_parents(source, ready)
            self._create_rows(source, [row for row in ready if row.state == "new"])
        changed = [row for row in rows if row.state == "changed"]
        self._update_rows(changed)
        self._remember(source, [row for row in changed if row.state != "error"])

    @api.model
    def _split_by_parent(self, rows):
        """Rows that can be written now, and those whose parent is another of these rows; a circle is not waited for."""
        name = self._parent_reference
        unwritten = {row.external_id for row in rows if row.state == "new"}
        waiting = [row for row in rows if name and row.values.get(name) in unwritten]
        if len(waiting) == len(rows):
            return rows, []
        held = {id(row) for row in waiting}
        return [row for row in rows if id(row) not in held], waiting

    @api.model
    def _look_up_parents(self, source, rows):
        if self._parent_reference:
            row_field = self._get_row_fields()[self._parent_reference]
            self._look_up_references(source, rows, self._parent_reference, row_field)

    # ---- writing

    @api.model
    def _create_rows(self, source, rows):
        """Create records in one batch; when the batch is refused, one by one, to learn who the culprit is."""
        if not rows:
            return
        try:
            with self.env.cr.savepoint():
                records = self._create_records(source, rows)
                self.env.flush_all()
        except REFUSALS as error:
            self.env.invalidate_all()
            if len(rows) == 1:
                rows[0].refuse("", "", self._explain(error))
            else:
                _logger.info("Gateway: a batch of %s rows is repeated one by one", len(rows))
                for row in rows:
                    self._create_rows(source, [row])
            return
        for row, record in zip(rows, records, strict=True):
            row.record_id = record.id
            row.state = "created"
        self._remember(source, rows)

    @api.model
    def _create_records(self, source, rows):
        """Hook: create the records of rows in one batch."""
        return self.env[self._target].create([self._prepare_row(row) for row in rows])

    @api.model
    def _create_quietly(self, source, rows, vals_list):
        """Create records that have a chatter: one entry says where each came from, its salesperson follows it."""
        records = self.env[self._target].with_context(**QUIET).create(vals_list)
        template = self.env._("Came in from %(system)s as %(reference)s.", system=source, reference="{}")
        bodies = {
            record.id: Markup("<p>%s</p>") % template.replace("{}", row.external_id)
            for record, row in zip(records, rows, strict=True)
        }
        records._message_log_batch(bodies)
        records = records.with_context(**dict.fromkeys(QUIET, False))
        for user, owned in records.grouped("user_id").items():
            if user:
                owned.message_subscribe(partner_ids=user.partner_id.ids)
        return records

    @api.model
    def _update_rows(self, rows):
        """Write the changes in one batch; when it is refused, one by one, to learn who the culprit is."""
        if not rows:
            return
        try:
            with self.env.cr.savepoint():
                changes = self._write_differences(rows)
                self.env.flush_all()
        except REFUSALS as error:
            self.env.invalidate_all()
            if len(rows) == 1:
                rows[0].refuse("", "", self._explain(error))
            else:
                _logger.info("Gateway: a batch of %s rows is repeated one by one", len(rows))
                for row in rows:
                    self._update_rows([row])
            return
        for row, new in zip(rows, changes, strict=True):
            row.state = "updated" if new else "unchanged"

    @api.model
    def _write_differences(self, rows):
        """Write what is new in each row, rows that bring the same at once.

        :return: what was new, a dict for each row
        """
        records = self.env[self._target].browse(row.record_id for row in rows)
        changes = [
            self._get_differences(record, self._prepare_row(row)) for record, row in zip(records, rows, strict=True)
        ]
        alike = defaultdict(list)
        for record, new in zip(records, changes, strict=True):
            if new:
                alike[repr(sorted(new.items()))].append((record.id, new))
        for found in alike.values():
            records.browse(record_id for record_id, _new in found).write(found[0][1])
        return changes

    @api.model
    def _get_differences(self, record, values):
        """Those of the values that the record does not have yet."""
        differences = {}
        for name, value in values.items():
            field = record._fields[name]
            if field.type == "many2many":
                differs = set(record[name].ids) != set(value[0][2])
            else:
                current = field.convert_to_write(record[name], record)
                differs = str(current or "") != str(value or "")
            if differs:
                differences[name] = value
        return differences

    @api.model
    def _prepare_row(self, row):
        """The values of a record, those that the row wants emptied among them."""
        row_fields = self._get_row_fields()
        emptied = {
            row_fields[name].column: [(6, 0, [])] if row_fields[name].kind == "names" else False for name in row.cleared
        }
        return {**self._prepare_values(row.values), **emptied}

    @api.model
    def _prepare_values(self, values):
        """The values of a record out of those of a row."""
        row_fields = self._get_row_fields()
        return {
            row_fields[name].column: [(6, 0, value)] if row_fields[name].kind == "names" else value
            for name, value in values.items()
        }

    @api.model
    def _remember(self, source, rows):
        # sudo: which external rows are known is the gateway's own register
        refs = self.env["crm.external.ref"].sudo()
        refs._remember(source, self._target, [(row.external_id, row.record_id, row.checksum) for row in rows])

    # ---- answering

    @api.model
    def _answer(self, row):
        return {
            "external_id": row.external_id,
            "state": row.state,
            "id": row.record_id if row.state != "error" else False,
            "errors": [
                {"field": name, "value": str(value)[:MOST_ECHOED], "reason": self._get_reason(reason), "hint": hint}
                for name, value, reason, hint in row.errors
            ],
        }

    @api.model
    def _explain(self, error):
        """What a refusal says to the caller: never a statement or a row of the database."""
        if isinstance(error, DATABASE_REFUSALS):
            return self.env[self._target]._sql_error_to_message(error)
        return str(error)

    @api.model
    def _get_reason(self, reason):
        """A reason in the caller's language; what Odoo itself said is passed on."""
        return {
            "unknown_field": self.env._("There is no such field; the known ones are in the hint."),
            "required": self.env._("This field must be filled."),
            "repeated": self.env._("This external id stands twice in one call."),
            "text": self.env._("This is no text that can be kept."),
            "long": self.env._("This is too long; the hint says how many characters there may be."),
            "many": self.env._("These are too many; the hint says how many there may be."),
            "email": self.env._("This is no e-mail address."),
            "boolean": self.env._("This is neither yes nor no."),
            "number": self.env._("This is no number."),
            "negative": self.env._("The number must be nought or more."),
            "date": self.env._("This is no date; write year-month-day."),
            "datetime": self.env._("This is no moment; write year-month-day hour:minute:second in UTC."),
            "choice": self.env._("This is none of the possible values."),
            "unknown_value": self.env._("Nothing of this name exists."),
            "unknown_reference": self.env._("No row with this external id came in from this source before."),
            "not_cleared": self.env._("This cannot be emptied, or the row fills it; the hint says what can be."),
            "forbidden": self.env._("You may not change this record."),
        }.get(reason, reason)
