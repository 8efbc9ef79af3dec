import re

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.phone_validation.tools.phone_validation import phone_parse

SHORTEST = 5  # digits: an extension of the house is nobody's number
TAIL = 9  # digits that number plans of the world have in common, without country code and leading noughts
MOST = 20  # answers: more people than that share no phone


class CrmPhoneLookup(models.AbstractModel):
    """Who calls: customers and deals by a phone number, however it was written down."""

    _name = "crm.phone.lookup"
    _description = "Caller Lookup"

    @api.model
    @api.readonly
    def find_callers(self, number):
        """Whose number this is, the best match first.

        :param number: as the telephone shows it, such as "+49 30 123456", "030/123456" or "tel:+4930123456"
        :return: list of dicts with `model` ("res.partner" or "crm.lead"), `id`, `name`, `customer_id`, `customer`,
            `phone` and `salesperson`; only what the caller of this method may read, at most 20
        """
        if not self.env.user._is_internal():
            raise AccessError(self.env._("Callers are looked up by employees."))
        digits = self._get_digits(number)
        if len(digits) < SHORTEST:
            raise UserError(self.env._("A phone number has at least %(count)s digits.", count=SHORTEST))
        end = self._get_end(number, digits)
        partners = self._find("res.partner", digits, end)
        # A deal of a known customer is found with him.
        deals = self._find("crm.lead", digits, end).filtered(lambda deal: not deal.partner_id)
        return [self._format_partner(partner) for partner in partners] + [self._format_deal(deal) for deal in deals]

    @api.model
    def _get_digits(self, number):
        if not isinstance(number, str):
            raise UserError(self.env._("A phone number is a text."))
        return re.sub(r"\D", "", number)

    @api.model
    def _get_end(self, number, digits):
        """How the number ends in every spelling: without the code of the country and the nought before the area."""
        try:
            parsed = phone_parse(number, self.env.company.country_id.code)
        except UserError:
            parsed = None  # nobody's number as far as is known, such as one that was cut off
        national = str(parsed.national_number) if parsed else digits.lstrip("0")
        return national[-TAIL:] if len(national) >= SHORTEST else digits[-TAIL:]

    @api.model
    def _find(self, model, digits, end):
        """Records whose number ends like the caller's; those whose whole number is the same come first."""
        if not self.env[model].has_access("read"):
            return self.env[model]
        self.env[model].flush_model(["phone"])
        rows = self.env.execute_query(
            SQL(
                """SELECT id, regexp_replace(phone, '\\D', '', 'g') = %s AS is_whole FROM %s
                    WHERE phone IS NOT NULL AND active
                      AND reverse(regexp_replace(phone, '\\D', '', 'g')) LIKE %s
                    ORDER BY is_whole DESC, id DESC LIMIT %s""",
                digits,
                SQL.identifier(self.env[model]._table),
                f"{end[::-1]}%",
                MOST,
            )
        )
        return self.env[model].browse(row[0] for row in rows)._filtered_access("read")

    @api.model
    def _format_partner(self, partner):
        return {
            "model": "res.partner",
            "id": partner.id,
            "name": partner.name or "",
            "customer_id": partner.commercial_partner_id.id,
            "customer": partner.commercial_partner_id.name or "",
            "phone": partner.phone or "",
            "salesperson": partner.user_id.name or "",
        }

    @api.model
    def _format_deal(self, deal):
        return {
            "model": "crm.lead",
            "id": deal.id,
            "name": deal.contact_name or deal.name,
            "customer_id": False,
            "customer": deal.partner_name or "",
            "phone": deal.phone or "",
            "salesperson": deal.user_id.name or "",
        }

    @api.model
    def announce_call(self, number, login):
        """Show an employee on his screen who is calling him; for telephone systems.

        :param number: the caller's number
        :param login: login of the employee whose telephone rings
        :return: the same as `find_callers`
        """
        if not self.env.user.has_group("sales_team.group_sale_salesman"):
            raise AccessError(self.env._("Calls are announced by users with the right of a salesperson."))
        if not isinstance(login, str):
            raise UserError(self.env._("A login is a text."))
        # sudo: any telephone system's user may ring for any colleague; nothing of the colleague is shown
        employee = self.env["res.users"].sudo().search([("login", "=", login), ("share", "=", False)], limit=1)
        if not employee:
            raise UserError(self.env._("No employee has the login “%(login)s”.", login=login))
        # What the employee may see, not what the telephone system may see.
        callers = self.with_user(employee).find_callers(number)
        employee._bus_send("crm_frontoffice.incoming_call", {"number": number, "callers": callers})
        return self.find_callers(number)
