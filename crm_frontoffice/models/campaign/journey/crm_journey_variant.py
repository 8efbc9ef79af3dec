from odoo import fields, models


class CrmJourneyVariant(models.Model):
    """One of the ways into which a split parts customers, by a share that is the same for a customer each time."""

    _name = "crm.journey.variant"
    _description = "Way of a Split"
    _order = "sequence, id"

    step_id = fields.Many2one("crm.journey.step", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True, translate=True)
    percent = fields.Float("Share %", required=True, default=50.0)
    target_id = fields.Many2one(
        "crm.journey.step", "Goes On With", copy=False, index="btree_not_null", ondelete="set null"
    )

    _percent_range = models.Constraint("CHECK (percent > 0 AND percent <= 100)", "A share is above 0 and at most 100.")
