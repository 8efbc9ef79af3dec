from odoo import api, fields, models

from .crm_lead_move import FACTS

WATCHED = frozenset({*FACTS, "probability", "type"})


class CrmLead(models.Model):
    """Each change of how a deal stands is kept."""

    _inherit = "crm.lead"

    move_ids = fields.One2many("crm.lead.move", "lead_id", "Moves", readonly=True)
    closing_pushes = fields.Integer(
        "Closings Put Off", readonly=True, copy=False, help="How often the expected closing was moved to a later day."
    )

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        self.env["crm.lead.move"]._note(leads)
        return leads

    def write(self, vals):
        if WATCHED & vals.keys():
            self.env["crm.lead.move"]._note(self)
        return super().write(vals)

    def _compute_field_value(self, field):
        result = super()._compute_field_value(field)
        if field.name in WATCHED:
            self.env["crm.lead.move"]._note(self)
        return result

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        self.env["crm.lead.move"]._merge_leads(opportunities.ids, self)
        return result

    def _merge_get_fields_specific(self):
        most = {"closing_pushes": lambda fname, leads: max(leads.mapped(fname))}
        return {**super()._merge_get_fields_specific(), **most}
