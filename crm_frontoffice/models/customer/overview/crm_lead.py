from odoo import models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    # Most deals of a large customer are lost long since, and archived.
    _active_partner_idx = models.Index("(partner_id, won_status) WHERE active IS TRUE")
