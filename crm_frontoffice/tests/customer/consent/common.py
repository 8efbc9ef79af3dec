from ...common import FrontofficeFixtures


class ConsentFixtures(FrontofficeFixtures):
    """Two purposes of advertising, one with double opt-in, and customers who share a mailbox."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.consent.purpose"].search([]).active = False
        cls.news, cls.events = cls.env["crm.consent.purpose"].create(
            [
                {"name": "News", "code": "test_news", "wording": "Send me news.", "is_double_opt_in": False},
                {"name": "Events", "code": "test_events", "wording": "Invite me to events."},
            ]
        )
        cls.survey = cls.env["crm.consent.purpose"].create(
            {
                "name": "Survey",
                "code": "test_survey",
                "wording": "Ask me how it was.",
                "legal_basis": "legitimate_interest",
                "is_granted_by_default": True,
                "is_advertising": False,
                "is_double_opt_in": False,
            }
        )
        cls.consents = cls.env["crm.consent"]
        cls.spouse = cls.env["res.partner"].create({"name": "Alexei Karenin", "email": "Anna.K@acme.example"})
        cls.contact.phone = cls.spouse.phone = "+32456001122"

    def _decide(self, decision, purpose=None, channel="email", partner=None, source="portal", **values):
        return self.consents._record(
            [
                {
                    "partner_id": (partner or self.contact).id,
                    "channel": channel,
                    "purpose_id": purpose or self.news,
                    "decision": decision,
                    "source": source,
                    **values,
                }
            ]
        )

    def _state(self, purpose=None, channel="email", partner=None):
        """The state of a consent, or None where nobody decided."""
        self.env.invalidate_all()
        found = (partner or self.contact).consent_ids.filtered(
            lambda row: row.purpose_id == (purpose or self.news) and row.channel == channel
        )
        return found.state or None

    def _log(self, partner=None, purpose=None):
        """The log of a customer as (decision, source), oldest first."""
        events = (partner or self.contact).consent_event_ids.sorted("id")
        return [(e.decision, e.source) for e in events if not purpose or e.purpose_id == purpose]
