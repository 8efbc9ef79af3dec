from odoo import fields, models
from odoo.fields import Domain


class MailingMailing(models.Model):
    _inherit = "mailing.mailing"

    segment_ids = fields.Many2many(
        "crm.segment",
        "crm_segment_mailing_rel",
        string="Segments",
        help="Contacts who belong to one of these, beside the filter below. Who belongs is looked up when it is sent.",
    )
    excluded_segment_ids = fields.Many2many(
        "crm.segment", "crm_segment_mailing_excluded_rel", string="But Not", help="Contacts of these are left out."
    )

    def _get_recipients_domain(self):
        domain = super()._get_recipients_domain()
        if self.mailing_model_real == "res.partner":
            if self.segment_ids:
                domain &= Domain("segment_ids", "in", self.segment_ids.ids)
            if self.excluded_segment_ids:
                domain &= Domain("segment_ids", "not in", self.excluded_segment_ids.ids)
        return domain
