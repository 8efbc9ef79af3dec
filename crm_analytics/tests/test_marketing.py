from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from odoo.addons.mail.tests.common import mail_new_test_user

from .case import AnalyticsCase


@tagged("post_install", "-at_install")
@freeze_time("2026-03-20 09:00:00")
class TestMarketing(AnalyticsCase):
    """Cost, messages, deals and revenue by campaign, in one table."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.paul = mail_new_test_user(cls.env, "paul_analytics", "mass_mailing.group_mass_mailing_user")
        cls.campaigns = cls.env["utm.campaign"].create([{"name": name} for name in ("Fair", "Letter", "Call")])
        cls.fair, cls.letter, cls.call = cls.campaigns
        cls.credits = cls.env["crm.attribution"]
        cls.report = cls.env["crm.marketing.report"].with_user(cls.paul)

    def _touch(self, *touches, partner=None):
        """Letters that were answered, each for a campaign: pairs of campaign and moment."""
        partner = partner or self.customer
        event = {"partner_id": partner.id, "code": "campaign_clicked", "res_model": "res.partner", "res_id": partner.id}
        self.env["crm.event"]._append(
            [{**event, "campaign_id": campaign.id, "date": date} for campaign, date in touches]
        )

    def _divide(self):
        self._refresh()
        sales = self.env["account.move"].search([("move_type", "=", "out_invoice"), ("state", "=", "posted")])
        self.credits.sudo()._refresh(sales.commercial_partner_id.ids)

    def test_return_is_that_of_the_sums(self):
        """A campaign that cost 100 and brought 300, and one that cost 300 and brought 100, return nothing together."""
        other = self.env["res.partner"].create({"name": "Borealis", "is_company": True})
        self._touch((self.fair, "2026-03-01 08:00:00"))
        self._touch((self.letter, "2026-03-01 08:00:00"), partner=other)
        for campaign in (self.fair, self.letter):
            self.env["crm.lead"].create({"name": "Press", "type": "opportunity", "campaign_id": campaign.id})
        self.env["crm.campaign.cost"].create(
            [
                {"campaign_id": campaign.id, "name": "Print", "amount": amount, "date": "2026-03-02"}
                for campaign, amount in ((self.fair, 100), (self.letter, 300))
            ]
        )
        self._invoice(300, "2026-03-10")
        self._invoice(100, "2026-03-10", partner_id=other.id)
        self._divide()
        domain = [("campaign_id", "in", self.campaigns.ids)]
        figures = ["cost:sum", "revenue_linear:sum", "lead_count:sum", "return_percent:sum"]
        rows = self.report._read_group(domain, ["campaign_id"], figures)
        self.assertEqual(
            {campaign.name: tuple(round(value) for value in values) for campaign, *values in rows},
            {"Fair": (100, 300, 1, 200), "Letter": (300, 100, 1, -67)},
        )
        self.assertEqual(self.report._read_group(domain, [], figures), [(400, 400, 2, 0)])
        stranger = self.env["res.partner"].create({"name": "Meridian", "is_company": True})
        self._touch((self.call, "2026-03-01 08:00:00"), partner=stranger)
        self._invoice(900, "2026-03-10", partner_id=stranger.id)
        self._divide()
        whole = self.report._read_group(domain, [], figures)[0]
        self.assertEqual((whole[0], whole[3]), (400, 0), "What costs nobody knows returns nothing that one could tell")

    def test_effect_is_what_those_reached_spent_more_than_those_held_out(self):
        journey = self.env["crm.journey"].create({"name": "Welcome", "campaign_id": self.fair.id})
        partners = self.env["res.partner"].create([{"name": f"Reader {number}"} for number in range(4)])
        version = self.env["crm.journey.version"].search([("journey_id", "=", journey.id)], limit=1)
        self.env.flush_all()
        for number, partner in enumerate(partners):
            self._enter(journey, version, partner, "control" if number < 2 else "done")
        for amount, partner in ((50, partners[0]), (90, partners[2]), (110, partners[3])):
            self._invoice(amount, "2026-03-10", partner_id=partner.id)
        self._divide()
        names = ("reached_count:sum", "reached_revenue:sum", "control_count:sum", "control_revenue:sum", "effect:sum")
        found = self.report._read_group([("campaign_id", "=", self.fair.id)], [], names)
        self.assertEqual(found, [(2, 200, 2, 50, 75)])

    def _enter(self, journey, version, partner, state):
        values = {"journey_id": journey.id, "partner_id": partner.id, "state": state, "round": 1}
        values |= {"date_entered": "2026-03-01 08:00:00"}
        if version:
            values["version_id"] = version.id
        names = SQL(", ").join(map(SQL.identifier, values))
        row = SQL(", ").join(SQL("%s", value) for value in values.values())
        self.env.execute_query(SQL("INSERT INTO crm_journey_participant (%s) VALUES (%s)", names, row))

    def test_each_row_opens_the_invoices_that_it_adds_up(self):
        self._touch((self.fair, "2026-03-01 08:00:00"))
        invoice = self._invoice(300, "2026-03-10")
        self._invoice(100, "2026-02-10")
        self._divide()
        row = self.report.search([("campaign_id", "=", self.fair.id), ("date", "=", "2026-03-01")])
        action = row.action_open_credits()
        self.assertEqual(self.credits.search(action["domain"]).move_line_id.move_id, invoice)

    def test_money_of_campaigns_is_for_marketers_and_managers_of_their_companies(self):
        self._touch((self.fair, "2026-03-01 08:00:00"))
        self._invoice(300, "2026-03-10")
        self._divide()
        domain = [("campaign_id", "=", self.fair.id)]
        for user in (self.paul, self.maria):
            self.assertTrue(self.report.with_user(user).search_count(domain))
            self.assertTrue(self.credits.with_user(user).search_count(domain))
        for user in (self.anna, self.sven):
            for model in (self.report, self.credits):
                with self.assertRaises(AccessError):
                    model.with_user(user).search_count(domain)
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.env.cr.execute("UPDATE crm_attribution SET company_id = %s", [other.id])
        self.assertFalse(self.credits.with_user(self.paul).search_count(domain))
