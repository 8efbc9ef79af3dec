import doctest

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.queue_job.tests.common import trap_jobs

from ....models.campaign.plan import outlook
from ..journey.common import JourneyCase


@tagged("post_install", "-at_install")
@freeze_time("2026-06-15 10:00:00")
class TestCampaignPlan(JourneyCase):
    """A campaign has a period, money and targets; what it cost and brought stands beside what was planned."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.campaign = cls.env["utm.campaign"].create(
            {"title": "Spring", "date_start": "2026-06-01", "date_end": "2026-06-30", "plan_state": "running"}
        )

    def test_examples_of_the_outlook(self):
        self.assertFalse(doctest.testmod(outlook).failed)

    def _report(self, name):
        self.env.flush_all()
        rows = self.env["crm.campaign.report"]._read_group(
            [("campaign_id", "=", self.campaign.id)], ["month:month", "channel"], [f"{name}:sum"]
        )
        return {(month.month, channel): amount for month, channel, amount in rows if amount}

    def test_budget_by_channel_and_month(self):
        lines = [("email", "2026-06-20", 100), ("ads", "2026-06-01", 500), ("ads", "2026-07-01", 300)]
        self.campaign.budget_ids = [
            (0, 0, {"channel": channel, "month": month, "amount": amount}) for channel, month, amount in lines
        ]
        self.assertEqual(self._report("amount_planned"), {(6, "email"): 100, (6, "ads"): 500, (7, "ads"): 300})
        self.assertEqual(self.campaign.amount_planned, 900)

    def test_cost_by_hand_by_bill_and_by_message(self):
        plan = self.env["account.analytic.plan"].create({"name": "Campaigns"})
        account = self.env["account.analytic.account"].create({"name": "Spring", "plan_id": plan.id})
        self.campaign.analytic_account_id = account
        self.campaign.cost_ids = [(0, 0, {"name": "Stand", "channel": "event", "amount": 50, "date": "2026-06-10"})]
        line = {"product_id": self.product.id, "quantity": 1, "price_unit": 200.0, "tax_ids": False}
        bill_line = {**line, "analytic_distribution": {str(account.id): 100}}
        self._create_invoice(move_type="in_invoice", invoice_line_ids=[(0, 0, bill_line)])
        self.env["crm.message.tariff"].create({"channel": "email", "price": 0.5})
        journey = self._create_journey("email", campaign_id=self.campaign.id)
        mailing = journey.version_id.step_ids.mailing_id
        mailing.campaign_id = self.campaign
        self._enter(journey, self._create_customers(4))
        self._run(journey)
        mailing.mailing_trace_ids.set_sent()
        expected = {(6, "event"): 50, (6, "other"): 200, (6, "email"): 2}
        self.assertEqual(self._report("amount_actual"), expected)
        self.assertEqual(self.campaign.amount_actual, 252)

    def test_revenue_is_what_was_invoiced_and_refunds_take_it_back(self):
        self._create_invoice(campaign_id=self.campaign.id)
        line = (0, 0, {"product_id": self.product.id, "quantity": 1, "price_unit": 50.0})
        self._create_invoice(campaign_id=self.campaign.id, move_type="out_refund", invoice_line_ids=[line])
        self.campaign.cost_ids = [(0, 0, {"name": "Ads", "amount": 100})]
        self.assertEqual((self.campaign.amount_revenue, self.campaign.return_percent), (150, 50))

    def test_campaign_counts_its_parts(self):
        part = self.campaign.create({"title": "Spring: fair", "parent_id": self.campaign.id})
        deeper = self.campaign.create({"title": "Spring: fair: stand", "parent_id": part.id})
        for campaign, amount in ((self.campaign, 1), (part, 10), (deeper, 100)):
            campaign.cost_ids = [(0, 0, {"name": "x", "amount": amount})]
        campaigns = self.campaign | part | deeper
        campaigns.invalidate_recordset()
        self.assertEqual(campaigns.mapped("amount_actual"), [111, 110, 100])
        with self.assertRaisesRegex(ValidationError, "part of itself"):
            self.campaign.parent_id = deeper

    def test_targets_beside_results_and_outlook(self):
        """Half of the period has passed: twice as much will come."""
        self._create_deal(campaign_id=self.campaign.id)
        meeting = {"name": "Demo", "start": "2026-06-10 10:00:00", "stop": "2026-06-10 11:00:00"}
        deal = self._create_deal(campaign_id=self.campaign.id)
        self.env["calendar.event"].create({**meeting, "opportunity_id": deal.id})
        self._create_invoice(campaign_id=self.campaign.id)
        event = {"code": "campaign_sent", "campaign_id": self.campaign.id}
        reached = self._create_customers(3)
        self.env["crm.event"]._append([{**event, "partner_id": partner.id} for partner in (*reached, reached[0])])
        planned = {"contacts": 10, "leads": 8, "meetings": 1, "orders": 1, "revenue": 1000}
        self.campaign.target_ids = [(0, 0, {"measure": name, "planned": value}) for name, value in planned.items()]
        found = {
            target.measure: (target.actual, target.forecast, target.progress) for target in self.campaign.target_ids
        }
        self.assertEqual(
            found,
            {
                "contacts": (3, 6, 30),
                "leads": (2, 4, 25),
                "meetings": (1, 2, 100),
                "orders": (0, 0, 0),
                "revenue": (200, 400, 20),
            },
        )

    def test_margin_is_revenue_less_cost_and_refunds_take_it_back(self):
        """Sold: two pieces at 100 and a dozen at 1,000, refunded: one piece at 100; a piece costs 60."""
        self.product.standard_price = 60
        other = self.campaign.create({"title": "Autumn"})
        dozen = self.env.ref("uom.product_uom_dozen").id
        line = {"product_id": self.product.id, "quantity": 1, "tax_ids": False}
        by_dozen = {**line, "product_uom_id": dozen, "price_unit": 1000.0}
        back = {**line, "price_unit": 100.0}
        self._create_invoice(campaign_id=self.campaign.id)
        self._create_invoice(campaign_id=self.campaign.id, invoice_line_ids=[(0, 0, by_dozen)])
        self._create_invoice(campaign_id=self.campaign.id, move_type="out_refund", invoice_line_ids=[(0, 0, back)])
        self._create_invoice(campaign_id=self.campaign.id, post=False)
        self._create_invoice(campaign_id=other.id)
        targets = self.env["crm.campaign.target"].create(
            [{"campaign_id": campaign.id, "measure": "margin", "planned": 640} for campaign in self.campaign | other]
        )
        found = targets.with_user(self.marta).mapped("actual")
        self.assertEqual(found, [(200 - 120) + (1000 - 720) - (100 - 60), 200 - 120])
        self.assertEqual(targets.mapped("progress"), [50, 12.5])

    def test_members_come_as_far_as_they_came(self):
        one, two, three = self._create_customers(3)
        journey = self._create_journey({"kind": "wait"}, campaign_id=self.campaign.id)
        self._enter(journey, one | two | three)
        event = {"campaign_id": self.campaign.id, "partner_id": two.id}
        with trap_jobs():
            self.env["crm.event"]._append(
                [
                    {**event, "code": "campaign_clicked", "date": "2026-06-10 08:00:00"},
                    {**event, "code": "campaign_opened", "date": "2026-06-11 08:00:00"},
                ]
            )
        self._create_deal(partner_id=three.id, campaign_id=self.campaign.id)
        lead = self._create_deal(partner_id=False, campaign_id=self.campaign.id, type="lead")
        members = self.env["crm.campaign.member"]
        for _time in range(2):
            self.campaign.with_user(self.marta).action_open_members()
        found = members.search([("campaign_id", "=", self.campaign.id)], order="id")
        states = {row.partner_id or row.lead_id: row.state for row in found}
        self.assertEqual(states, {one: "targeted", two: "clicked", three: "deal", lead: "deal"})
        responded = found.filtered(lambda row: row.partner_id == two)
        self.assertEqual(str(responded.date_first_response), "2026-06-10 08:00:00")

    def test_members_of_the_audience_are_targeted(self):
        pinned = [(0, 0, {"partner_id": self.customer.id, "kind": "pinned"})]
        segment = self._create_segment(choice_ids=pinned)
        segment._refresh()
        self.campaign.segment_ids = segment
        self.env["crm.campaign.member"]._cron_refresh()
        self.assertEqual(self.campaign.member_ids.partner_id, self.customer)

    def test_money_is_not_for_salespeople(self):
        self.campaign.cost_ids = [(0, 0, {"name": "Ads", "amount": 100})]
        self.assertEqual(self.campaign.with_user(self.anna).title, "Spring")
        for name in ("amount_actual", "cost_ids", "target_ids"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                self.campaign.with_user(self.anna).read([name])
        self.assertEqual(self.campaign.with_user(self.marta).amount_actual, 100)
        self.assertEqual(self.campaign.with_user(self.maria).amount_actual, 100)

    def test_manager_without_mailings_opens_a_campaign(self):
        with Form(self.campaign.with_user(self.maria)) as form:
            form.message = "Come and see"
        self.assertEqual(self.campaign.message, "Come and see")

    @mute_logger("odoo.sql_db")
    def test_period_is_in_order(self):
        with self.assertRaises(CheckViolation):
            self.campaign.date_end = "2026-05-01"
            self.env.flush_all()

    def test_sums_of_many_campaigns_cost_few_queries(self):
        campaigns = self.campaign.create([{"title": f"Campaign {number}"} for number in range(50)])
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(10):
            campaigns.mapped("amount_actual")
