from xmlrpc.client import Fault

from odoo.exceptions import ValidationError
from odoo.service.model import call_kw
from odoo.tests import Form, HttpCase, tagged

from ....exceptions import StageGateError
from ...common import FrontofficeCase, FrontofficeFixtures


class GatedFixtures(FrontofficeFixtures):
    """A stage that wants the expected revenue, and an open one before it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fresh, cls.offer = cls.env["crm.stage"].create(
            [{"name": "Fresh", "sequence": -5}, {"name": "Gated Offer", "sequence": 50}]
        )
        cls._gate(field_id=cls.env["ir.model.fields"]._get("crm.lead", "expected_revenue").id)

    @classmethod
    def _gate(cls, kind="field", **values):
        return cls.env["crm.stage.gate"].create({"stage_id": cls.offer.id, "kind": kind, **values})


@tagged("post_install", "-at_install")
class TestGatePaths(GatedFixtures, FrontofficeCase):
    """Each path is refused while the revenue is missing, and open once it is there."""

    def setUp(self):
        super().setUp()
        self.deal = self._create_deal(stage_id=self.fresh.id).with_user(self.anna)

    def assert_gated(self, move, fill_in=None):
        """The move is refused, and goes through after the revenue has been filled in."""
        with self.assertRaises(StageGateError), self.cr.savepoint():
            move()
        self.env.invalidate_all()
        self.assertEqual(self.deal.stage_id, self.fresh)
        self.deal.expected_revenue = 500
        move()
        self.assertEqual(self.deal.stage_id, self.offer)

    def test_button_of_the_status_bar(self):
        def move():
            form = Form(self.deal)
            form.stage_id = self.offer
            form.save()

        self.assert_gated(move)

    def test_drag_in_the_kanban(self):
        self.assert_gated(lambda: self.deal.web_save({"stage_id": self.offer.id}, {"stage_id": {}}))

    def test_edit_in_the_list_and_mass_edit(self):
        other = self._create_deal(name="Other", stage_id=self.fresh.id, expected_revenue=5)
        both = self.deal + other.with_user(self.anna)
        self.assert_gated(lambda: both.web_save_multi([{"stage_id": self.offer.id}] * 2, {"stage_id": {}}))

    def test_import(self):
        self.env["ir.model.data"].create(
            {"name": "gated_deal", "module": "__import__", "model": "crm.lead", "res_id": self.deal.id}
        )
        rows = [["__import__.gated_deal", "Gated Offer"]]
        refused = self.env["crm.lead"].load(["id", "stage_id"], rows)
        self.assertFalse(refused["ids"])
        self.assertIn("Expected Revenue", refused["messages"][0]["message"])
        self.deal.expected_revenue = 500
        self.assertEqual(self.env["crm.lead"].load(["id", "stage_id"], rows)["ids"], self.deal.ids)
        self.assertEqual(self.deal.stage_id, self.offer)

    def test_call_from_outside(self):
        self.assert_gated(
            lambda: call_kw(
                self.env["crm.lead"].with_user(self.anna), "write", [self.deal.ids, {"stage_id": self.offer.id}], {}
            )
        )

    def test_caller_cannot_claim_where_a_deal_comes_from(self):
        claim = {"crm_placing": True, "crm_stages_before": {}}
        values = {"name": "Claimed", "type": "opportunity", "stage_id": self.offer.id}
        with self.assertRaises(StageGateError):
            self.env["crm.lead"].with_user(self.anna).with_context(**claim).create(values)

    def test_change_of_the_team(self):
        other = self.env["crm.team"].create({"name": "Other", "member_ids": [(4, self.anna.id)]})
        self.env["crm.stage"].search([("id", "not in", (self.fresh + self.offer).ids)]).team_ids = self.team
        self.offer.team_ids = other
        self.fresh.team_ids = self.team
        self._gate(kind="domain", domain="[('expected_revenue', '>', 1)]", message="more than one")
        self.assert_gated(lambda: self.deal.write({"team_id": other.id}))

    def test_server_action(self):
        action = self.env["ir.actions.server"].create(
            {
                "name": "Move",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "state": "code",
                "code": f"records.write({{'stage_id': {self.offer.id}}})",
            }
        )
        self.assert_gated(action.with_context(active_model="crm.lead", active_ids=self.deal.ids).run)

    def test_won_button(self):
        self.offer.write({"is_won": True, "sequence": 1})
        self.env["crm.stage"].search([("is_won", "=", True), ("id", "!=", self.offer.id)]).sequence = 900
        self.assert_gated(self.deal.action_set_won)

    def test_creation_in_the_stage(self):
        with self.assertRaises(StageGateError), self.cr.savepoint():
            self._create_deal(stage_id=self.offer.id)
        self.assertEqual(self._create_deal(stage_id=self.offer.id, expected_revenue=5).stage_id, self.offer)

    def test_event_rules_and_other_code_of_the_system(self):
        self.assert_gated(lambda: self.deal.sudo().write({"stage_id": self.offer.id}))

    def test_deal_that_stays_is_not_asked_again(self):
        self.deal.expected_revenue = 500
        self.deal.stage_id = self.offer
        self.deal.expected_revenue = 0
        self.deal.write({"stage_id": self.offer.id, "priority": "1"})
        self.assertEqual(self.deal.priority, "1")

    def test_lead_from_outside_is_never_refused_even_if_every_stage_has_a_gate(self):
        revenue = self.env["ir.model.fields"]._get("crm.lead", "expected_revenue")
        stages = self.env["crm.stage"].search([])
        self.env["crm.stage.gate"].create([{"stage_id": s.id, "kind": "field", "field_id": revenue.id} for s in stages])
        lead = self.env["crm.lead"].message_new({"email_from": "x@y.example", "subject": "S", "body": "B", "from": "x"})
        self.assertTrue(lead.stage_id)

    def test_answer_lists_what_is_missing_for_whoever_called(self):
        self._gate(kind="domain", domain="[('partner_id.email', '=', '-'), ('priority', '=', '3')]", message="a star")
        with self.assertRaises(StageGateError) as caught, self.cr.savepoint():
            self.deal.stage_id = self.offer
        rows = caught.exception.context["missing"]
        self.assertEqual([row["message"] for row in rows], ["fill in Expected Revenue", "a star"])
        self.assertEqual([row["fields"] for row in rows], [["expected_revenue"], ["priority"]])
        self.assertEqual({(row["lead_id"], row["stage_id"]) for row in rows}, {(self.deal.id, self.offer.id)})

    def test_filling_in_and_moving_is_one_step(self):
        self.deal.fill_in_and_move([(self.deal.id, {"expected_revenue": 500})], self.offer.id)
        self.assertEqual((self.deal.stage_id, self.deal.expected_revenue), (self.offer, 500))

    def test_filling_in_asks_the_gate_again(self):
        with self.assertRaises(ValidationError):
            self.deal.fill_in_and_move([(self.deal.id, {"priority": "3"})], self.offer.id)


@tagged("post_install", "-at_install")
class TestGatesOverRpc(GatedFixtures, HttpCase):
    """Other systems read the same answer as people."""

    def test_xml_rpc_and_json_rpc_name_what_is_missing(self):
        deal = self._create_deal(stage_id=self.fresh.id)
        self.authenticate("anna_test", "anna_test")
        call = ("crm.lead", "write", [deal.ids, {"stage_id": self.offer.id}])
        with self.assertRaisesRegex(Fault, "Chairs for the office.*Gated Offer.*Expected Revenue"):
            self.xmlrpc_object.execute_kw(self.env.cr.dbname, self.anna.id, "anna_test", *call)
        answer = self.url_open(
            "/web/dataset/call_kw",
            json={"params": {"model": call[0], "method": call[1], "args": call[2], "kwargs": {}}},
        ).json()["error"]["data"]
        self.assertEqual(answer["name"], "odoo.addons.crm_frontoffice.exceptions.StageGateError")
        self.assertEqual([row["fields"] for row in answer["context"]["missing"]], [["expected_revenue"]])
