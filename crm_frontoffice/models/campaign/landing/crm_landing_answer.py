from odoo import api, fields, models
from odoo.tools import SQL, email_normalize

from ...customer.duplicate.crm_match_search import Subject
from ...customer.duplicate.match_keys import make_profile

IP_DAYS = 2  # after which nobody needs it: the proof of a consent has its own
ON_CONTACT = ("phone", "company_name", "function", "city")


class CrmLandingAnswer(models.Model):
    """What a visitor sent by a form, each time: who, from where, and what became of it."""

    _name = "crm.landing.answer"
    _description = "Answer to a Landing Form"
    _order = "date desc, id desc"
    _rec_name = "partner_id"
    _log_access = False

    form_id = fields.Many2one("crm.landing.form", required=True, readonly=True, index=True, ondelete="cascade")
    date = fields.Datetime(required=True, readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, index="btree_not_null", ondelete="cascade")
    is_known = fields.Boolean("Known Before", readonly=True)
    lead_id = fields.Many2one("crm.lead", readonly=True, index="btree_not_null", ondelete="set null")
    state = fields.Selection(
        [("waiting", "Waits for the confirmation"), ("done", "Done")], "Status", required=True, readonly=True
    )
    campaign_id = fields.Many2one("utm.campaign", readonly=True, index="btree_not_null", ondelete="set null")
    medium_id = fields.Many2one("utm.medium", readonly=True, ondelete="set null")
    source_id = fields.Many2one("utm.source", readonly=True, ondelete="set null")
    referrer = fields.Char("Came From", readonly=True)
    email = fields.Char(readonly=True)
    text = fields.Text("Answers", readonly=True)
    ip = fields.Char("IP Address", readonly=True, groups="base.group_system")

    _ip_idx = models.Index("(ip, date) WHERE ip IS NOT NULL")
    _email_idx = models.Index("(email, date)")
    _waiting_idx = models.Index("(partner_id) WHERE state = 'waiting'")

    @api.model
    def _receive(self, form, values, utm, *, referrer, ip, user_agent):
        """Take in what somebody sent, as the system.

        Anybody can type any address: a known customer's data is not changed by it, and what he is said to allow
        counts once he has confirmed it, where the purpose asks for that.

        :param values: as of `crm.landing.form._read_post`
        :param utm: ids of campaign, medium and source
        """
        partner = self._find_customer(form, values)
        is_known = bool(partner)
        partner = partner or self._create_customer(form, values)
        answer = self.create(
            {
                "form_id": form.id,
                "date": fields.Datetime.now(),
                "partner_id": partner.id,
                "is_known": is_known,
                "state": "done",
                "referrer": (referrer or "")[:300],
                "email": email_normalize(values["email"]),
                "text": self._describe(form, values),
                "ip": ip,
                **utm,
            }
        )
        answer.lead_id = answer._find_open_deal() or answer._create_deal()
        answer._log_event()
        if values["consent"] and answer._record_consent(ip, user_agent) == "pending":
            answer.state = "waiting"
        else:
            answer._enter_journey()
        return answer

    @api.model
    def _find_customer(self, form, values):
        """The customer with this address who is most like the visitor; others who are alike are queued for review."""
        field_values = {field.kind: values[field._get_input()] for field in form.field_ids}
        profile = make_profile(
            values["name"],
            values["email"],
            field_values.get("phone", ""),
            "",
            "",
            "",
            field_values.get("city", ""),
            None,
        )
        partners = self.env["res.partner"]
        [matches] = self.env["crm.match.search"]._find([Subject(profile)])
        address = email_normalize(values["email"])
        ids = [
            *[match.partner_id for match in matches],
            *partners._get_ids_by_address("email_normalized", {address}, archived=False).get(address, ()),
        ]
        fitting = partners.browse(dict.fromkeys(ids)).filtered(
            lambda partner: partner.email_normalized == address and partner.company_id.id in (False, form.company_id.id)
        )
        return fitting[:1]

    @api.model
    def _create_customer(self, form, values):
        given = {field.kind: values[field._get_input()] for field in form.field_ids if field.kind in ON_CONTACT}
        # No salesperson and no followers: the one who sent it is nobody yet.
        return self.env["res.partner"].create(
            {"name": values["name"], "email": values["email"], "lang": self.env.lang, **given}
        )

    @api.model
    def _describe(self, form, values):
        lines = [(field.name, values[field._get_input()]) for field in form.field_ids]
        return "\n".join(f"{label}: {text}" for label, text in [(self.env._("Name"), values["name"]), *lines] if text)

    def _find_open_deal(self):
        """Who sends a form twice wants one thing: the second answer goes to the deal of the first."""
        earlier = self.search(
            [
                ("form_id", "=", self.form_id.id),
                ("partner_id", "=", self.partner_id.id),
                ("id", "!=", self.id),
                ("lead_id.active", "=", True),
                ("lead_id.stage_id.is_won", "=", False),
            ],
            limit=1,
        )
        if earlier:
            earlier.lead_id.message_post(body=self.text, subtype_xmlid="mail.mt_note")
        return earlier.lead_id

    def _create_deal(self):
        form = self.form_id
        deal = self.env["crm.lead"].with_company(form.company_id)
        return deal.create(
            {
                "name": f"{form.name}: {self.partner_id.name}",
                "type": "lead" if form.team_id.use_leads else "opportunity",
                "partner_id": self.partner_id.id,
                "company_id": form.company_id.id,
                "team_id": form.team_id.id,
                "user_id": form.user_id.id,
                "description": self.env["ir.qweb"]._render("crm_frontoffice.landing_answer_text", {"text": self.text}),
                **{name: self[name].id for name in ("campaign_id", "medium_id", "source_id")},
            }
        )

    def _log_event(self):
        self.env["crm.event"]._append(
            [
                {
                    **self.partner_id._prepare_event_values(),
                    "code": "form_answered",
                    "res_model": "crm.lead",
                    "res_id": self.lead_id.id,
                    "campaign_id": self.campaign_id.id,
                    "medium_id": self.medium_id.id,
                    "source_id": self.source_id.id,
                    "dedupe_key": f"form_answered:crm.landing.answer:{self.id}",
                    "payload": {"subject": self.form_id.name},
                }
            ]
        )

    def _record_consent(self, ip, user_agent):
        """Keep what the visitor ticked, with the text that he read.

        :return: the state of his consent
        """
        purpose = self.form_id.purpose_id
        self.env["crm.consent"]._record(
            [
                {
                    "partner_id": self.partner_id.id,
                    "channel": "email",
                    "purpose_id": purpose,
                    "decision": "given",
                    "source": "form",
                    "wording": self.form_id._get_wording(),
                    "note": self.form_id.name,
                    "ip": ip,
                    "user_agent": user_agent,
                }
            ]
        )
        domain = [("partner_id", "=", self.partner_id.id), ("purpose_id", "=", purpose.id), ("channel", "=", "email")]
        return self.env["crm.consent"].search(domain).state

    def _enter_journey(self):
        for answer in self:
            journey = answer.form_id.journey_id
            if journey.state == "running":
                journey._enrol(SQL("SELECT %s AS partner_id, NULL::int AS event_id", answer.partner_id.id))

    @api.model
    def _on_confirmed(self, partner, purposes):
        """Somebody confirmed by mail that it was he: the journeys of what he sent begin."""
        waiting = self.search([("partner_id", "=", partner.id), ("state", "=", "waiting")])
        confirmed = waiting.filtered(lambda answer: answer.form_id.purpose_id in purposes)
        confirmed.state = "done"
        confirmed._enter_journey()

    @api.autovacuum
    def _gc_addresses(self):
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=IP_DAYS)
        self.env.cr.execute(SQL("UPDATE crm_landing_answer SET ip = NULL WHERE ip IS NOT NULL AND date < %s", limit))
        self.invalidate_model(["ip"])
