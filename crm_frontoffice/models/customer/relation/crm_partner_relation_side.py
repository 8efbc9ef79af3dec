from odoo import api, fields, models
from odoo.tools import SQL


class CrmPartnerRelationSide(models.Model):
    """A relation as one of the two sees it: each relation has two of these."""

    _name = "crm.partner.relation.side"
    _description = "Relation Seen from One Side"
    _auto = False
    _order = "date_to DESC NULLS FIRST, date_from DESC NULLS LAST, id DESC"
    _depends = {
        "crm.partner.relation": ["type_id", "first_partner_id", "second_partner_id", "date_from", "date_to", "note"]
    }

    relation_id = fields.Many2one("crm.partner.relation", readonly=True)
    side = fields.Selection([("first", "First"), ("second", "Second")], readonly=True)
    partner_id = fields.Many2one("res.partner", readonly=True)
    other_partner_id = fields.Many2one("res.partner", "Related To", readonly=True)
    type_id = fields.Many2one("crm.relation.type", "Kind", readonly=True)
    label = fields.Char("Relation", compute="_compute_label")
    date_from = fields.Date("Since", readonly=True)
    date_to = fields.Date("Until", readonly=True)
    note = fields.Char(readonly=True)

    @property
    def _table_query(self):
        shared = SQL("relation.type_id, relation.date_from, relation.date_to, relation.note")
        return SQL(
            """SELECT relation.id * 2 AS id, relation.id AS relation_id, 'first' AS side,
                      relation.first_partner_id AS partner_id,
                      relation.second_partner_id AS other_partner_id, %(shared)s
                 FROM crm_partner_relation relation
                UNION ALL
               SELECT relation.id * 2 + 1, relation.id, 'second',
                      relation.second_partner_id, relation.first_partner_id, %(shared)s
                 FROM crm_partner_relation relation""",
            shared=shared,
        )

    @api.depends("type_id", "side")
    @api.depends_context("lang")
    def _compute_label(self):
        for side in self:
            side.label = side.type_id._get_label(side.side) if side.type_id else False

    def action_edit(self):
        """Open the relation itself in a dialog."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.partner.relation",
            "res_id": self.relation_id.id,
            "views": [(False, "form")],
            "target": "new",
        }
