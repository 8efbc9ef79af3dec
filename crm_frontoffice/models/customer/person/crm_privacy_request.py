from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

MOST_AT_ONCE = 2000  # records that are erased while the user waits


class CrmPrivacyRequest(models.TransientModel):
    """A person asks what is known about him, or wants it erased."""

    _name = "crm.privacy.request"
    _description = "Personal Data of a Person"

    partner_id = fields.Many2one("res.partner", "Person", required=True, readonly=True)
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    open_documents = fields.Text(compute="_compute_preview")
    is_confirmed = fields.Boolean("Erase although these are open")

    @api.depends("partner_id")
    def _compute_preview(self):
        for request in self:
            request.partner_id._check_personal_data_access()
            data = self.env["crm.personal.data"]
            counts = data._count(data._get_subject(request.partner_id))
            request.preview = self.env["ir.qweb"]._render("crm_frontoffice.personal_data_preview", {"counts": counts})
            request.open_documents = ", ".join(request._get_open_documents().values()) or False

    def _get_open_documents(self):
        """What is not settled with this person, as dict of (model, id) to name."""
        # sudo: whether something is open is asked, no amounts are shown
        system = self.sudo().env
        of_person = Domain("partner_id", "child_of", self.partner_id.id)
        invoices = Domain("move_type", "in", ("out_invoice", "out_refund", "in_invoice", "in_refund"))
        unpaid = invoices & Domain("state", "=", "posted") & Domain("payment_state", "in", ("not_paid", "partial"))
        running = (
            of_person
            & Domain("state", "=", "sale")
            & (
                Domain("invoice_status", "=", "to invoice")
                | Domain("delivery_status", "in", ("pending", "partial", "started"))
            )
        )
        found = {"account.move": of_person & unpaid, "sale.order": running}
        others = self._get_family().filtered(lambda other: other.type == "contact") - self.partner_id
        return {
            ("res.partner", other.id): self.env._("%(name)s, who is erased with him", name=other.name)
            for other in others
        } | {
            (model, record.id): record.display_name
            for model, domain in found.items()
            for record in system[model].search(domain, limit=20)
        }

    def _get_family(self):
        """The person with his addresses and whoever else hangs on him: all of them are erased."""
        # sudo: who is erased does not depend on what the user sees
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        return partners.search([("id", "child_of", self.partner_id.ids)])

    def action_show(self):
        """A page with everything; looking is logged."""
        self.ensure_one()
        self.partner_id._check_personal_data_access()
        return {"type": "ir.actions.act_url", "url": f"/crm/personal-data/{self.partner_id.id}", "target": "new"}

    def action_export(self):
        """A file with everything, for the person; exporting is logged."""
        self.ensure_one()
        self.partner_id._check_personal_data_access()
        return {
            "type": "ir.actions.act_url",
            "url": f"/crm/personal-data/{self.partner_id.id}/export",
            "target": "download",
        }

    def action_erase(self):
        """Erase it; of much data in the background."""
        self.ensure_one()
        self._check_erasable()
        erasure, data = self.env["crm.personal.data.erasure"], self.env["crm.personal.data"]
        if sum(count for _place, count in data._count(data._get_subject(self.partner_id))) > MOST_AT_ONCE:
            # sudo: jobs are the system's; the right to erase was checked
            erasure.sudo().with_delay(
                identity_key=f"crm_personal_data_erase:{self.partner_id.id}", description="Erase personal data"
            )._erase(self.partner_id.id, self.env.uid)
            message = self.env._("The data is being erased in the background; the log tells when it is done.")
        else:
            erasure._erase(self.partner_id.id, self.env.uid)
            message = self.env._("The data is erased.")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"message": message, "type": "success", "next": {"type": "ir.actions.act_window_close"}},
        }

    def _check_erasable(self):
        """
        :raise UserError: for companies, colleagues and unsettled business
        """
        partner = self.partner_id
        partner._check_personal_data_access()
        family = self._get_family()
        if family.filtered("is_company"):
            raise UserError(self.env._("A company is no person: erase its contacts one by one."))
        colleagues = family.user_ids.filtered(lambda user: user._is_internal()).partner_id
        if colleagues:
            names = ", ".join(colleagues.mapped("name"))
            raise UserError(self.env._("%(name)s is a colleague with a login here.", name=names))
        documents = self._get_open_documents()
        if documents and not self.is_confirmed:
            raise UserError(
                self.env._(
                    "These are not settled yet: %(names)s. Settle them, or confirm that you want to erase anyway.",
                    names=", ".join(documents.values()),
                )
            )
