from odoo import fields, models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    contact_ids = fields.One2many("crm.lead.contact", "lead_id", "Contacts")
