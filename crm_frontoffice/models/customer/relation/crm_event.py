from odoo import models

from .crm_partner_role import ROLES_BY_EVENT


class CrmEvent(models.Model):
    _inherit = "crm.event"

    def _on_appended(self, type_ids):
        known = self.env["crm.event.type"]._get_ids_by_code()
        if not type_ids.isdisjoint(known.get(code) for code in ROLES_BY_EVENT):
            # sudo: roles follow from orders and invoices, whoever confirms them
            self.env["crm.partner.role"].sudo()._learn(self)
        return super()._on_appended(type_ids)
