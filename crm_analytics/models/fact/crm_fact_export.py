import tempfile
from pathlib import Path
from subprocess import TimeoutExpired

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ... import child


class CrmFactExport(models.Model):
    """A fact table as a Parquet file, as it was at one moment, for analysts with tools of their own."""

    _name = "crm.fact.export"
    _description = "Export of Facts"
    _order = "id desc"
    _rec_name = "table_id"

    table_id = fields.Many2one(
        "crm.fact.table", "Fact Table", required=True, readonly=True, ondelete="cascade", index=True
    )
    state = fields.Selection(
        [("queued", "Queued"), ("done", "Done"), ("failed", "Failed")], default="queued", required=True, readonly=True
    )
    message = fields.Char(readonly=True)
    row_count = fields.Integer("Rows", readonly=True)
    file_name = fields.Char(readonly=True)
    content = fields.Binary("File", readonly=True, attachment=True)

    @api.model
    def _enqueue(self, tables):
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(self.env._("Only an administrator may export facts: the file knows no access rights."))
        exports = self.create([{"table_id": table.id} for table in tables])
        for export in exports:
            export.with_delay(description=self.env._("Export of %s", export.table_id.name))._run()
        return exports

    def _run(self):
        """Write the file; this is the job. It may be repeated: the file is then that of the later moment."""
        self.ensure_one()
        facts = self.env[self.table_id.model]
        facts._refresh(limit=None)
        with tempfile.TemporaryDirectory() as folder:
            source, target = Path(folder, "facts.csv"), Path(folder, "facts.parquet")
            try:
                answer = child.compute("parquet", self._write_csv(facts, source, target))
            except child.LibraryMissingError as error:
                return self._fail(self.env._("The Python library %s is missing: install it to export facts.", error))
            except (TimeoutExpired, RuntimeError) as error:
                return self._fail(self.env._("The export failed: %s", error))
            name = f"{facts._table}_{fields.Date.today()}.parquet"
            # `raw` of the attachment spares a copy in base64.
            self.write({"state": "done", "row_count": answer["rows"], "file_name": name})
            return self._attach(name, target.read_bytes())

    def _fail(self, message):
        self.write({"state": "failed", "message": message})

    def _attach(self, name, content):
        self.env["ir.attachment"].create(
            {"name": name, "res_model": self._name, "res_id": self.id, "res_field": "content", "raw": content}
        )
        self.invalidate_recordset(["content"])

    @api.model
    def _write_csv(self, facts, source, target):
        """The rows by COPY: they never lie in the memory of a worker."""
        names = ["id", *facts._get_fact_columns()]
        columns = self.env.execute_query(
            SQL(
                """SELECT column_name, udt_name FROM information_schema.columns
                    WHERE table_name = %s AND column_name IN %s""",
                facts._table,
                tuple(names),
            )
        )
        kinds = dict(columns)
        query = SQL(
            "COPY (SELECT %s FROM %s) TO STDOUT (FORMAT csv, HEADER)",
            SQL(", ").join(map(SQL.identifier, names)),
            SQL.identifier(facts._table),
        )
        with source.open("wb") as file:
            self.env.cr._obj.copy_expert(self.env.cr._obj.mogrify(query.code, query.params), file)
        return {"source": str(source), "target": str(target), "columns": [(name, kinds[name]) for name in names]}

    @api.autovacuum
    def _gc_old(self):
        """A file is for taking away; what lies for a month is old."""
        old = self.search([("create_date", "<", fields.Datetime.subtract(fields.Datetime.now(), months=1))], limit=1000)
        return old.unlink() and None
