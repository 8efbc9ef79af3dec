from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from ..common import FrontofficeCase


@tagged("post_install", "-at_install")
class TestStageGates(FrontofficeCase):
    """A deal enters a stage only with what the stage demands, on whatever path it comes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.new = cls.env["crm.stage"].create({"name": "Fresh", "sequence": -5})
        cls.proposal = cls.env["crm.stage"].create({"name": "Offer", "sequence": 50})
        revenue = cls.env["ir.model.fields"]._get("crm.lead", "expected_revenue")
        cls.env["crm.stage.gate"].create(
            [
                {"stage_id": cls.proposal.id, "kind": "field", "field_id": revenue.id},
                {
                    "stage_id": cls.proposal.id,
                    "kind": "domain",
                    "domain": "[('partner_id.email', '!=', False)]",
                    "message": "the customer needs an e-mail address",
                },
            ]
        )

    def test_refusal_names_everything_that_is_missing(self):
        self.customer.email = False
        deal = self._create_deal(stage_id=self.new.id)
        with self.assertRaisesRegex(ValidationError, "Expected Revenue.*the customer needs an e-mail address"):
            deal.with_user(self.anna).stage_id = self.proposal

    def test_complete_deal_moves(self):
        deal = self._create_deal(stage_id=self.new.id, expected_revenue=500)
        deal.with_user(self.anna).stage_id = self.proposal
        self.assertEqual(deal.stage_id, self.proposal)

    def test_one_message_names_all_culprits_of_a_mass_edit(self):
        deals = self._create_deal(name="One", stage_id=self.new.id) + self._create_deal(
            name="Two", stage_id=self.new.id
        )
        with self.assertRaisesRegex(ValidationError, "(?s)One.*Two"):
            deals.write({"stage_id": self.proposal.id})

    def test_gate_holds_in_the_form(self):
        deal = self._create_deal(stage_id=self.new.id)
        form = Form(deal)
        form.stage_id = self.proposal
        with self.assertRaises(ValidationError):
            form.save()

    def test_gate_holds_for_creation_and_import(self):
        with self.assertRaises(ValidationError):
            self._create_deal(stage_id=self.proposal.id)
        result = self.env["crm.lead"].load(["name", "type", "stage_id"], [["Imported", "opportunity", "Offer"]])
        self.assertFalse(result["ids"])

    def test_gate_holds_when_the_team_moves_the_deal(self):
        other = self.env["crm.team"].create({"name": "Other"})
        self.env["crm.stage"].search([("team_ids", "=", False)]).team_ids = other
        first = self.env["crm.stage"].create({"name": "Only", "sequence": -9, "team_ids": [(6, 0, self.team.ids)]})
        self.env["crm.stage.gate"].create(
            [
                {"stage_id": stage.id, "kind": "domain", "domain": "[('priority', '=', '3')]", "message": "priority"}
                for stage in self.env["crm.stage"].search([("team_ids", "in", other.ids)])
            ]
        )
        deal = self._create_deal(stage_id=first.id)
        with self.assertRaises(ValidationError):
            deal.team_id = other

    def test_lead_from_outside_starts_in_a_stage_that_demands_nothing(self):
        self.env["crm.stage.gate"].create(
            {"stage_id": self.new.id, "kind": "domain", "domain": "[('priority', '=', '3')]", "message": "priority"}
        )
        lead = self.env["crm.lead"].message_new(
            {"email_from": "new@customer.example", "subject": "Chairs", "body": "Hello", "from": "new@customer.example"}
        )
        self.assertTrue(lead.stage_id)
        self.assertFalse(lead.stage_id.gate_ids)

    def test_wrong_condition_is_refused_when_it_is_written(self):
        with self.assertRaises(ValidationError):
            self.env["crm.stage.gate"].create(
                {"stage_id": self.new.id, "kind": "domain", "domain": "[('no_such', '=', 1)]", "message": "x"}
            )

    def test_moving_many_deals_costs_no_query_each_for_the_gates(self):
        deals = self.env["crm.lead"].create(
            [{"name": "D", "expected_revenue": 5, "partner_id": self.customer.id} for _number in range(40)]
        )
        deals.stage_id = self.new
        self.env.flush_all()
        with self.assertQueryCount(4):
            deals._check_stage_gates()

    def test_won_button_does_not_evade_the_gate_of_the_won_stage(self):
        won = self.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        self.env["crm.stage"].create({"name": "Also won", "is_won": True, "sequence": 999})
        self.env["crm.stage.gate"].create(
            {"stage_id": won.id, "kind": "domain", "domain": "[('expected_revenue', '>', 5)]", "message": "the amount"}
        )
        with self.assertRaisesRegex(ValidationError, "the amount"):
            self._create_deal().action_set_won()
