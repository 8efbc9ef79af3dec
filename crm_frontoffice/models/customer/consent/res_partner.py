import hashlib

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, hash_sign, verify_hash_signed

from .choices import ADDRESS_COLUMNS, CONFIRMATION_HOURS

PREFERENCES_SCOPE = "crm_frontoffice.preferences"
PREFERENCES_HOURS = 24 * 400  # the footer of a mail is read long after the mail
CONFIRMATION_SCOPE = "crm_frontoffice.consent_confirmation"
CONSENT_GROUPS = "sales_team.group_sale_salesman,mass_mailing.group_mass_mailing_user"


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner"]

    consent_ids = fields.One2many("crm.consent", "partner_id", groups=CONSENT_GROUPS)
    consent_event_ids = fields.One2many("crm.consent.event", "partner_id", "Consent Log", groups=CONSENT_GROUPS)
    consent_matrix = fields.Html(
        "Consent Today", compute="_compute_consent_matrix", sanitize=False, groups=CONSENT_GROUPS
    )
    preferences_url = fields.Char(
        "Preference Page",
        compute="_compute_preferences_url",
        groups="mass_mailing.group_mass_mailing_user",
        help="The customer's own page, which needs no login: for the footers of mails.",
    )

    # Blacklists, subscriptions and imports find partners by their address.
    _email_normalized_idx = models.Index("(email_normalized) WHERE email_normalized IS NOT NULL")
    _phone_sanitized_idx = models.Index("(phone_sanitized) WHERE phone_sanitized IS NOT NULL")

    @api.depends("consent_ids.state")
    @api.depends_context("lang")
    def _compute_consent_matrix(self):
        purposes = self.env["crm.consent.purpose"].search([("active", "=", True)])
        for partner in self:
            values = {
                "channels": self.env["crm.consent"]._fields["channel"]._description_selection(self.env),
                "purposes": purposes,
                "consents": {(row.purpose_id.id, row.channel): row for row in partner.consent_ids},
            }
            partner.consent_matrix = self.env["ir.qweb"]._render("crm_frontoffice.consent_matrix", values)

    def _compute_preferences_url(self):
        for partner in self:
            partner.preferences_url = partner._get_preferences_url()

    # ---- for whoever wants to contact customers

    @api.model
    def _get_consent_condition(self, alias, channel, purpose):
        """SQL that holds for partners who may be contacted: for bulk selects over any number of partners.

        :param alias: SQL alias of `res_partner` in the query
        :param channel: such as "email"
        :param purpose: a `crm.consent.purpose` or its code
        """
        # sudo: what a purpose allows by default is no secret
        purpose = self.env["crm.consent.purpose"]._resolve(purpose).sudo()
        decided = SQL(
            """EXISTS (SELECT FROM crm_consent consent
                        WHERE consent.partner_id = %s AND consent.channel = %s AND consent.purpose_id = %s
                          AND (consent.state = 'granted') = %s)""",
            SQL.identifier(alias, "id"),
            channel,
            purpose.id,
            not purpose.is_granted_by_default,
        )
        condition = SQL("NOT %s", decided) if purpose.is_granted_by_default else decided
        if not purpose.is_advertising or channel not in ADDRESS_COLUMNS:
            return condition
        table, column = ("mail_blacklist", "email") if channel == "email" else ("phone_blacklist", "number")
        return SQL(
            "(%s AND NOT EXISTS (SELECT FROM %s blocked WHERE blocked.active AND blocked.%s = %s))",
            condition,
            SQL.identifier(table),
            SQL.identifier(column),
            SQL.identifier(alias, ADDRESS_COLUMNS[channel]),
        )

    @api.model
    def _get_consent_domain(self, channel, purpose):
        """The same as a domain over partners."""
        self.env["crm.consent"].flush_model()
        self.env["mail.blacklist"].flush_model()
        self.env["phone.blacklist"].flush_model()
        self.flush_model(set(ADDRESS_COLUMNS.values()))
        return Domain.custom(
            to_sql=lambda model, alias, _query: model._get_consent_condition(alias, channel, purpose),
            predicate=lambda partner: bool(partner._filter_consented(channel, purpose)),
        )

    def _filter_consented(self, channel, purpose):
        """Those of the partners who may be contacted for a purpose over a channel."""
        if not self:
            return self
        consented = self.with_context(active_test=False)._search(
            Domain("id", "in", self.ids) & self._get_consent_domain(channel, purpose), bypass_access=True
        )
        allowed = set(consented)
        return self.filtered(lambda partner: partner.id in allowed)

    @api.model
    def _get_ids_by_address(self, column, addresses, archived=True):
        """Ids of partners, archived ones too unless told otherwise, by their address in one of `ADDRESS_COLUMNS`."""
        if not addresses:
            return {}
        # sudo: a decision or an answer is of the address, whoever may see its partners
        partners = self.sudo().with_context(active_test=not archived)
        partners = partners.search_fetch([(column, "in", list(addresses))], [column])
        return {address: found.ids for address, found in partners.grouped(column).items()}

    # ---- links without login

    def _get_preferences_url(self):
        self.ensure_one()
        token = self._sign(PREFERENCES_SCOPE, [self.id, self._get_address_mark()], PREFERENCES_HOURS)
        return f"{self.get_base_url()}/preferences/{token}"

    def _get_consent_confirmation_url(self):
        """The link of the confirmation mail; it names the requests that wait now."""
        self.ensure_one()
        # sudo: the mail is the system's
        waiting = self.sudo().consent_ids.filtered(lambda row: row.channel == "email" and row.state == "pending")
        values = [self.id, self._get_address_mark(), sorted(waiting.event_id.ids)]
        return f"{self.get_base_url()}/consent/confirm/{self._sign(CONFIRMATION_SCOPE, values, CONFIRMATION_HOURS)}"

    @api.model
    def mail_allowed_qweb_expressions(self):
        """The link may stand in mails of those who may not edit templates."""
        return (*super().mail_allowed_qweb_expressions(), "object.preferences_url")

    def _get_address_mark(self):
        """A link sent to an address ends when the customer gets another address."""
        return hashlib.sha256((self.email_normalized or "").encode()).hexdigest()[:16]

    def _sign(self, scope, values, hours):
        # sudo: the secret of the database signs, nothing is shown of it
        return hash_sign(self.sudo().env, scope, values, expiration_hours=hours)

    @api.model
    def _read_token(self, scope, token):
        """The partner of a link and what else it names; an empty partner when it is wrong, too old or overtaken."""
        nobody = self.browse(), []
        try:
            # sudo: the secret of the database signs, nothing is shown of it
            values = verify_hash_signed(self.sudo().env, scope, token)
        except ValueError:
            return nobody
        if not values:
            return nobody
        partner_id, mark, *rest = values
        # sudo: the signature shows that the link was made for this partner
        partner = self.sudo().browse(partner_id).exists()
        return (partner, rest) if partner and partner._get_address_mark() == mark else nobody

    # ---- buttons

    def action_record_consent(self):
        """Open the window where an employee notes what these customers decided."""
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_frontoffice.crm_consent_recording_action")
        return {**action, "context": {"default_partner_ids": self.ids}}
