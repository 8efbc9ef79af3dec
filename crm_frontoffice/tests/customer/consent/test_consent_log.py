from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, freeze_time, tagged

from .common import ConsentFixtures


@tagged("post_install", "-at_install")
@freeze_time("2026-06-15 10:00:00")
class TestConsentLog(ConsentFixtures, TransactionCase):
    """Each decision is kept with its proof; the latest of them is what counts."""

    def test_decision_keeps_who_when_how_and_the_text(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.news.with_context(lang="fr_FR").wording = "Envoyez-moi des nouvelles."
        self.contact.lang = "fr_FR"
        self._decide("given", source="paper", note="folder 12")
        self.news.with_context(lang="fr_FR").wording = "Un autre texte."
        event = self.contact.consent_event_ids
        self.assertRecordValues(
            event,
            [
                {
                    "decision": "given",
                    "source": "paper",
                    "wording": "Envoyez-moi des nouvelles.",
                    "legal_basis": "consent",
                    "address": "anna.k@acme.example",
                    "note": "folder 12",
                    "date": fields.Datetime.now(),
                    "user_id": self.env.uid,
                }
            ],
        )
        self.assertEqual(self.contact.consent_ids.event_id, event)

    def test_decision_of_the_future_does_not_outweigh_what_the_customer_says(self):
        self._decide("given", source="gateway", date="2999-01-01 00:00:00")
        self._decide("withdrawn")
        self.assertEqual(self._state(), "refused")

    def test_latest_date_wins_whatever_comes_in_last(self):
        now = fields.Datetime.now()
        self._decide("withdrawn", date=now - timedelta(days=1))
        self._decide("given", date=now - timedelta(days=30), source="import")
        self.assertEqual(self._state(), "refused")
        self.assertEqual(len(self.contact.consent_event_ids), 2)
        self.consents._record(
            [
                {
                    "partner_id": self.contact.id,
                    "channel": "email",
                    "purpose_id": "test_news",
                    "decision": decision,
                    "source": "import",
                    "date": date,
                }
                for decision, date in (("given", now - timedelta(hours=1)), ("withdrawn", now - timedelta(hours=2)))
            ]
        )
        self.assertEqual(self._state(), "granted")

    def test_since_tells_when_the_state_began(self):
        self._decide("given", date="2026-01-01 10:00:00")
        self._decide("given", date="2026-03-01 10:00:00")
        consent, to_datetime = self.contact.consent_ids, fields.Datetime.to_datetime
        self.assertEqual(
            (consent.since, consent.date), (to_datetime("2026-01-01 10:00:00"), to_datetime("2026-03-01 10:00:00"))
        )

    def test_withdrawal_counts_for_all_who_share_the_mailbox(self):
        for partner in (self.contact, self.spouse):
            self._decide("given", partner=partner)
        self._decide("withdrawn")
        self.assertEqual(self._state(partner=self.spouse), "refused")

    def test_consent_counts_for_the_one_who_gave_it(self):
        self._decide("given")
        self.assertIsNone(self._state(partner=self.spouse))

    def test_log_is_never_changed_nor_deleted_even_by_the_system(self):
        self._decide("given")
        with self.assertRaisesRegex(UserError, "never changed"):
            self.contact.consent_event_ids.sudo().write({"decision": "withdrawn"})
        with self.assertRaisesRegex(UserError, "never deleted"):
            self.contact.consent_event_ids.sudo().unlink()

    def test_unknown_purpose_is_a_mistake_of_the_programmer(self):
        with self.assertRaisesRegex(ValueError, "no purpose"):
            self._decide("given", purpose="nonsense")

    def test_many_decisions_cost_what_one_costs(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Reader {i}", "email": f"reader{i}@many.example"} for i in range(60)]
        )
        self.news.mailing_list_ids = self.env["mailing.list"].create({"name": "News"})

        def record(some):
            vals_list = [
                {"partner_id": p.id, "channel": "email", "purpose_id": self.news, "decision": d, "source": "import"}
                for p in some
                for d in ("given", "withdrawn")
            ]
            before = self.env.cr.sql_log_count
            self.consents._record(vals_list[::2])
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        record(partners[:2])
        few, many = record(partners[2:4]), record(partners[4:])
        self.assertLessEqual(many, few + 3)

    def test_filter_asks_for_consent_or_for_the_absence_of_refusal(self):
        both = self.contact | self.spouse
        self._decide("given")
        self._decide("withdrawn", purpose=self.survey, partner=self.customer)
        self.assertEqual(both._filter_consented("email", "test_news"), self.contact)
        self.assertEqual((both | self.customer)._filter_consented("email", self.survey), both)
        self.assertFalse(self.env["res.partner"]._filter_consented("email", self.news))

    def test_filter_obeys_the_blacklist_even_where_nobody_decided(self):
        free = self.env["crm.consent.purpose"].create(
            {
                "name": "Old customers",
                "code": "test_old",
                "wording": "You may object.",
                "legal_basis": "legitimate_interest",
                "is_granted_by_default": True,
            }
        )
        late = self.env["mail.blacklist"].create({"email": "late@comer.example"})
        newcomer = self.env["res.partner"].create({"name": "Late Comer", "email": "late@comer.example"})
        self.assertFalse(newcomer._filter_consented("email", free))
        self.assertTrue(newcomer._filter_consented("post", free))
        late.action_archive()
        self.assertTrue(newcomer._filter_consented("email", free))

    def test_domain_selects_in_the_database(self):
        self._decide("given")
        domain = self.env["res.partner"]._get_consent_domain("email", self.news)
        self.assertEqual(self.env["res.partner"].search(domain), self.contact)
        self.assertEqual((self.contact | self.spouse).filtered_domain(domain), self.contact)

    def test_merge_keeps_the_newest_decision_and_the_whole_log(self):
        self._decide("given", date="2026-01-01 10:00:00")
        self._decide("given", partner=self.spouse, purpose=self.survey)
        self._decide("given", partner=self.customer, date="2026-04-01 10:00:00")
        self._decide("withdrawn", partner=self.customer, date="2026-05-01 10:00:00")
        self._decide("given", channel="post", partner=self.contact)
        self.consents._premerge_partners((self.customer | self.spouse).ids, self.contact.id)
        self.env.invalidate_all()
        self.assertEqual(self._state(), "refused")
        self.assertEqual(self._state(channel="post"), "granted")
        self.assertEqual(self._state(purpose=self.survey), "granted")
        self.assertEqual(len(self.contact.consent_event_ids), 5)
        self.assertFalse((self.customer | self.spouse).consent_ids)
