from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .traffic_light import rate_credit


class ResPartner(models.Model):
    _inherit = "res.partner"

    credit_state = fields.Selection(
        [("ok", "OK"), ("watch", "Watch"), ("stop", "Stop")],
        "Payment Light",
        compute="_compute_credit_state",
        compute_sudo=True,
        groups="base.group_user",
        help="How the customer pays, without amounts: for everybody who talks to him.",
    )

    @api.depends_context("allowed_company_ids")
    def _compute_credit_state(self):
        credit = self.commercial_partner_id._get_credit()
        for partner in self:
            known = credit.get(partner.commercial_partner_id.id)
            partner.credit_state = known["state"] if known else "ok"

    def _get_credit(self):
        """What commercial partners owe and what that means, all in one query.

        :return: dict by partner id of dicts with `state` and `reason` (see `traffic_light`), `owed` and `overdue` in
            the company's currency, `overdue_days` of the oldest overdue amount or None
        """
        company, owed = self.env.company, self._select_owed()
        credit = {}
        for partner in self:
            total, overdue, days = owed.get(partner._origin.id, (0.0, 0.0, None))
            limit = partner.credit_limit if company.account_use_credit_limit else 0.0
            state, reason = rate_credit(
                days, total, limit, watch_days=company.credit_watch_days, stop_days=company.credit_stop_days
            )
            credit[partner.id] = {
                "state": state,
                "reason": reason,
                "owed": float(total or 0.0),
                "overdue": float(overdue or 0.0),
                "overdue_days": days,
            }
        return credit

    def _select_owed(self):
        """The sums of open customer invoices, in the reader's companies.

        :return: dict by partner id of (owed, overdue, days of the oldest overdue invoice or None)
        """
        self.env["account.move"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT commercial_partner_id, SUM(amount_residual_signed * rate),
                          SUM(amount_residual_signed * rate) FILTER (WHERE invoice_date_due < %(today)s),
                          %(today)s - MIN(invoice_date_due)
                              FILTER (WHERE invoice_date_due < %(today)s AND move_type = 'out_invoice')
                     FROM account_move
                     JOIN UNNEST(%(companies)s, %(rates)s::float8[]) AS given(company, rate) ON company = company_id
                    WHERE commercial_partner_id = ANY(%(ids)s)
                      AND state = 'posted' AND payment_state IN ('not_paid', 'partial')
                      AND move_type IN ('out_invoice', 'out_refund')
                    GROUP BY commercial_partner_id""",
                today=fields.Date.context_today(self),
                ids=self.ids,
                companies=self.env.companies.ids,
                rates=self._get_company_rates(),
            )
        )
        return {partner_id: sums for partner_id, *sums in rows}

    @api.model
    def _get_company_rates(self):
        """What one unit of each company's money is worth in that of the reader's company, today."""
        # sudo: rates are no secret
        to, today = self.env.company.sudo().currency_id, fields.Date.context_today(self)
        currencies = self.env.companies.sudo().mapped("currency_id")  # sudo: the same
        rates = {
            currency: currency._get_conversion_rate(currency, to, self.env.company, today) for currency in currencies
        }
        return [rates[company.currency_id] for company in self.env.companies.sudo()]  # sudo: the same

    @api.readonly
    def get_customer_overview(self):
        """All about a customer on one screen, as far as the reader may see it.

        A company shows what is open with all its contacts; a contact shows his own.

        :return: dict with `customer`, `lights` (payment, delivery, contact: "ok", "watch" or "stop" with a reason),
            `people`, `relations`, `sections` (see `crm.customer.section`), `campaigns`, `documents`, `activities`
        """
        self._check_customer_readable()
        # What is read is named where it is read: users, deals and partners have more than a hundred columns.
        partner = self.with_context(prefetch_fields=False)
        return partner.env["crm.customer.overview"]._read(partner)

    def action_open_overview(self):
        """The customer's screen."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("crm_frontoffice.customer_overview_action")
        return {**action, "name": self.display_name, "context": {"active_id": self.id}}

    @api.readonly
    def action_open_section(self, key):
        """The whole list behind a section of the overview.

        :param key: key of the section, such as "deals"
        """
        self.ensure_one()
        self.check_access("read")
        sections = self.env["crm.customer.section"]
        section = sections._get_readable_sections().get(key) if isinstance(key, str) else None
        if not section:
            raise UserError(self.env._("There is no such part of the overview, or it is not for you."))
        action = self.env["ir.actions.actions"]._for_xml_id(section["action"])
        domain = sections._get_domain(section, self)
        return {**action, "domain": list(domain), "context": {"default_partner_id": self.id, "create": False}}
