from odoo.tests import TransactionCase, freeze_time, tagged

from ..customer.consent.common import ConsentFixtures


@tagged("post_install", "-at_install")
@freeze_time("2026-06-15 10:00:00")
class TestGatewayConsent(ConsentFixtures, TransactionCase):
    """Customers come in with what they allow, and external systems read it back."""

    def _upsert(self, **values):
        rows = [{"external_id": "c1", "name": "Vronsky", "email": "vronsky@acme.example", **values}]
        (answer,) = self.env["crm.gateway"].with_user(self.maria).upsert_customers("webshop", rows)
        return answer

    def test_row_carries_consents_and_the_card_shows_them(self):
        answer = self._upsert(
            consents_given=["email:test_news", "sms:test_news"],
            consents_withdrawn="phone:test_news",
            consent_date="2026-01-01 10:00:00",
            consent_wording="Yes, news please.",
        )
        self.assertEqual((answer["state"], answer["errors"]), ("created", []))
        partner = self.env["res.partner"].browse(answer["id"])
        event = partner.consent_event_ids.filtered(lambda row: row.channel == "sms")
        self.assertEqual((event.source, event.note, event.wording), ("gateway", "webshop", "Yes, news please."))
        card = self.env["crm.gateway"].with_user(self.maria).customer_card({"id": partner.id})
        states = {(row["channel"], row["purpose"]): row["state"] for row in card["consents"]}
        self.assertEqual(
            states,
            {("email", "test_news"): "granted", ("sms", "test_news"): "granted", ("phone", "test_news"): "refused"},
        )

    def test_repeated_row_tells_nothing_again(self):
        first = self._upsert(consents_given=["email:test_news"])
        self._upsert(consents_given=["email:test_news"])
        self.assertEqual(len(self.env["res.partner"].browse(first["id"]).consent_event_ids), 1)

    def test_old_row_does_not_undo_what_the_customer_decided_since(self):
        row = {"consents_given": ["email:test_news"], "consent_date": "2026-01-01 10:00:00"}
        partner = self.env["res.partner"].browse(self._upsert(**row)["id"])
        self._decide("withdrawn", partner=partner)
        self._upsert(**row, city="Moscow")
        self.assertEqual(self._state(partner=partner), "refused")

    def test_row_without_a_date_undoes_nothing(self):
        partner = self.env["res.partner"].browse(self._upsert(consents_given=["email:test_news"])["id"])
        self._decide("withdrawn", partner=partner)
        self._upsert(consents_given=["email:test_news"], city="Moscow")
        self.assertEqual(self._state(partner=partner), "refused")
        self._upsert(consents_withdrawn=["sms:test_news"], city="Tver")
        self.assertEqual(self._state(partner=partner, channel="sms"), "refused")

    def test_wrong_channel_and_wrong_purpose_are_named(self):
        errors = self._upsert(consents_given=["fax:test_news"])["errors"]
        self.assertEqual(
            [(error["field"], error["value"]) for error in errors], [("consents_given", "['fax:test_news']")]
        )
        errors = self._upsert(consents_given=["email:nonsense"])["errors"]
        self.assertEqual(errors[0]["value"], "email:nonsense")
        self.assertIn("test_news", errors[0]["hint"])
