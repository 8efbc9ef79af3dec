from odoo import api, fields, models


class CrmPrivacyLog(models.Model):
    """Who showed, exported or erased the personal data of somebody, and how much it was; never the data itself."""

    _name = "crm.privacy.log"
    _description = "Personal Data Log"
    _order = "id desc"
    _rec_name = "action"
    _log_access = False

    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    user_id = fields.Many2one(
        "res.users", "Done by", required=True, readonly=True, default=lambda self: self.env.user, ondelete="restrict"
    )
    action = fields.Selection(
        [("shown", "Shown"), ("exported", "Exported"), ("erased", "Erased")], required=True, readonly=True
    )
    partner_id = fields.Many2one("res.partner", "Contact", readonly=True, ondelete="set null", index="btree_not_null")
    details = fields.Text("How Much", readonly=True)

    @api.model
    def _note(self, action, partner, counts):
        """
        :param action: "shown", "exported" or "erased"
        :param counts: dict of labels to numbers
        """
        details = "\n".join(f"{label}: {count}" for label, count in counts.items() if count)
        # sudo: everybody who may do it is logged, nobody may write the log
        return self.sudo().create(
            {"action": action, "partner_id": partner.id, "user_id": self.env.uid, "details": details}
        )
