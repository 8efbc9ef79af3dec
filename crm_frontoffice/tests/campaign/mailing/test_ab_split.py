from odoo.tests import tagged

from ..common import CampaignCase


@tagged("post_install", "-at_install")
class TestAbSplit(CampaignCase):
    """The variants of an A/B test divide the recipients the same way each time, and never share one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.campaign = cls.env["utm.campaign"].create({"title": "Which subject"})
        cls.customers = cls._create_customers(400)
        cls.first, cls.second = (cls._create_variant(subject, percent) for subject, percent in (("A", 20), ("B", 30)))

    @classmethod
    def _create_variant(cls, subject, percent):
        return cls.env["mailing.mailing"].create(
            {
                "subject": subject,
                "campaign_id": cls.campaign.id,
                "ab_testing_enabled": True,
                "ab_testing_pc": percent,
                "mailing_model_id": cls.env["ir.model"]._get_id("res.partner"),
                "mailing_domain": repr([("id", "in", cls.customers.ids)]),
                "body_html": "<p>Hello</p>",
                "email_from": "news@company.example",
            }
        )

    def test_shares_are_kept_and_nobody_gets_two(self):
        first, second = set(self.first._get_recipients()), set(self.second._get_recipients())
        self.assertFalse(first & second)
        self.assertTrue(50 < len(first) < 110, len(first))
        self.assertTrue(85 < len(second) < 155, len(second))

    def test_who_goes_on_after_a_stop_draws_no_others(self):
        """Odoo draws anew: after a stop in the middle of 400 recipients it would write to 550."""
        planned = self.first._get_recipients()
        self.first._action_send_mail(planned[:10])
        self.assertEqual(sorted(self.first._get_remaining_recipients()), sorted(planned[10:]))

    def test_winner_goes_to_all_others(self):
        planned = self.first._get_recipients()
        self.first._action_send_mail(planned)
        winner = self.first.copy({"ab_testing_pc": 100, "mailing_domain": self.first.mailing_domain})
        self.campaign.ab_testing_winner_mailing_id = winner
        self.assertEqual(set(winner._get_remaining_recipients()), set(self.customers.ids) - set(planned))
