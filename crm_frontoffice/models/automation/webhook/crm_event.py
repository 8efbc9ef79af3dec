from odoo import models
from odoo.tools import SQL


class CrmEvent(models.Model):
    _inherit = "crm.event"

    def _on_appended(self, type_ids):
        if not type_ids.isdisjoint(self.env["crm.webhook"]._get_listening_type_ids()):
            self.env["crm.webhook.delivery"]._enqueue(SQL("event.id = ANY(%s)", self.ids))
        return super()._on_appended(type_ids)
