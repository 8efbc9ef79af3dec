from odoo import api, models


class StockPicking(models.Model):
    _name = "stock.picking"
    _inherit = ["stock.picking", "crm.event.source"]

    def _action_done(self):
        result = super()._action_done()
        done = self.filtered(lambda picking: picking.state == "done" and picking.partner_id)
        delivered = done.filtered(lambda picking: picking.picking_type_code == "outgoing" and not picking.return_id)
        returned = done.filtered(lambda picking: picking.picking_type_code == "incoming" and picking.return_id)
        if delivered:
            delivered._log_event("delivery_done")
        if returned:
            returned._log_event("return_received")
        return result

    def _prepare_event_values(self):
        # A picking's own user is who moves the goods; the customer belongs to the salesperson of the order.
        order = self.sale_id
        return {**super()._prepare_event_values(), "user_id": order.user_id.id, "team_id": order.team_id.id}

    @api.model
    def _get_name_sql(self, alias, query):
        return self._field_to_sql(alias, "name", query)
