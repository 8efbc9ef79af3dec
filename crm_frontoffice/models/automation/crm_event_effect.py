from odoo import api, fields, models


class CrmEventEffect(models.Model):
    """What a firing made: an activity, a ticket, a hold; and when it was closed because its cause had ended."""

    _name = "crm.event.effect"
    _description = "Event Rule Effect"
    _rec_name = "res_model"
    _log_access = False

    firing_id = fields.Many2one("crm.event.firing", required=True, readonly=True, index=True, ondelete="cascade")
    res_model = fields.Char("Model", required=True, readonly=True)
    res_id = fields.Many2oneReference("Record", model_field="res_model", required=True, readonly=True)
    date_ended = fields.Datetime("Ended", readonly=True)

    _record_idx = models.Index("(res_model, res_id)")

    @api.model
    def _get_enders(self):
        """Hook: by model the name of the method that closes its records, which gets a recordset."""
        return {"mail.activity": "_end_activities", "crm.hold": "_end_holds"}

    def _end(self):
        """Close what is still open; whatever people have finished or changed hands stays as it is."""
        self.write({"date_ended": fields.Datetime.now()})
        enders = self._get_enders()
        for model, effects in self.grouped("res_model").items():
            if model in enders:
                records = self.env[model].browse(set(effects.mapped("res_id"))).exists()
                getattr(self, enders[model])(records)

    def _end_activities(self, activities):
        """An activity without a reason is taken back, not marked as done: nobody has done it."""
        for model, planned in activities.filtered("active").grouped("res_model").items():
            documents = self.env[model].browse(planned.mapped("res_id"))
            if hasattr(documents, "_message_log_batch"):
                text = self.env._("No longer needed, its cause has ended: %(summary)s")
                names = {activity.res_id: text % {"summary": activity.display_name} for activity in planned}
                documents._message_log_batch(names)
        activities.filtered("active").unlink()

    def _end_holds(self, holds):
        """A hold with several causes is released with the last of them."""
        others = self.search([("res_model", "=", "crm.hold"), ("res_id", "in", holds.ids), ("date_ended", "=", False)])
        (holds - holds.browse(others.mapped("res_id")))._release(self.env.user)
