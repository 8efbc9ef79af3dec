from odoo import fields, models


class CrmJourneyPassage(models.Model):
    """A participant has passed a step, once: the proof that it is not done again."""

    _name = "crm.journey.passage"
    _description = "Step Passed"
    _order = "id desc"
    _rec_name = "step_id"
    _log_access = False

    participant_id = fields.Many2one("crm.journey.participant", required=True, readonly=True, ondelete="cascade")
    partner_id = fields.Many2one(related="participant_id.partner_id", string="Customer")
    step_id = fields.Many2one("crm.journey.step", required=True, readonly=True, ondelete="restrict")
    date = fields.Datetime(required=True, readonly=True)
    outcome = fields.Char(required=True, readonly=True, help="By which way he went on.")
    reason = fields.Char(readonly=True)

    _once = models.UniqueIndex("(participant_id, step_id)")
    _step_idx = models.Index("(step_id, outcome)")
