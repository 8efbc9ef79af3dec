import doctest
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tests.common import BaseCase

from ....models.campaign.engagement import points
from ..common import CampaignCase

NOW = fields.Datetime.to_datetime("2026-06-15 12:00:00")


@tagged("post_install", "-at_install")
class TestPoints(BaseCase):
    """The formula, by examples."""

    def test_examples(self):
        self.assertFalse(doctest.testmod(points).failed)


@tagged("post_install", "-at_install")
@freeze_time("2026-06-15 12:00:00")
class TestEngagement(CampaignCase):
    """Who did something of late has points, which fade, say what they are made of, and find him."""

    def _do(self, code, days=0, partner=None):
        date = (NOW - timedelta(days=days)).strftime("%Y-%m-%d %H:%M:%S")
        partner = partner or self.contact
        event = {"partner_id": partner.id, "code": code, "date": date, "res_model": "res.partner", "res_id": partner.id}
        self.env["crm.event"]._append([event])

    def _refresh(self):
        return self.env["crm.engagement"]._cron_refresh()

    def test_database_counts_as_the_formula_does(self):
        deeds = [("campaign_clicked", 0), ("campaign_clicked", 30), ("meeting_held", 60), ("campaign_opened", 3)]
        for code, days in deeds:
            self._do(code, days)
        self._refresh()
        kinds = {row.code: row.kind for row in self.env["crm.event.type"].search([])}
        expected, groups = points.score([(kinds[code], points.POINTS[code], days) for code, days in deeds])
        self.assertEqual(self.contact.engagement_score, expected)
        row = self.env["crm.engagement"].search([("partner_id", "=", self.contact.id)])
        self.assertEqual(row.explanation, {kind: round(number) for kind, number in groups.items()})

    def test_score_explains_itself_to_a_salesperson(self):
        self._do("meeting_held")
        self._do("campaign_clicked")
        self._refresh()
        contact = self.contact.with_user(self.anna)
        self.assertEqual((contact.engagement_score, contact.engagement_band), (25, "warm"))
        expected = "Call or Meeting 20, Campaign 5; half of it is gone in 30 days"
        self.assertEqual(contact.engagement_reasons, expected)
        with self.assertRaises(AccessError):
            self.env["crm.engagement"].with_user(self.anna).search([]).write({"score": 99})

    def test_points_fade_until_the_row_goes(self):
        self._do("meeting_held")
        self._refresh()
        with freeze_time("2026-07-15 12:00:00"):
            self.assertEqual(self._refresh() >= 1, True)
            self.assertEqual(self.contact.engagement_score, 10)
        with freeze_time("2027-06-15 12:00:00"):
            self._refresh()
            self.assertFalse(self.env["crm.engagement"].search([("partner_id", "=", self.contact.id)]))

    def test_refresh_without_news_writes_nothing(self):
        self._do("meeting_held")
        self._refresh()
        self.assertEqual(self._refresh(), 0)

    def test_segments_and_lists_find_the_engaged(self):
        eager, lazy, silent = self._create_customers(3)
        for _number in range(3):
            self._do("meeting_held", partner=eager)
        self._do("campaign_opened", partner=lazy)
        self._refresh()
        among = eager | lazy | silent
        found = {
            text: self._find({"kind": "partner", "partner_domain": text}, among=among)
            for text in (
                "[('engagement_score', '>=', 40)]",
                "[('engagement_score', '<', 40)]",
                "[('engagement_score', '>=', 0)]",
                "[('engagement_score', '>', 0)]",
            )
        }
        self.assertEqual(list(found.values()), [eager, lazy | silent, among, eager | lazy])

    def test_who_leaves_the_list_is_not_engaged_by_it(self):
        self._do("campaign_clicked")
        self._do("campaign_unsubscribed")
        self._refresh()
        self.assertEqual((self.contact.engagement_score, self.contact.engagement_band), (0, "cold"))
