from odoo import fields, models
from odoo.fields import Domain


class CrmStageGate(models.Model):
    """Gates that look at the deal's papers, at where it comes from, and at who moves it."""

    _inherit = "crm.stage.gate"

    kind = fields.Selection(
        selection_add=[
            ("document", "A document is attached"),
            ("signature", "A quotation is signed"),
            ("lines", "A quotation has products"),
            ("previous", "It comes from certain stages"),
            ("role", "Certain people move it"),
        ],
        ondelete={
            "document": "cascade",
            "signature": "cascade",
            "lines": "cascade",
            "previous": "cascade",
            "role": "cascade",
        },
    )
    from_stage_ids = fields.Many2many("crm.stage", "crm_stage_gate_from_rel", string="From Stages")
    group_ids = fields.Many2many("res.groups", string="Allowed Roles")

    # ---- documents

    def _find_lacking_document(self, leads):
        attached = [("res_model", "=", "crm.lead"), ("res_id", "in", leads.ids), ("res_field", "=", False)]
        # sudo: what is attached counts for the gate, whoever may open the file
        groups = self.env["ir.attachment"].sudo()._read_group(attached, ["res_id"])
        present = {res_id for (res_id,) in groups}
        return leads.filtered(lambda lead: lead.id not in present)

    def _tell_document(self):
        return self.env._("attach the document")

    # ---- quotations

    def _find_without_orders(self, leads, domain):
        """The deals without an order for which a condition holds."""
        orders = Domain("opportunity_id", "in", leads.ids) & Domain("state", "!=", "cancel") & Domain(domain)
        # sudo: a deal is not held up because the quotation belongs to a colleague
        groups = self.env["sale.order"].sudo()._read_group(orders, ["opportunity_id"])
        present = {lead.id for (lead,) in groups}
        return leads.filtered(lambda lead: lead.id not in present)

    def _find_lacking_signature(self, leads):
        return self._find_without_orders(leads, [("signed_on", "!=", False)])

    def _tell_signature(self):
        return self.env._("have a quotation signed")

    def _find_lacking_lines(self, leads):
        return self._find_without_orders(leads, [("order_line", "any", [("product_id", "!=", False)])])

    def _tell_lines(self):
        return self.env._("make a quotation with products")

    # ---- the way it comes

    def _find_lacking_previous(self, leads):
        before = self.env["crm.lead"]._get_stages_before() or {}
        return leads.filtered(lambda lead: before.get(lead.id) not in self.from_stage_ids.ids)

    def _tell_previous(self):
        return self.env._("it may only come from %(stages)s", stages=", ".join(self.from_stage_ids.mapped("name")))

    def _check_setup_previous(self):
        return "" if self.from_stage_ids else self.env._("choose the stages from which a deal may come.")

    # ---- who moves it

    def _find_lacking_role(self, leads):
        user = self.env.user
        allowed = user._is_superuser() or bool(user.all_group_ids & self.group_ids)
        return leads.browse() if allowed else leads

    def _tell_role(self):
        roles = ", ".join(self.group_ids.mapped("full_name"))
        return self.env._("ask for the move: only %(roles)s may make it", roles=roles)

    def _check_setup_role(self):
        return "" if self.group_ids else self.env._("choose the roles that may move a deal here.")
