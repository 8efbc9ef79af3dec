from odoo import api, fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    _inherit = "res.partner"

    role_ids = fields.One2many("crm.partner.role", "partner_id", "Roles", groups="base.group_user")
    role_summary = fields.Char("Current Roles", compute="_compute_role_summary", groups="base.group_user")
    relation_ids = fields.One2many(
        "crm.partner.relation.side", "partner_id", "Relations", readonly=True, groups="base.group_user"
    )
    relation_search = fields.Char(
        "Relation", compute="_compute_relation_search", search="_search_relation", groups="base.group_user"
    )

    @api.depends("role_ids", "commercial_partner_id.role_ids")
    @api.depends_context("lang")
    def _compute_role_summary(self):
        """A contact shows what his company is, and what he is himself."""
        partners = self | self.commercial_partner_id
        roles = (
            self.env["crm.partner.role"]
            .search_fetch(
                [("partner_id", "in", partners.ids), ("is_current", "=", True)], ["partner_id", "display_name"]
            )
            .grouped("partner_id")
        )
        none = self.env["crm.partner.role"]
        for partner in self:
            own = roles.get(partner.commercial_partner_id, none) | roles.get(partner, none)
            partner.role_summary = " · ".join(dict.fromkeys(own.mapped("display_name")))

    def _compute_relation_search(self):
        self.relation_search = False

    def _search_relation(self, operator, value):
        """Find by what is said of a partner: “referred by Nordwind”, “subsidiary”, or only “Nordwind”."""
        if operator not in ("ilike", "=ilike", "like", "=like", "=") or not isinstance(value, str):
            return NotImplemented
        domains = [Domain("relation_ids", "any", Domain("other_partner_id", "ilike", value))]
        text = value.strip().casefold()
        for relation_type in self.env["crm.relation.type"].search([("relation_ids", "!=", False)]):
            for side in ("first", "second"):
                label = relation_type._get_label(side).casefold()
                said = Domain("type_id", "=", relation_type.id) & Domain("side", "=", side)
                if text and text in label:
                    domains.append(Domain("relation_ids", "any", said))
                elif text.startswith(f"{label} "):
                    other = Domain("other_partner_id", "ilike", text.removeprefix(label).strip())
                    domains.append(Domain("relation_ids", "any", said & other))
        return Domain.OR(domains)

    def action_add_relation(self):
        """Say what this partner is to another one."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New relation"),
            "res_model": "crm.partner.relation",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_first_partner_id": self.id},
        }
