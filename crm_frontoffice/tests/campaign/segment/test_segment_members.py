from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from ..common import CampaignCase

RIGA = {"kind": "partner", "partner_domain": "[('city', '=', 'Riga')]"}


@tagged("post_install", "-at_install")
class TestSegmentMembers(CampaignCase):
    """Who belongs is kept with the time of entering and leaving; a refresh writes differences only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one, cls.two, cls.three = cls.all = cls._create_customers(3)
        (cls.one | cls.two).city = "Riga"

    def _history(self, segment, partner):
        rows = self.env["crm.segment.member"].search(
            [("segment_id", "=", segment.id), ("partner_id", "=", partner.id)], order="id"
        )
        return [(row.date_entered.day, row.date_left and row.date_left.day) for row in rows]

    def test_members_come_and_go_and_come_back(self):
        segment = self._create_segment(RIGA)
        for day, city, expected in (
            (1, "Riga", [(1, False)]),
            (2, "Oslo", [(1, 2)]),
            (3, "Riga", [(1, 2), (3, False)]),
        ):
            self.one.city = city
            with freeze_time(f"2026-06-0{day} 08:00:00"):
                segment._refresh()
            self.assertEqual(self._history(segment, self.one), expected)
        self.assertEqual(self._history(segment, self.two), [(1, False)])

    def test_refresh_without_change_writes_nothing(self):
        segment = self._create_segment(RIGA)
        self.assertEqual(segment._refresh(), {segment: (2, 0)})
        self.assertEqual(segment._refresh(), {segment: (0, 0)})

    def test_pinned_belong_and_excluded_do_not_whatever_the_conditions_say(self):
        choices = [(0, 0, {"partner_id": self.three.id, "kind": "pinned"})]
        choices += [(0, 0, {"partner_id": self.one.id, "kind": "excluded"})]
        segment = self._create_segment(RIGA, choice_ids=choices)
        segment._refresh()
        self.assertEqual(segment.member_ids.partner_id, self.two | self.three)

    def test_segment_without_conditions_is_not_everybody(self):
        segment = self._create_segment(choice_ids=[(0, 0, {"partner_id": self.three.id, "kind": "pinned"})])
        segment._refresh()
        self.assertEqual(segment.member_ids.partner_id, self.three)

    def test_segment_of_segments_refreshes_its_parts_first(self):
        part = self._create_segment(RIGA)
        whole = self._create_segment({"kind": "segment", "other_segment_id": part.id})
        self.assertEqual(list(whole._refresh()), [part, whole])
        self.assertEqual(whole.member_ids.partner_id, self.one | self.two)

    def test_segments_do_not_go_in_circles(self):
        part = self._create_segment(RIGA)
        whole = self._create_segment({"kind": "segment", "other_segment_id": part.id})
        with self.assertRaisesRegex(ValidationError, "in a circle"):
            part.write({"condition_ids": [(0, 0, {"kind": "segment", "other_segment_id": whole.id})]})

    def test_archived_customer_leaves(self):
        segment = self._create_segment(RIGA)
        segment._refresh()
        self.one.active = False
        self.assertEqual(segment._refresh(), {segment: (0, 1)})

    def test_cost_does_not_grow_with_the_customers(self):
        segment = self._create_segment(RIGA, {"kind": "purchase", "is_negated": True}, match="any")
        segment._refresh()
        self._create_customers(200, city="Riga")
        with self.assertQueryCount(12):
            segment._refresh()
            self.env.flush_all()

    def test_cron_refreshes_what_is_due(self):
        segment, by_hand = self._create_segment(RIGA), self._create_segment(RIGA, refresh_every="never")
        with self.enter_registry_test_mode():
            self.env.ref("crm_frontoffice.crm_segment_cron").method_direct_trigger()
        self.assertEqual((segment.member_count, by_hand.member_count), (2, 0))

    def test_preview_counts_and_writes_nothing(self):
        segment = self._create_segment(RIGA)
        segment._refresh()
        self.one.city = "Oslo"
        self.three.write({"city": "Riga", "email": False})
        preview = self.env["crm.segment.preview"].browse(segment.with_user(self.marta).action_preview()["res_id"])
        self.assertRecordValues(
            preview, [{"count": 2, "entering_count": 1, "leaving_count": 1, "email_count": 1, "phone_count": 0}]
        )
        self.assertEqual(preview.sample_ids, self.two | self.three)
        self.assertEqual(segment.member_ids.partner_id, self.one | self.two)

    def test_contacts_are_filtered_by_segment(self):
        segment = self._create_segment(RIGA)
        segment._refresh()
        partners = self.env["res.partner"].with_user(self.anna)
        self.assertEqual(partners.search([("segment_ids", "in", segment.ids)]), self.one | self.two)
        self.assertEqual(partners.search([("segment_ids.name", "=", segment.name)]), self.one | self.two)
        self.assertNotIn(self.one, partners.search([("segment_ids", "not in", segment.ids)]))
        self.assertEqual(self.one.with_user(self.anna).segment_ids, segment)

    def test_mailing_reaches_its_segments_and_not_those_left_out(self):
        segment = self._create_segment(RIGA)
        left_out = self._create_segment(choice_ids=[(0, 0, {"partner_id": self.one.id, "kind": "pinned"})])
        (segment | left_out)._refresh()
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "Hello",
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "mailing_domain": "[('email', '!=', False)]",
                "segment_ids": segment.ids,
                "excluded_segment_ids": left_out.ids,
            }
        )
        self.assertEqual(mailing._get_recipients(), self.two.ids)

    def test_merge_keeps_one_membership(self):
        segment = self._create_segment(RIGA)
        segment._refresh()
        self.env["base.partner.merge.automatic.wizard"]._merge((self.one | self.two).ids, self.two)
        self.assertEqual(segment.member_ids.partner_id, self.two)

    def test_marketer_makes_segments_and_salespeople_use_them(self):
        with Form(self.env["crm.segment"].with_user(self.marta)) as form:
            form.name = "Riga"
        segment = form.save()
        self.assertEqual(segment.with_user(self.anna).name, "Riga")
        with self.assertRaises(AccessError):
            segment.with_user(self.anna).write({"name": "Oslo"})
        with self.assertRaises(AccessError):
            segment.member_ids.with_user(self.marta).create({"segment_id": segment.id, "partner_id": self.one.id})

    def test_members_of_another_company_are_not_shown(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.two.company_id = other
        segment = self._create_segment(RIGA)
        segment._refresh()
        self.assertEqual(segment.with_user(self.anna).member_ids.partner_id, self.one)
