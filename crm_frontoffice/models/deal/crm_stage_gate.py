from ast import literal_eval

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...conditions import check_fields_readable


class CrmStageGate(models.Model):
    """What a deal must have before it may enter a stage.

    A kind K brings `_find_lacking_K(leads)`, which deals lack it, and `_tell_K()`, what to do about it in a few words.
    It may bring `_get_fillable_K()`, the names of the deal's fields that a person can fill in on the spot, and
    `_check_setup_K()`, which returns what is wrong with the gate itself.
    """

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
            if problem := gate._call_kind("_check_setup", ""):
                raise ValidationError(self.env._("%(stage)s: %(problem)s", stage=gate.stage_id.name, problem=problem))

    # ---- which stages have gates: most have none, and moving a deal there should cost nothing more

    @api.model
    @tools.ormcache()
    def _get_gated_stage_ids(self):
        # sudo: everybody is bound by the gates, whoever may read them
        return frozenset(self.sudo().search_fetch([], ["stage_id"]).stage_id.ids)

    # ---- checking

    def _call_kind(self, prefix, default, *arguments):
        method = getattr(self, f"{prefix}_{self.kind}", None)
        return method(*arguments) if method else default

    def _find_lacking(self, leads):
        """Which of the deals do not pass this gate."""
        return self._call_kind("_find_lacking", leads.browse(), leads)

    def _get_demand(self):
        """What the salesperson has to do, as a short text."""
        return self.message or self._call_kind("_tell", "")

    def _get_fillable(self):
        """The fields of the deal in which it can be done, as far as this person may see them."""
        names = self._call_kind("_get_fillable", [])
        lead_fields = self.env["crm.lead"].fields_get(names, ["readonly"]) if names else {}
        return [name for name in names if name in lead_fields and not lead_fields[name]["readonly"]]

    def _prepare_missing(self, lead):
        """What the caller is told about a deal that does not pass."""
        return {
            "lead_id": lead.id,
            "lead": lead.name,
            "stage_id": self.stage_id.id,
            "stage": self.stage_id.name,
            "gate_id": self.id,
            "kind": self.kind,
            "fields": self._get_fillable(),
            "message": self._get_demand(),
        }

    # ---- kind: a field is filled

    def _find_lacking_field(self, leads):
        # An amount of nought is not filled in, although it is not False.
        empty = 0 if self.field_id.ttype in ("monetary", "float", "integer") else False
        return leads - leads.filtered_domain(Domain(self.field_id.name, "!=", empty))

    def _tell_field(self):
        return self.env._("fill in %(field)s", field=self.field_id.field_description)

    def _get_fillable_field(self):
        return [self.field_id.name]

    def _check_setup_field(self):
        if self.field_id.model != "crm.lead":
            return self.env._("choose the field of the deal that must be filled.")
        return ""

    # ---- kind: a condition holds

    def _get_domain(self):
        return Domain(literal_eval(self.domain or "[]"))

    def _find_lacking_domain(self, leads):
        return leads - leads.filtered_domain(self._get_domain())

    def _get_fillable_domain(self):
        return list(dict.fromkeys(condition.field_expr for condition in self._get_domain().iter_conditions()))

    def _check_setup_domain(self):
        if not self.message:
            return self.env._("say what a deal lacks when the condition fails.")
        try:
            self._get_domain().validate(self.env["crm.lead"])
            check_fields_readable(self.env["crm.lead"], self._get_domain())
        except (ValueError, SyntaxError, TypeError) as error:
            return self.env._("the condition cannot be used: %(error)s", error=error)
        return ""
