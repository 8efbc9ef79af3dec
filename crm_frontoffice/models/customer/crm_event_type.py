from odoo import api, fields, models, tools
from odoo.exceptions import UserError


class CrmEventType(models.Model):
    """A kind of thing that happens between the company and a customer."""

    _name = "crm.event.type"
    _inherit = "crm.cached.mixin"
    _description = "Customer Event Type"
    _order = "kind, sequence, id"

    _cached_fields = frozenset({"code", "is_personal"})

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, readonly=True, help="The name that programs use; it never changes.")
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [
            ("message", "Message"),
            ("contact", "Call or Meeting"),
            ("deal", "Deal"),
            ("order", "Order"),
            ("delivery", "Delivery"),
            ("invoice", "Invoice"),
            ("campaign", "Campaign"),
            ("ticket", "Ticket"),
            ("other", "Other"),
        ],
        required=True,
        default="other",
    )
    channel = fields.Selection(
        [
            ("email", "E-mail"),
            ("phone", "Phone"),
            ("sms", "SMS"),
            ("chat", "Chat"),
            ("meeting", "Meeting"),
            ("post", "Post"),
            ("portal", "Portal"),
            ("document", "Document"),
        ],
        help="How the customer and the company met; empty for what happens inside the company.",
    )
    direction = fields.Selection([("in", "From the customer"), ("out", "To the customer")])
    icon = fields.Char(default="fa-circle", help="Font Awesome icon that the timeline shows.")
    color = fields.Selection(
        [("success", "Good"), ("danger", "Bad"), ("warning", "Needs attention"), ("info", "Neutral")],
        default="info",
        required=True,
    )

    is_contact = fields.Boolean(
        "Counts as Contact", help="The customer and the company were in touch; a long silence is counted from here."
    )

    is_personal = fields.Boolean(
        "Personal Fact", readonly=True, help="Shown only to those who may see the facts of a person's life."
    )

    _code_unique = models.Constraint("UNIQUE(code)", "An event type with this code exists already.")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_shipped(self):
        # sudo: external ids tell which types came with an addon; whoever may delete types need not read them
        shipped = self.filtered(lambda event_type: event_type.sudo().get_external_id()[event_type.id])
        if shipped:
            raise UserError(
                self.env._(
                    "Programs write these events, so they stay: %(names)s.", names=", ".join(shipped.mapped("name"))
                )
            )

    @api.model
    @tools.ormcache()
    def _get_ids_by_code(self):
        """Every type's id by its code; types are few and hardly ever change."""
        # sudo: writing an event needs the type's id, whoever causes the event
        return {event_type.code: event_type.id for event_type in self.sudo().search_fetch([], ["code"])}

    @api.model
    @tools.ormcache()
    def _get_personal_ids(self):
        """Ids of the types that only some may see, as a tuple."""
        # sudo: which types are personal is no secret
        return tuple(self.sudo().search([("is_personal", "=", True)])._ids)
