from odoo import models
from odoo.tools import SQL


class CrmJourney(models.Model):
    _inherit = "crm.journey"

    def _get_control(self):
        """Whoever is held out of the campaign, or of all advertising, stands in the control group of its journeys."""
        control = super()._get_control()
        if self.is_limit_ignored:
            return control
        customer = SQL("(SELECT commercial_partner_id FROM res_partner WHERE id = given.partner_id)")
        held_out = self.env["crm.holdout"]._get_condition(customer, self.campaign_id, self.company_id)
        return SQL("(%s OR %s)", control, held_out) if held_out else control

    def _enrol(self, source, version=None):
        entered = super()._enrol(source, version)
        if entered and self.campaign_id and not self.is_limit_ignored:
            partners = SQL("SELECT partner_id FROM crm_journey_participant WHERE id = ANY(%s)", entered.ids)
            # sudo: who was meant is the system's note, whoever lets customers in
            self.env["crm.holdout"].sudo()._note(self.campaign_id, self.company_id, partners)
        return entered
