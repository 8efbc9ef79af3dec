from ast import literal_eval

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...conditions import check_fields_readable


class CrmStageGate(models.Model):
    """What a deal must have before it may enter a stage."""

    _name = "crm.stage.gate"
    _inherit = "crm.cached.mixin"
    _description = "Stage Entry Condition"
    _order = "sequence, id"

    _cached_fields = frozenset({"stage_id"})

    stage_id = fields.Many2one("crm.stage", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [("field", "A field is filled"), ("domain", "A condition holds")], required=True, default="field"
    )
    field_id = fields.Many2one(
        "ir.model.fields",
        domain=[("model", "=", "crm.lead")],
        ondelete="cascade",
    )
    domain = fields.Char("Condition", default="[]")
    message = fields.Char(translate=True, help="What the salesperson reads when the condition does not hold.")

    @api.constrains("kind", "field_id", "domain", "message")
    def _check_complete(self):
        for gate in self:
            if gate.kind == "field" and (not gate.field_id or gate.field_id.model != "crm.lead"):
                raise ValidationError(
                    self.env._("%(stage)s: choose the field of the deal that must be filled.", stage=gate.stage_id.name)
                )
            if gate.kind == "domain" and not gate.message:
                raise ValidationError(
                    self.env._("%(stage)s: say what a deal lacks when the condition fails.", stage=gate.stage_id.name)
                )
            gate._check_domain()

    def _check_domain(self):
        try:
            self._get_domain().validate(self.env["crm.lead"])
            check_fields_readable(self.env["crm.lead"], self._get_domain())
        except (ValueError, SyntaxError, TypeError) as error:
            raise ValidationError(
                self.env._("%(stage)s: the condition cannot be used: %(error)s", stage=self.stage_id.name, error=error)
            ) from error

    # ---- which stages have gates: most have none, and moving a deal there should cost nothing more

    @api.model
    @tools.ormcache()
    def _get_gated_stage_ids(self):
        # sudo: everybody is bound by the gates, whoever may read them
        return frozenset(self.sudo().search_fetch([], ["stage_id"]).stage_id.ids)

    # ---- checking

    def _get_domain(self):
        if self.kind == "field":
            return Domain(self.field_id.name, "!=", False)
        return Domain(literal_eval(self.domain or "[]"))

    def _get_demand(self):
        """What the salesperson has to do, as a short text."""
        if self.message:
            return self.message
        return self.env._("fill in %(field)s", field=self.field_id.field_description)

    def _get_missing(self, leads):
        """Which of the deals do not pass this gate."""
        return leads - leads.filtered_domain(self._get_filter())

    def _get_filter(self):
        # An amount of nought is not filled in, although it is not False.
        if self.kind == "field" and self.field_id.ttype in ("monetary", "float", "integer"):
            return Domain(self.field_id.name, "!=", 0)
        return self._get_domain()
