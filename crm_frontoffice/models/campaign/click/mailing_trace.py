from odoo import models

from ....contexts import INSIDE


class MailingTrace(models.Model):
    _inherit = "mailing.trace"

    def set_opened(self, domain=None):
        return self.browse() if self._is_machine_at_work() else super().set_opened(domain=domain)

    def set_clicked(self, domain=None):
        return self.browse() if self._is_machine_at_work() else super().set_clicked(domain=domain)

    def _is_machine_at_work(self):
        return self.env.context.get("crm_clicked_by_machine") is INSIDE
