from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain

COMPARED = (
    "name", "is_company", "parent_id", "function", "email", "phone", "vat", "company_registry", "ref", "street",
    "street2", "zip", "city", "state_id", "country_id", "website", "lang", "industry_id", "user_id", "comment",
)  # fmt: skip


class CrmMatchReview(models.TransientModel):
    """Customers side by side: what differs, what stays, and the merge."""

    _name = "crm.match.review"
    _description = "Comparison of Customers"

    partner_ids = fields.Many2many("res.partner", string="Customers", context={"active_test": False})
    target_id = fields.Many2one("res.partner", "Keep", required=True, ondelete="cascade")
    comparison = fields.Json()
    is_merge_allowed = fields.Boolean(compute="_compute_is_merge_allowed")

    @api.depends_context("uid")
    def _compute_is_merge_allowed(self):
        self.is_merge_allowed = self._may_merge()

    @api.model
    def _may_merge(self):
        return self.env.user.has_group("sales_team.group_sale_manager") and self.env["res.partner"].has_access("write")

    @api.onchange("partner_ids", "target_id")
    def _onchange_partners(self):
        partners = self.partner_ids._origin
        if self.target_id not in partners:
            self.target_id = self._choose_target(partners)
        picked = {row["name"]: row["chosen"] for row in (self.comparison or {}).get("rows", []) if row.get("picked")}
        self.comparison = self._make_comparison(partners, self.target_id._origin, picked)

    # ---- opening

    @api.model
    def _open(self, partners):
        """The window with these customers; a single one is joined by what it may be a duplicate of."""
        if len(partners) == 1:
            pairs = self.env["crm.match.candidate"].search(
                Domain("state", "!=", "not_duplicate")
                & (Domain("partner_a_id", "=", partners.id) | Domain("partner_b_id", "=", partners.id))
            )
            found = [match.partner_id for match in partners._find_own_duplicates()[partners.id]]
            partners |= pairs.partner_a_id | pairs.partner_b_id | partners.browse(found)
        if len(partners) < 2:
            raise UserError(self.env._("No duplicates of %(name)s are known.", name=partners.display_name))
        target = self._choose_target(partners)
        review = self.create(
            {
                "partner_ids": [Command.set(partners.ids)],
                "target_id": target.id,
                "comparison": self._make_comparison(partners, target),
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Compare and Merge"),
            "res_model": self._name,
            "res_id": review.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    @api.model
    def _choose_target(self, partners):
        """Who has a login stays, then who bought most often, then who has been there longest."""
        with_user = partners.filtered(lambda partner: partner.user_ids)
        return max(with_user or partners, key=lambda partner: (partner.customer_rank, -partner.id), default=partners)

    @api.model
    def _make_comparison(self, partners, target, picked=None):
        """What the widget shows: columns of customers, the oldest first, rows of fields, and whose value is chosen.

        :param picked: dict of field names to the customers whose values the reviewer has picked by hand
        """
        partners, picked = partners.sorted("id"), picked or {}
        counts = self._count_documents(partners)
        columns = [
            {"id": partner.id, "name": partner.display_name, "documents": counts.get(partner.id, {})}
            for partner in partners
        ]
        rows = []
        for name in COMPARED:
            field = partners._fields[name]
            if not partners._has_field_access(field, "read"):
                continue
            texts = {partner.id: self._format(partner, field) for partner in partners}
            if any(texts.values()):
                chosen = picked.get(name)
                if not texts.get(chosen):
                    chosen = target.id if texts.get(target.id) else next(key for key, text in texts.items() if text)
                values = [{"id": partner_id, "text": text} for partner_id, text in texts.items()]
                label = field.get_description(self.env, ["string"])["string"]
                differs = len(set(filter(None, texts.values()))) > 1
                row = {"name": name, "label": label, "values": values, "chosen": chosen, "differs": differs}
                rows.append({**row, "picked": chosen == picked.get(name)})
        return {"columns": columns, "rows": rows, "target": target.id}

    @api.model
    def _format(self, partner, field):
        value = partner[field.name]
        if field.relational:
            return value.display_name or ""
        if field.type == "boolean":
            return self.env._("Company") if value else self.env._("Person")
        if field.type == "html":
            return str(value.striptags()) if value else ""
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "")
        return str(value or "")

    @api.model
    def _count_documents(self, partners):
        """How many documents the user may see hang on each customer: dict of id to dict of label to number."""
        counts = {}
        labels = {
            "crm.lead": self.env._("Deals"),
            "sale.order": self.env._("Orders"),
            "account.move": self.env._("Invoices"),
        }
        for name, label in labels.items():
            if self.env[name].has_access("read"):
                domain = [("partner_id", "in", partners.ids)]
                for partner, count in self.env[name]._read_group(domain, ["partner_id"], ["__count"]):
                    counts.setdefault(partner.id, {})[label] = count
        return counts

    # ---- deciding

    def action_merge(self):
        """Merge all customers into the one that is kept, with the values that were chosen."""
        self.ensure_one()
        if not self._may_merge():
            raise AccessError(self.env._("Only a sales administrator may merge customers."))
        partners, target = self.partner_ids, self.target_id
        if len(partners) < 2 or target not in partners:
            raise UserError(self.env._("Choose at least two customers, and which of them is kept."))
        partners.check_access("write")
        self._check_colleagues(partners)
        values = self._read_choices(partners)
        # sudo: the log of merges is the system's; the right to merge was checked above
        self.env["crm.match.merge"].sudo()._merge(partners, target, values)
        action = {"type": "ir.actions.act_window", "res_model": "res.partner", "res_id": target.id}
        return {**action, "views": [(False, "form")], "target": "current"}

    def _check_colleagues(self, partners):
        """A login follows its contact: into one with another e-mail address, it would be that address's to take over.

        :raise AccessError: for contacts of colleagues, unless the user may change logins
        """
        # sudo: who has a login is asked, nothing of the login is shown
        users = partners.sudo().with_context(active_test=False).user_ids
        colleagues = users.filtered(lambda user: user._is_internal() and user != self.env.user).sudo(False)
        if colleagues and not colleagues.has_access("write"):
            raise AccessError(
                self.env._(
                    "These are contacts of colleagues with a login, whom only an administrator may merge: %(names)s.",
                    names=", ".join(colleagues.partner_id.mapped("name")),
                )
            )

    def _read_choices(self, partners):
        """The values chosen field by field; what the client sent is not trusted."""
        rows = (self.comparison or {}).get("rows") or []
        values = {}
        for row in rows:
            chosen = partners.filtered(lambda partner, row=row: partner.id == row.get("chosen"))
            if chosen and row.get("name") in COMPARED:
                field = partners._fields[row["name"]]
                values[field.name] = field.convert_to_write(chosen[field.name], chosen)
        if values.get("parent_id") in partners.ids:
            del values["parent_id"]
        return values

    def action_not_duplicates(self):
        """All of these are different customers."""
        self.ensure_one()
        self.partner_ids.check_access("read")
        # sudo: `_decide` checks who may decide; the pairs that nobody searched yet are made by the system
        candidates = self.env["crm.match.candidate"].sudo()._ensure(self.partner_ids)
        candidates.sudo(False).action_not_duplicate()
        return {"type": "ir.actions.act_window_close"}

    def action_propose(self):
        """Leave the merge to somebody who may."""
        self.ensure_one()
        self.partner_ids.check_access("read")
        # sudo: as above
        candidates = self.env["crm.match.candidate"].sudo()._ensure(self.partner_ids)
        candidates.sudo(False).action_propose()
        return {"type": "ir.actions.act_window_close"}
