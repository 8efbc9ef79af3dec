from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from ..journey.common import JourneyCase


@tagged("post_install", "-at_install")
class TestLimits(JourneyCase):
    """Nobody gets more than the limits allow, over all channels, from journeys and mailings together."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.limit = cls.env["crm.pressure.rule"].create({"most": 1, "days": 7, "policy": "drop"})

    def _send(self, customers, kind="email", **values):
        """Let a journey of one message run, and tell what became of the messages."""
        journey = self._create_journey(kind, **values)
        self._enter(journey, customers)
        self._run(journey)
        return [(state, reason) for _name, _channel, state, reason in self._get_messages(journey)]

    def _create_mailing(self, partners, **values):
        return self.env["mailing.mailing"].create(
            {
                "subject": "Offer",
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "mailing_domain": repr([("id", "in", partners.ids)]),
                "body_html": "<p>Offer</p>",
                **values,
            }
        )

    def test_message_too_many_is_dropped_and_counted(self):
        customers = self._create_customers(1)
        self.assertEqual(self._send(customers), [("handed", False)])
        self.assertEqual(self._send(customers), [("skipped", "cap")])

    def test_message_too_many_comes_later(self):
        self.limit.policy = "defer"
        customers = self._create_customers(1)
        with freeze_time("2026-06-15 10:00:00"):
            self._send(customers)
            journey = self._create_journey("email")
            participant = self._enter(journey, customers)
            self._run(journey)
        self.assertEqual((participant.state, participant.held_reason), ("waiting", "cap"))
        self.assertEqual(str(participant.date_due), "2026-06-16 10:00:00")
        with freeze_time("2026-06-22 10:00:00"):
            self._run(journey)
        self.assertEqual((participant.state, participant.held_count), ("done", 1))

    def test_what_is_put_off_too_often_is_dropped(self):
        self.limit.write({"policy": "defer", "days": 365})
        customers = self._create_customers(1)
        journey = self._create_journey("email")
        with freeze_time("2026-06-01 10:00:00"):
            self._send(customers)
            self._enter(journey, customers)
        for day in range(1, 20):
            with freeze_time(f"2026-06-{day:02} 10:00:00"):
                self._run(journey)
        self.assertEqual(self._get_messages(journey)[0][2:], ("skipped", "cap"))
        self.assertEqual(journey.participant_ids.held_count, 14)

    def test_limit_counts_all_channels_or_one(self):
        for channel, expected in ((False, ("skipped", "cap")), ("email", ("handed", False))):
            with self.subTest(channel=channel):
                self.limit.channel = channel
                phone = {"phone": "+32456001122", "country_id": self.env.ref("base.be").id}
                customers = self._create_customers(1, **phone)
                self._send(customers)
                self.assertEqual(self._send(customers, "sms"), [expected])

    def test_mailings_count_and_leave_out_who_has_had_enough(self):
        one, two = customers = self._create_customers(2)
        self._send(one)
        mailing = self._create_mailing(customers)
        self.assertEqual((mailing._get_recipients(), mailing.held_back_count), (two.ids, 1))
        mailing._action_send_mail(two.ids)
        self.assertEqual(self._send(customers), [("skipped", "cap")] * 2)

    def test_caller_cannot_claim_that_limits_do_not_hold(self):
        """What a caller from outside puts into the context is no word of ours."""
        one, two = customers = self._create_customers(2)
        self._send(one)
        claimed = self._create_mailing(customers).with_context(crm_without_limits=True, crm_with_held_out=True)
        self.assertEqual(claimed._get_recipients(), two.ids)

    def test_what_everybody_has_to_know_goes_beyond(self):
        customers = self._create_customers(1)
        for _number in range(2):
            self.assertEqual(self._send(customers, is_limit_ignored=True), [("handed", False)])
        mailing = self._create_mailing(customers, is_limit_ignored=True)
        self.assertEqual((mailing._get_recipients(), mailing.held_back_count), (customers.ids, 0))

    def test_merged_customer_has_got_the_messages_of_both(self):
        customers = self._create_customers(2)
        self.env["crm.pressure"]._count(customers.ids, "email")
        self.env["base.partner.merge.automatic.wizard"]._merge(customers.ids, customers[1])
        self.assertEqual(self.env["crm.pressure"].search([("partner_id", "=", customers[1].id)]).count, 2)

    def test_old_statistics_do_not_let_each_customer_be_counted_among_all(self):
        """While the first big sending runs the statistics still say that the table is empty."""
        customers = self._create_customers(100)
        pressure = self.env["crm.pressure"]

        def fill():
            self.env.cr.execute(
                """INSERT INTO crm_pressure (partner_id, channel, date, count)
                   SELECT id, 'email', CURRENT_DATE - days, 1 FROM unnest(%s) id, generate_series(0, 99) days""",
                [customers.ids],
            )

        fill()
        self.env.cr.execute("DELETE FROM crm_pressure")
        self.env.cr.execute("ANALYZE crm_pressure")
        fill()
        verdict = pressure._get_cap_verdict("partner", "email", self.env.company)
        plan = self.env.execute_query(SQL("EXPLAIN SELECT %s FROM res_partner partner", verdict))
        plan = "\n".join(line for [line] in plan)
        self.assertIn("crm_pressure_one_per_day", plan)
        self.assertNotIn("crm_pressure_old_idx", plan)

    def test_marketer_reads_limits_and_manager_sets_them(self):
        with self.assertRaises(AccessError):
            self.limit.with_user(self.marta).most = 100
        self.limit.with_user(self.maria).most = 3
        self.assertEqual(self.limit.name, "All channels: 3 in 7 days")
