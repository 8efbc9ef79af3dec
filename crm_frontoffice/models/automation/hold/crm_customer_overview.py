from odoo import api, models


class CrmCustomerOverview(models.AbstractModel):
    _inherit = "crm.customer.overview"

    @api.model
    def _get_credit_light(self, customer):
        """A hold is what to know first about a customer's payment."""
        light = super()._get_credit_light(customer)
        if customer.hold_state == "stop":
            light.update(state="stop", text=self.env._("On hold: %(reason)s", reason=customer.hold_reason))
        elif customer.hold_state == "warn":
            state = light["state"] if light["state"] == "stop" else "watch"
            light.update(state=state, text=self.env._("Watched: %(reason)s", reason=customer.hold_reason))
        return light
