from odoo import api, fields, models
from odoo.tools import SQL


class CrmExternalRef(models.Model):
    """Which record stands for which row of an external system."""

    _name = "crm.external.ref"
    _description = "External Reference"
    _rec_name = "external_id"
    _order = "id desc"

    source = fields.Char("Source System", required=True, readonly=True)
    external_id = fields.Char("External ID", required=True, readonly=True)
    res_model = fields.Char("Model", required=True, readonly=True)
    res_id = fields.Many2oneReference("Record", model_field="res_model", readonly=True)
    checksum = fields.Char(readonly=True, help="Of the row that was taken last: a repeated row is known by it.")

    _external_unique = models.Constraint(
        "UNIQUE(source, res_model, external_id)", "This external row is known already."
    )
    _record_idx = models.Index("(res_model, res_id)")

    @api.model
    def _find(self, source, model, external_ids):
        """The references of external rows whose records still exist, by external id."""
        refs = self.search([("source", "=", source), ("res_model", "=", model), ("external_id", "in", external_ids)])
        alive = set(self.env[model].with_context(active_test=False).browse(refs.mapped("res_id")).exists().ids)
        return {ref.external_id: ref for ref in refs if ref.res_id in alive}

    @api.model
    def _remember(self, source, model, rows):
        """Keep what the rows stand for.

        A row that another call brings in at this moment makes PostgreSQL refuse this one; the server then repeats the
        call, which finds the record of the other.

        :param rows: tuples of external id, record id, checksum
        """
        if not rows:
            return
        self.env.execute_query(
            SQL(
                """INSERT INTO crm_external_ref (source, res_model, external_id, res_id, checksum, create_date)
                   VALUES %s
                   ON CONFLICT (source, res_model, external_id)
                   DO UPDATE SET res_id = EXCLUDED.res_id, checksum = EXCLUDED.checksum
                   RETURNING id""",
                SQL(", ").join(
                    SQL("(%s, %s, %s, %s, %s, now() AT TIME ZONE 'UTC')", source, model, *row) for row in rows
                ),
            )
        )
        self.invalidate_model()
