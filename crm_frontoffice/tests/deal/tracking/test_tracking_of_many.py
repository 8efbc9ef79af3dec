from odoo.tests import tagged

from ...common import FrontofficeCase
from ..gate.test_gate_paths import GatedFixtures

COUNT = 200
WARM_UP = 25


@tagged("post_install", "-at_install")
class TestTrackingOfMany(GatedFixtures, FrontofficeCase):
    """The chatter tells the same of many deals as of one, by far fewer queries."""

    def _create_deals(self, count):
        values = {"type": "opportunity", "partner_id": self.customer.id, "user_id": self.anna.id}
        values |= {"team_id": self.team.id, "stage_id": self.fresh.id, "expected_revenue": 500}
        deals = self.env["crm.lead"].create([{**values, "name": f"Deal {number}"} for number in range(count)])
        self._commit()
        self.env.invalidate_all()
        return deals.with_user(self.anna)

    def _commit(self):
        self.env.flush_all()
        self.env.cr.precommit.run()

    def _move(self, deals):
        deals.write({"stage_id": self.offer.id})
        self._commit()

    def _read_last(self, deal):
        message = deal.message_ids.sorted("id")[-1:].sudo()
        tracked = [
            (value.field_id.name, value.old_value_char, value.new_value_char) for value in message.tracking_value_ids
        ]
        return (
            message.author_id,
            message.subtype_id,
            message.message_type,
            message.body,
            message.is_internal,
            message.parent_id.res_id == deal.id,
            message.record_company_id,
            message.reply_to,
            sorted(tracked),
        )

    def test_many_are_told_as_one_is(self):
        (one, many) = self._create_deals(1), self._create_deals(25)
        self._move(one)
        self._move(many)
        expected = self._read_last(one)
        self.assertIn(("stage_id", "Fresh", "Gated Offer"), expected[-1])
        for deal in many:
            self.assertEqual(self._read_last(deal), expected)
        messages = many.message_ids
        self.assertEqual(len(set(messages.mapped("message_id"))), len(messages))

    def test_follower_of_the_stages_is_told(self):
        many = self._create_deals(25)
        subtype = self.env.ref("crm.mt_lead_stage")
        many[3].sudo().message_subscribe(self.boris.partner_id.ids, subtype.ids)
        self._commit()
        self._move(many)
        told = [deal for deal in many if deal.message_ids.sorted("id")[-1].sudo().notified_partner_ids]
        self.assertEqual(told, [many[3]])

    def test_moving_200_deals_through_a_gate_costs_at_most_two_queries_each(self):
        deals = self._create_deals(COUNT)
        self._move(self._create_deals(WARM_UP))
        with self.assertQueryCount(2 * COUNT):
            self._move(deals)
