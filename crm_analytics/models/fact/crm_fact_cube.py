from odoo import api, fields, models
from odoo.tools import SQL

from ...fields import FactMany2one


class CrmFactCube(models.AbstractModel):
    """Facts added up over few dimensions: what people look at daily.

    The triggers of the facts keep it by the difference that each statement makes. Every dimension costs rows: what is
    not here is asked of the facts themselves.
    """

    _name = "crm.fact.cube"
    _description = "Cube"

    # The model of the facts.
    _cube_fact = ""
    # The dimensions, each as it follows from a fact, whose alias is `row`.
    _cube_keys = {}
    # The figures that are added up.
    _cube_sums = ()
    # How long a cell is, as keywords of `fields.Date.add`.
    _cube_period = {}
    # The action that shows the facts of a cell.
    _cube_action = ""

    date = fields.Date(required=True, readonly=True)
    company_id = FactMany2one("res.company", "Company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    row_count = fields.Integer("Rows", readonly=True)

    def action_open_facts(self):
        """Open the rows that a cell adds up."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(self._cube_action)
        action["domain"] = self._get_cell_domain()
        action["context"] = {}
        action["views"] = [(False, "list"), (False, "pivot"), (False, "graph")]
        return action

    def _get_cell_domain(self):
        date = self.env[self._cube_fact]._fact_date
        return [
            (date, ">=", self.date),
            (date, "<", fields.Date.add(self.date, **self._cube_period)),
            *((name, "=", self[name].id) for name in self._cube_keys if name.endswith("_id")),
        ]

    @api.model
    def _rebuild(self):
        """Add everything up anew: float sums kept by differences lose their last digits over the years."""
        table = SQL.identifier(self._table)
        names = SQL(", ").join(map(SQL.identifier, (*self._cube_keys, "row_count", *self._cube_sums)))
        keys = SQL(", ").join(map(SQL, self._cube_keys.values()))
        sums = SQL(", ").join(SQL("sum(%s)", SQL.identifier("row", name)) for name in self._cube_sums)
        self.env.execute_query(SQL("DELETE FROM %s", table))
        self.env.execute_query(
            SQL(
                "INSERT INTO %s (%s) SELECT %s, count(*), %s FROM %s AS row GROUP BY %s",
                table,
                names,
                keys,
                sums,
                SQL.identifier(self.env[self._cube_fact]._table),
                keys,
            )
        )
        self.invalidate_model(flush=False)
