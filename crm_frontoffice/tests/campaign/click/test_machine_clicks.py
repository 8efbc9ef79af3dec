import doctest

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tests.common import BaseCase

from ....models.campaign.click import machines
from ...common import FrontofficeFixtures

BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}


@tagged("post_install", "-at_install")
class TestJudgement(BaseCase):
    """Who followed a link, by examples."""

    def test_examples(self):
        self.assertFalse(doctest.testmod(machines).failed)


@tagged("post_install", "-at_install")
class TestMachineClicks(FrontofficeFixtures, HttpCase):
    """A scanner of mail follows links, and no customer has reacted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.campaign = cls.env["utm.campaign"].create({"title": "Spring"})
        cls.mailing = cls.env["mailing.mailing"].create(
            {
                "subject": "Chairs",
                "mailing_model_id": cls.env["ir.model"]._get_id("res.partner"),
                "campaign_id": cls.campaign.id,
            }
        )
        cls.trace = cls.env["mailing.trace"].create(
            {
                "mass_mailing_id": cls.mailing.id,
                "model": "res.partner",
                "res_id": cls.contact.id,
                "email": cls.contact.email_normalized,
                "trace_status": "sent",
                "sent_datetime": fields.Datetime.subtract(fields.Datetime.now(), hours=1),
            }
        )
        cls.links = cls.env["link.tracker"].create(
            [
                {
                    "url": f"https://acme.example/{name}",
                    "mass_mailing_id": cls.mailing.id,
                    "campaign_id": cls.campaign.id,
                }
                for name in ("chairs", "tables", "lamps", "beds")
            ]
        )

    def _follow(self, link, headers=BROWSER):
        response = self.url_open(f"/r/{link.code}/m/{self.trace.id}", headers=headers, allow_redirects=False)
        self.assertEqual(response.status_code, 301, "whoever it is gets where he wants to go")
        self.env.invalidate_all()

    def _get_reasons(self):
        return self.trace.links_click_ids.sorted("id").mapped("machine_reason")

    def _find_clickers(self):
        segment = self.env["crm.segment"].create({"name": "Clicked", "level": "contact"})
        condition = {"segment_id": segment.id, "kind": "answer", "answer": "clicked", "campaign_id": self.campaign.id}
        self.env["crm.segment.condition"].create(condition)
        segment._refresh()
        return segment.member_ids.partner_id

    def test_person_counts_everywhere(self):
        self._follow(self.links[0])
        self.assertEqual(self._get_reasons(), [False])
        self.assertTrue(self.trace.links_click_datetime)
        self.assertEqual((self.links[0].count, self.links[0].machine_count), (1, 0))
        self.assertEqual(self.mailing.clicks_ratio, 100)
        self.assertEqual(self._find_clickers(), self.contact)

    def test_known_scanner_counts_nowhere(self):
        self._follow(self.links[0], {"User-Agent": "Mimecast-URL-Protect"})
        self.assertEqual(self._get_reasons(), ["agent"])
        self.assertFalse(self.trace.links_click_datetime)
        self.assertEqual(self.trace.trace_status, "sent", "nor has anybody opened it")
        self.assertEqual((self.links[0].count, self.links[0].machine_count), (0, 1))
        self.assertEqual(self.mailing.clicks_ratio, 0)
        self.assertNotIn("campaign_clicked", self._codes(self.customer))
        self.assertFalse(self._find_clickers())

    def test_click_before_the_mail_has_arrived_is_a_machine(self):
        self.trace.write({"sent_datetime": False, "trace_status": "process"})
        self._follow(self.links[0])
        self.trace.write({"sent_datetime": fields.Datetime.now(), "trace_status": "sent"})
        self._follow(self.links[1])
        self.assertEqual(self._get_reasons(), ["early", "early"])
        self.assertFalse(self.trace.links_click_datetime)

    def test_scanner_that_looks_like_a_browser_gives_itself_away_by_its_haste(self):
        for link in self.links[:3]:
            self._follow(link)
        self.assertEqual(self._get_reasons(), ["burst"] * 3, "also those that passed for a person's at first")
        self.assertFalse(self.trace.links_click_datetime)
        self.assertEqual((self.trace.trace_status, self.trace.open_datetime), ("sent", False))
        self.assertEqual(sum(self.links.mapped("count")), 0)
        self.assertFalse(self._find_clickers(), "though the log had told of the first ones")
        self.env["crm.campaign.member"]._refresh(self.campaign)
        members = self.env["crm.campaign.member"].search([("campaign_id", "=", self.campaign.id)])
        self.assertNotIn("clicked", members.mapped("state"))

    def test_person_after_a_scanner_counts(self):
        for link in self.links[:3]:
            self._follow(link)
        self.env.cr.execute(
            "UPDATE link_tracker_click SET create_date = create_date - interval '1 minute' WHERE mailing_trace_id = %s",
            [self.trace.id],
        )
        self._follow(self.links[3])
        self.assertEqual(self._get_reasons(), ["burst"] * 3 + [False])
        self.assertTrue(self.trace.links_click_datetime)
        self.assertEqual(self._find_clickers(), self.contact)

    def test_address_cannot_say_that_it_was_a_machine(self):
        response = self.url_open(
            f"/r/{self.links[0].code}/m/{self.trace.id}?machine_reason=burst", headers=BROWSER, allow_redirects=False
        )
        self.assertEqual(response.status_code, 301)
        self.env.invalidate_all()
        self.assertEqual(self._get_reasons(), [False])
