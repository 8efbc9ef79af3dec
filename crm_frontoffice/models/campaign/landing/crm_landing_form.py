import secrets

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import email_normalize

NAME_LIMIT, TEXT_LIMIT = 120, 3000
# The same person is not asked to wait, a program that tries addresses is.
MOST_OF_IP, MOST_OF_ADDRESS = 20, 3  # answers in an hour
UTM_LIMIT = 80


class CrmLandingForm(models.Model):
    """A page of the web by which somebody makes himself known: a lead, his consent and where he came from."""

    _name = "crm.landing.form"
    _inherit = ["mail.thread"]
    _description = "Landing Form"
    _order = "name, id"

    name = fields.Char("Title", required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    code = fields.Char(
        "Address", required=True, copy=False, default=lambda self: secrets.token_hex(4), help="The end of its address."
    )
    url = fields.Char("Link", compute="_compute_url")
    intro = fields.Html("Text Above", translate=True)
    button = fields.Char(translate=True, help="Empty: Send.")
    thanks = fields.Html("Text of Thanks", translate=True)
    field_ids = fields.One2many("crm.landing.field", "form_id", "Also Asks For", copy=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    purpose_id = fields.Many2one(
        "crm.consent.purpose",
        "Asks to Agree To",
        ondelete="restrict",
        domain="[('legal_basis', '=', 'consent')]",
        help="A box that the visitor may tick. With double opt-in he gets a mail, and his button in it counts.",
    )
    wording = fields.Text(
        "Text of the Box", translate=True, help="Empty: the text of the purpose. The text shown is kept as proof."
    )
    is_consent_required = fields.Boolean("Must Agree", help="Without the tick the form is not sent.")
    journey_id = fields.Many2one(
        "crm.journey",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="Entered at once; after the confirmation, when the visitor agreed and has to confirm it.",
    )
    team_id = fields.Many2one("crm.team", "Sales Team", index="btree_not_null", ondelete="set null", check_company=True)
    user_id = fields.Many2one("res.users", "Salesperson", check_company=True)
    campaign_id = fields.Many2one("utm.campaign", index="btree_not_null", ondelete="set null")
    medium_id = fields.Many2one("utm.medium", ondelete="set null")
    source_id = fields.Many2one("utm.source", ondelete="set null")
    answer_ids = fields.One2many("crm.landing.answer", "form_id", "Answers")
    answer_count = fields.Integer("Number of Answers", compute="_compute_answer_count")

    _check_company_auto = True
    _code_unique = models.Constraint("UNIQUE(code)", "Another form has this address.")

    @api.depends("code")
    def _compute_url(self):
        for form in self:
            form.url = f"{form.get_base_url()}/form/{form.code}" if form.code else False

    def _compute_answer_count(self):
        groups = self.env["crm.landing.answer"]._read_group([("form_id", "in", self.ids)], ["form_id"], ["__count"])
        counts = {form.id: count for form, count in groups}
        for form in self:
            form.answer_count = counts.get(form.id, 0)

    @api.constrains("code")
    def _check_code(self):
        wrong = self.filtered(lambda form: not form.code.replace("-", "").isalnum() or not form.code.isascii())
        if wrong:
            codes = ", ".join(wrong.mapped("code"))
            raise ValidationError(
                self.env._("The address of a form consists of letters, digits and hyphens: %(codes)s", codes=codes)
            )

    def action_open_answers(self):
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_frontoffice.crm_landing_answer_action")
        return {**action, "domain": [("form_id", "=", self.id)]}

    def action_open_page(self):
        self.ensure_one()
        self.check_access("read")
        return {"type": "ir.actions.act_url", "url": f"/form/{self.code}", "target": "new"}

    # ---- the page

    @api.model
    def _find_by_code(self, code):
        """The form of an address, as the system; empty when there is none."""
        # sudo: the page is for everybody who has its address, the model for nobody outside
        return self.sudo().search([("code", "=", code)], limit=1)

    def _get_wording(self):
        return self.wording or self.purpose_id.wording or ""

    def _read_post(self, post):
        """What a visitor sent, and what is wrong with it.

        :return: dict of text by `name`, `email` and the inputs of the fields; dict of message by the same
        """
        values = {name: str(post.get(name) or "").strip()[:NAME_LIMIT] for name in ("name", "email")}
        problems = {}
        if not values["name"]:
            problems["name"] = self.env._("Please tell us your name.")
        if not email_normalize(values["email"]):
            problems["email"] = self.env._("Please enter an e-mail address such as anna@example.com.")
        for field in self.field_ids:
            limit = TEXT_LIMIT if field.kind in ("message", "question") else NAME_LIMIT
            values[field._get_input()] = str(post.get(field._get_input()) or "").strip()[:limit]
            if field.is_required and not values[field._get_input()]:
                problems[field._get_input()] = self.env._("Please fill in “%(field)s”.", field=field.name)
        values["consent"] = bool(self.purpose_id and post.get("consent"))
        if self.is_consent_required and self.purpose_id and not values["consent"]:
            problems["consent"] = self.env._("Please tick the box: we may not answer without it.")
        return values, problems

    def _is_too_much(self, ip, email):
        """Whether so many answers came from a computer or for a mailbox that no person is behind them."""
        recent = [("date", ">", fields.Datetime.subtract(fields.Datetime.now(), hours=1))]
        answers = self.env["crm.landing.answer"]
        return (
            answers.search_count([("ip", "=", ip), *recent], limit=MOST_OF_IP) >= MOST_OF_IP
            or answers.search_count([("email", "=", email_normalize(email)), *recent], limit=MOST_OF_ADDRESS)
            >= MOST_OF_ADDRESS
        )

    def _find_utm(self, post):
        """Where the visitor came from: what the address says, else what the form says."""
        found = {}
        for column, parameter in (
            ("campaign_id", "utm_campaign"),
            ("medium_id", "utm_medium"),
            ("source_id", "utm_source"),
        ):
            name = str(post.get(parameter) or "").strip()[:UTM_LIMIT]
            record = self[column]
            if name:
                record = self.env["utm.mixin"]._find_or_create_record(record._name, name)
            found[column] = record.id
        return found
