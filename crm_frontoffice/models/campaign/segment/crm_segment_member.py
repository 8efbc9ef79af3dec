from odoo import fields, models


class CrmSegmentMember(models.Model):
    """A customer's stay in a segment; who left and came back has two rows."""

    _name = "crm.segment.member"
    _inherit = "crm.partner.merge.mixin"
    _description = "Member of a Segment"
    _order = "date_entered desc, id desc"
    _rec_name = "partner_id"
    _log_access = False

    _partner_merge_keys = (("segment_id", "partner_id", "CASE WHEN date_left IS NULL THEN true END"),)

    segment_id = fields.Many2one("crm.segment", required=True, readonly=True, index=True, ondelete="cascade")
    partner_id = fields.Many2one("res.partner", "Customer", required=True, readonly=True, ondelete="cascade")
    date_entered = fields.Datetime("Entered", required=True, readonly=True)
    date_left = fields.Datetime("Left", readonly=True)
    email = fields.Char(related="partner_id.email")
    phone = fields.Char(related="partner_id.phone")
    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")

    _one_stay = models.UniqueIndex("(segment_id, partner_id) WHERE date_left IS NULL")
    _partner_idx = models.Index("(partner_id, segment_id)")
