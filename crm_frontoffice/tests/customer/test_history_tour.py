from odoo.tests import HttpCase, tagged

from ..common import FrontofficeFixtures


@tagged("post_install", "-at_install")
class TestHistoryTour(FrontofficeFixtures, HttpCase):
    """A salesperson looks a customer's history through, opens a deal, and is told why it cannot move yet."""

    def test_salesperson_reads_the_history_and_is_stopped_by_a_gate(self):
        stage = self.env["crm.stage"].create({"name": "Gated", "sequence": 1})
        deadline = self.env["ir.model.fields"]._get("crm.lead", "date_deadline")
        demand = {"kind": "domain", "domain": "[('contact_name', '!=', False)]", "message": "name the decision maker"}
        self.env["crm.stage.gate"].create(
            [{"stage_id": stage.id, "field_id": deadline.id}, {"stage_id": stage.id, **demand}]
        )
        self._create_deal(name="The oldest deal")
        self.env["crm.lead"].create(
            [
                {"name": f"<img src=x> {number}", "partner_id": self.customer.id, "user_id": self.anna.id}
                for number in range(30)
            ]
        )
        deal = self._create_deal(name="Chairs")
        deal.message_post(
            body="Which colours?",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=self.contact.id,
        )
        before = deal.stage_id
        self.start_tour(f"/odoo/res.partner/{self.customer.id}", "customer_history", login="anna_test")
        deal.invalidate_recordset()
        self.assertEqual(deal.stage_id, before)
