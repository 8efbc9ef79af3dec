from odoo import models
from odoo.tools import SQL


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        for name in opportunities._find_belongings():
            # sudo: as Odoo does with messages; who merges need not see each of the deals that go
            self.env[name].sudo()._move_to_lead(self, opportunities)
            self.env[name].invalidate_model(["lead_id"])
        return result

    def _find_belongings(self):
        """The models of which these deals have records, by one query: most deals have none."""
        names = [name for name in self.pool["crm.lead.belonging.mixin"]._inherit_children if name in self.pool]
        names = [name for name in names if self.pool[name]._auto and not self.pool[name]._abstract]
        for name in names:
            self.env[name].flush_model(["lead_id"])
        selects = [
            SQL(
                "SELECT %s WHERE EXISTS (SELECT FROM %s WHERE lead_id = ANY(%s))",
                name,
                SQL.identifier(self.pool[name]._table),
                self.ids,
            )
            for name in names
        ]
        return [name for (name,) in self.env.execute_query(SQL(" UNION ALL ").join(selects))]
