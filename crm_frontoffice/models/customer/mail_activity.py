from odoo import models

# What an activity of a category tells about the contact with the customer; a meeting is told by the calendar.
EVENTS_BY_CATEGORY = {"phonecall": "call_out", "meeting": None}


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        vals_list = self._prepare_done_events()
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        if vals_list:
            self.env["crm.event"]._append(vals_list)
        return result

    def _prepare_done_events(self):
        """Rows of the event log about these activities, for documents that have a customer."""
        vals_list = []
        for activity in self:
            code = EVENTS_BY_CATEGORY.get(activity.activity_type_id.category, "activity_done")
            if not code or not hasattr(self.env.get(activity.res_model), "_log_event"):
                continue
            # sudo: the event is the system's record; its reader needs access to the document
            document = self.env[activity.res_model].sudo().browse(activity.res_id)
            values = document._prepare_event_values() if document.exists() else {}
            if values.get("partner_id"):
                vals_list.append(
                    {
                        **{name: value for name, value in values.items() if name != "amount"},
                        "code": code,
                        "res_model": activity.res_model,
                        "res_id": activity.res_id,
                        "user_id": activity.user_id.id,
                        "dedupe_key": f"activity:{activity.id}",
                        "payload": {"subject": activity.summary or activity.activity_type_id.name},
                    }
                )
        return vals_list
