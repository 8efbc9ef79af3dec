from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.queue_job.tests.common import trap_jobs

from ..common import FrontofficeCase


@tagged("post_install", "-at_install")
@freeze_time("2026-06-15 10:00:00")
class TestRuleActions(FrontofficeCase):
    """What the ERP tells becomes work in the CRM: a deal is opened or won, a message written, a customer held."""

    def _rule(self, code, kind, source_model=False, **values):
        return self.env["crm.event.rule"].create(
            {
                "name": "Test rule",
                "type_id": self.env.ref(f"crm_frontoffice.event_type_{code}").id,
                "source_model": source_model,
                "action_ids": [Command.create({"kind": kind, **values})],
            }
        )

    def _process(self):
        with trap_jobs():
            self.env["crm.event.firing"]._process_pending()

    def _confirm_order(self, deal=None, quantity=2):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.contact.id,
                "user_id": self.anna.id,
                "opportunity_id": deal and deal.id,
                "order_line": [Command.create({"product_id": self.product.id, "product_uom_qty": quantity})],
            }
        )
        order.action_confirm()
        return order

    def test_confirmed_orders_win_their_deal_with_their_sum(self):
        self.env.ref("crm_frontoffice.event_rule_order_wins_deal").active = True
        deal = self._create_deal(expected_revenue=50)
        self._confirm_order(deal, 1)
        self._confirm_order(deal, 3)
        self._process()
        self.assertEqual((deal.won_status, deal.expected_revenue), ("won", 400.0))

    def test_event_opens_a_deal_once(self):
        rule = self._rule("no_contact", "deal", deal_name="Wake up {customer}")
        self.customer._log_event("no_contact")
        self._process()
        self._process()
        deal = self.env["crm.lead"].search([("name", "=", "Wake up Acme Works")])
        self.assertEqual((len(deal), deal.user_id, deal.partner_id), (1, self.anna, self.customer))
        self.assertEqual(rule.firing_ids.effect_ids.res_id, deal.id)

    def test_deal_is_moved_and_tagged(self):
        stage = self.env["crm.stage"].create({"name": "Reminded"})
        tag = self.env["crm.tag"].create({"name": "Late"})
        self._rule("order_confirmed", "deal_move", deal_stage_id=stage.id)
        self._rule("order_confirmed", "deal_tag", deal_tag_ids=[Command.link(tag.id)])
        deal = self._create_deal()
        self._confirm_order(deal)
        self._process()
        self.assertEqual((deal.stage_id, deal.tag_ids), (stage, tag))

    @mute_logger("odoo.addons.crm_frontoffice.models.automation.crm_event_firing")
    def test_gate_refuses_a_rule_too_and_the_firing_says_why(self):
        stage = self.env["crm.stage"].create({"name": "Gated"})
        deadline = self.env["ir.model.fields"]._get("crm.lead", "date_deadline")
        self.env["crm.stage.gate"].create({"stage_id": stage.id, "field_id": deadline.id})
        rule = self._rule("order_confirmed", "deal_move", deal_stage_id=stage.id)
        deal = self._create_deal()
        self._confirm_order(deal)
        self._process()
        self.assertEqual(rule.firing_ids.state, "failed")
        self.assertIn("Expected Closing", rule.firing_ids.error)

    def test_template_goes_to_the_contact(self):
        template = self.env["mail.template"].create(
            {
                "name": "Thanks",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "subject": "Thank you, {{ object.name }}",
                "body_html": "<p>Thanks</p>",
                "partner_to": "{{ object.id }}",
            }
        )
        self._rule("order_confirmed", "mail", template_id=template.id)
        self._confirm_order()
        self._process()
        mail = self.env["mail.mail"].search([("subject", "=", "Thank you, Anna Karenina")])
        self.assertEqual((len(mail), mail.recipient_ids), (1, self.contact))

    def test_rule_releases_only_what_rules_have_put(self):
        by_hand = self.env["crm.hold"].create({"partner_id": self.customer.id, "reason": "By hand"})
        self._rule("no_contact", "hold", hold_level="warn", summary="Silent")
        self._rule("order_confirmed", "hold_release")
        self.customer._log_event("no_contact")
        self._process()
        self.assertEqual(self.customer.hold_reason, "Silent, By hand")
        by_hand.level = "warn"
        self._confirm_order()
        self._process()
        self.assertEqual(self.customer.hold_reason, "By hand")

    def test_half_filled_actions_are_refused(self):
        partner_template = self.env["mail.template"].create(
            {"name": "Order", "model_id": self.env["ir.model"]._get_id("sale.order")}
        )
        for values in (
            {"kind": "deal_move"},
            {"kind": "deal_tag"},
            {"kind": "mail"},
            {"kind": "mail", "template_id": partner_template.id},
            {"kind": "deal", "deal_name": "{secret}"},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self._rule("order_confirmed", **values)

    def test_every_ready_made_rule_is_off_and_can_be_rehearsed(self):
        rules = self.env["crm.event.rule"].with_context(active_test=False).search([])
        shipped = rules.filtered(lambda rule: rule.get_external_id()[rule.id].startswith("crm_frontoffice."))
        self.assertGreater(len(shipped), 12)
        for rule in shipped:
            with self.subTest(rule=rule.name):
                self.assertFalse(rule.active)
                self.assertTrue(rule.description)
                self.assertIn("0 times", rule.with_user(self.maria).action_rehearse()["name"])

    def test_person_is_told_of_many_activities_in_one_message(self):
        self._rule("order_confirmed", "activity", summary="Say thank you")
        self._confirm_order()
        self._process()
        of_anna = [("partner_ids", "in", self.anna.partner_id.ids), ("subject", "ilike", "Say thank you")]
        told = self.env["mail.message"].search(of_anna)
        self.assertIn("Say thank you", told.subject, "one activity: Odoo's own message, about the order")
        self.assertEqual(told.model, "sale.order")
        orders = [self._confirm_order() for _number in range(5)]
        self._process()
        news = self.env["mail.message"].search(of_anna) - told
        self.assertEqual(news.subject, "5 activities: Say thank you")
        self.assertIn("Test rule", news.body)
        self.assertEqual([len(order.activity_ids) for order in orders], [1] * 5)
