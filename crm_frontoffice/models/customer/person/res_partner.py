import operator as operators

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

from ....contexts import INSIDE
from . import birthday

GROUP = "crm_frontoffice.group_personal_data"
MONTHS = [
    ("01", "January"),
    ("02", "February"),
    ("03", "March"),
    ("04", "April"),
    ("05", "May"),
    ("06", "June"),
    ("07", "July"),
    ("08", "August"),
    ("09", "September"),
    ("10", "October"),
    ("11", "November"),
    ("12", "December"),
]
COMPARISONS = {"<": operators.lt, "<=": operators.le, ">": operators.gt, ">=": operators.ge}


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner"]

    birth_day = fields.Integer("Day of Birth", groups=GROUP)
    birth_month = fields.Selection(MONTHS, "Month of Birth", groups=GROUP)
    birth_year = fields.Integer("Year of Birth", groups=GROUP, help="Leave empty when only the birthday is known.")
    birthday_key = fields.Integer(
        compute="_compute_birthday_key",
        store=True,
        groups=GROUP,
        help="Month and day as one number, such as 307 for March 7: birthdays are found by it whatever the year.",
    )
    days_to_birthday = fields.Integer(
        "Days to Birthday", compute="_compute_days_to_birthday", search="_search_days_to_birthday", groups=GROUP
    )
    age = fields.Integer(compute="_compute_days_to_birthday", groups=GROUP)
    family_status = fields.Selection(
        [
            ("single", "Single"),
            ("partnership", "Living together"),
            ("married", "Married"),
            ("divorced", "Divorced"),
            ("widowed", "Widowed"),
        ],
        groups=GROUP,
    )
    income_band_id = fields.Many2one(
        "crm.income.band", "Income", groups=GROUP, index="btree_not_null", ondelete="restrict"
    )
    property_tag_ids = fields.Many2many(
        "crm.person.tag",
        "crm_person_property_rel",
        string="Property",
        groups=GROUP,
        domain=[("kind", "=", "property")],
    )
    purchase_purpose_ids = fields.Many2many(
        "crm.person.tag",
        "crm_person_purpose_rel",
        string="Buys For",
        groups=GROUP,
        domain=[("kind", "=", "purpose")],
    )
    interest_category_ids = fields.Many2many(
        "product.category", "crm_person_interest_rel", string="Interested In", groups=GROUP
    )
    payment_habit = fields.Char("Usually Pays By", compute="_compute_payment_habit", groups=GROUP)

    _birthday_idx = models.Index("(birthday_key) WHERE birthday_key > 0")

    @api.depends("birth_day", "birth_month")
    def _compute_birthday_key(self):
        for partner in self:
            partner.birthday_key = birthday.get_key(int(partner.birth_month or 0), partner.birth_day)

    @api.depends("birthday_key", "birth_year")
    def _compute_days_to_birthday(self):
        today = fields.Date.context_today(self)
        for partner in self:
            partner.days_to_birthday = birthday.count_days_until(today, partner.birthday_key) or 0
            partner.age = birthday.get_age(today, partner.birth_year, partner.birthday_key)

    @api.model
    def _search_days_to_birthday(self, operator, value):
        if operator == "in":
            wanted = [days for days in value if isinstance(days, int)]
        elif operator in COMPARISONS:
            wanted = [days for days in range(366) if COMPARISONS[operator](days, value)]
        else:
            return NotImplemented
        today = fields.Date.context_today(self)
        return Domain("birthday_key", "in", [key for n in wanted for key in birthday.get_keys_within(today, n, n)])

    def _compute_payment_habit(self):
        # sudo: the group of personal facts need not see payments; it learns the way, not the sums
        habits = self.env["crm.payment.habit"].sudo().search([("partner_id", "in", self.ids)])
        by_partner = {habit.partner_id: habit for habit in habits}
        for partner in self:
            habit = by_partner.get(partner._origin)
            partner.payment_habit = habit and self.env._(
                "%(method)s, %(count)s of %(total)s",
                method=habit.method_line_id.display_name,
                count=habit.method_count,
                total=habit.payment_count,
            )

    @api.constrains("birth_day", "birth_month", "birth_year")
    def _check_birth(self):
        this_year = fields.Date.context_today(self).year
        wrong = self.filtered(
            lambda partner: (
                (partner.birth_day or partner.birth_month)
                and not partner.birthday_key
                or partner.birth_year
                and not 1880 <= partner.birth_year <= this_year
            )
        )
        if wrong:
            raise ValidationError(
                self.env._(
                    "There is no such day of birth: %(names)s. Give day and month; the year may stay empty.",
                    names=", ".join(wrong.mapped("display_name")),
                )
            )

    # ---- addresses of people who had their data erased

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        partners._refuse_for_erased_addresses()
        return partners

    def write(self, vals):
        result = super().write(vals)
        if {"email", "phone"} & vals.keys():
            self._refuse_for_erased_addresses()
        return result

    def _refuse_for_erased_addresses(self):
        """Whoever comes in with an address that was erased gets no advertising there, until he agrees anew."""
        if self.env.context.get("crm_consent_syncing") is INSIDE:
            return
        # sudo: stops advertising, whoever brought the address in
        partners = self.sudo()
        addresses = {*partners.mapped("email_normalized"), *partners.mapped("phone_sanitized")} - {False}
        erased = self.env["crm.erased.address"]._find(addresses)
        vals_list = [
            {
                "partner_id": partner.id,
                "channel": channel,
                "purpose_id": purpose,
                "decision": "withdrawn",
                "source": "erasure",
            }
            for partner in partners
            for channel, name in (
                ("email", "email_normalized"),
                ("sms", "phone_sanitized"),
                ("phone", "phone_sanitized"),
            )
            if partner[name] in erased
            for purpose in self.env["crm.consent.purpose"]._get_advertising(channel)
        ]
        self.env["crm.consent"].sudo()._record(vals_list, only_changes=True)  # sudo: the same

    # ---- show, export, erase

    def action_open_personal_data(self):
        """All that is known about a person, to be shown, exported or erased."""
        self.ensure_one()
        self._check_personal_data_access()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_frontoffice.crm_privacy_request_action")
        return {**action, "context": {"default_partner_id": self.id}}

    def _check_personal_data_access(self):
        """
        :raise AccessError: for whoever may not see personal facts, or not change this contact
        """
        if not self.env.user.has_group(GROUP):
            raise AccessError(self.env._("Personal data is for those who have the right “Personal facts”."))
        self.check_access("write")
