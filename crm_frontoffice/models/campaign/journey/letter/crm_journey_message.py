from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError


class CrmJourneyMessage(models.Model):
    """Letters wait in the outbox until somebody prints them."""

    _inherit = "crm.journey.message"

    def action_print_letters(self):
        """Print what waits, one letter a page; whoever has left or withdrawn his consent meanwhile gets none."""
        self.check_access("read")
        self.env["crm.journey"].check_access("write")
        # sudo: the outbox is the system's; who makes journeys may print their letters
        waiting = self.sudo().filtered(lambda row: row.channel == "post" and row.state == "queued")
        letters = waiting.browse()
        for step, messages in waiting.grouped("step_id").items():
            letters |= messages - step._drop_unwanted(messages)
        if not letters:
            raise UserError(self.env._("None of these letters waits to be printed."))
        letters.write({"state": "handed", "date_handed": fields.Datetime.now()})
        # The reader prints with his own rights.
        printed = letters.with_env(self.env)
        return self.env.ref("crm_frontoffice.crm_journey_letter_report").report_action(printed, config=False)

    def _render_letters(self):
        """The text of each letter, with the names of the customer and of his company filled in.

        :return: dict of markup by message id
        """
        return {
            message.id: Markup(message.step_id.with_context(lang=message.partner_id.lang).letter_body or "")
            .replace("{customer}", message.partner_id.name or "")
            .replace("{company}", message.partner_id.commercial_company_name or "")
            for message in self
        }
