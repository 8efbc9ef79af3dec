from odoo import fields, models


class CrmSegmentChoice(models.Model):
    """A customer who belongs to a segment, or does not, whatever its conditions say."""

    _name = "crm.segment.choice"
    _inherit = "crm.partner.merge.mixin"
    _description = "Pinned or Left Out of a Segment"
    _order = "kind desc, id"
    _rec_name = "partner_id"

    _partner_merge_keys = (("segment_id", "partner_id"),)
    # Whoever wanted to be left out stays out.
    _partner_merge_order = "kind, id"

    segment_id = fields.Many2one("crm.segment", required=True, ondelete="cascade")
    partner_id = fields.Many2one("res.partner", "Customer", required=True, index=True, ondelete="cascade")
    kind = fields.Selection([("pinned", "Always belongs"), ("excluded", "Never belongs")], required=True)
    note = fields.Char("Reason")

    _one_choice = models.Constraint("UNIQUE(segment_id, partner_id)", "A customer is either pinned or left out.")
