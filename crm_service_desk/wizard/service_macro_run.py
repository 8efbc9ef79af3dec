from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError


class ServiceMacroRun(models.TransientModel):
    """Shows what a macro will do before it does it."""

    _name = "service.macro.run"
    _description = "Use a Macro"

    ticket_ids = fields.Many2many(
        "service.ticket", string="Tickets", default=lambda self: self.env.context.get("active_ids")
    )
    team_ids = fields.Many2many("service.team", compute="_compute_team_ids")
    macro_id = fields.Many2one(
        "service.macro", required=True, domain="['|', ('team_ids', '=', False), ('team_ids', 'in', team_ids)]"
    )
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    changes = fields.Html(compute="_compute_preview", sanitize=False)

    @api.depends("ticket_ids")
    def _compute_team_ids(self):
        for wizard in self:
            wizard.team_ids = wizard.ticket_ids.team_id

    @api.depends("macro_id", "ticket_ids")
    def _compute_preview(self):
        """The answer as the first of the customers will read it, and the changes in words."""
        for wizard in self:
            macro, ticket = wizard.macro_id, wizard.ticket_ids[:1]
            rows = Markup().join(
                Markup("<li>%s: <b>%s</b></li>") % line for line in (macro._describe() if macro else [])
            )
            wizard.changes = Markup("<ul>%s</ul>") % rows if rows else False
            wizard.preview = macro._format("answer", ticket) if macro and ticket else False

    def action_apply(self):
        self.ensure_one()
        if not self.ticket_ids:
            raise UserError(self.env._("Choose tickets first."))
        self.macro_id._apply(self.ticket_ids)
        return {"type": "ir.actions.act_window_close"}
