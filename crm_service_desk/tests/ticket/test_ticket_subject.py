from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, tagged

from ..common import DeskCase


@tagged("post_install", "-at_install")
class TestTicketSubject(DeskCase):
    """Topic, urgency, complaint, product and warranty say what a ticket is about."""

    def test_priority_follows_from_impact_and_urgency_until_an_agent_says_otherwise(self):
        ticket = self._create_ticket(impact="high", urgency="high")
        self.assertEqual(ticket.priority, "3")
        ticket.urgency = "low"
        self.assertEqual(ticket.priority, "1")
        ticket.priority = "2"
        self.assertEqual(ticket.priority, "2")
        self.assertEqual(self._create_ticket().priority, "1")
        self.assertEqual(self._create_ticket(priority="0").priority, "0")

    def test_promises_follow_the_urgency(self):
        ticket = self._create_ticket()
        before = self._clock(ticket).target_minutes
        ticket.write({"impact": "high", "urgency": "high"})
        self.assertEqual((before, self._clock(ticket).target_minutes), (960, 240))

    def test_topic_brings_its_team_and_asks_for_details(self):
        parent = self.env["service.category"].create({"name": "Machines", "team_id": self.other_team.id})
        topic = self.env["service.category"].create({"name": "Printers", "parent_id": parent.id})
        topic.properties_definition = [{"name": "pages", "string": "Pages printed", "type": "integer"}]
        self.assertEqual(topic.complete_name, "Machines / Printers")
        teams = {}
        for user in (self.sven, self.lena):
            form = Form(self.env["service.ticket"].with_user(user))
            form.name = "No paper"
            form.category_id = topic
            ticket = form.save().sudo()
            teams[user] = ticket.team_id
        self.assertEqual(teams, {self.sven: self.team, self.lena: self.other_team}, "agents keep what they may see")
        ticket.category_properties = {"pages": 7}
        self.assertEqual(ticket.category_properties["pages"], 7)
        found = self.env["service.ticket"].search([("category_properties.pages", "=", 7)])
        self.assertEqual(found, ticket)
        with self.assertRaises(UserError):
            parent.parent_id = topic

    def test_complaint_has_cause_and_remedy(self):
        ticket = self._create_ticket(type_id=self.env.ref("crm_service_desk.ticket_type_complaint").id)
        self.assertTrue(ticket.is_complaint)
        ticket.write(
            {
                "complaint_cause_id": self.env.ref("crm_service_desk.complaint_cause_late").id,
                "complaint_verdict": "justified",
                "complaint_remedy": "discount",
            }
        )
        ticket.type_id = self.env.ref("crm_service_desk.ticket_type_question")
        self.assertFalse(ticket.is_complaint)

    def _deliver(self, lot, day):
        """The thing leaves for the customer."""
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", self.company.id)], limit=1)
        stock, customers = warehouse.lot_stock_id, self.env.ref("stock.stock_location_customers")
        self.env["stock.quant"]._update_available_quantity(lot.product_id, stock, 1, lot_id=lot)
        with freeze_time(day):
            move = self.env["stock.move"].create(
                {
                    "product_id": lot.product_id.id,
                    "product_uom_qty": 1,
                    "location_id": stock.id,
                    "location_dest_id": customers.id,
                }
            )
            move._action_confirm()
            move._action_assign()
            move.move_line_ids.write({"quantity": 1, "lot_id": lot.id})
            move.picked = True
            move._action_done()

    def test_warranty_counts_from_the_delivery_of_the_serial_number(self):
        product = self.env["product.product"].create(
            {"name": "Printer", "is_storable": True, "tracking": "serial", "warranty_months": 24}
        )
        sold, kept = self.env["stock.lot"].create([{"name": name, "product_id": product.id} for name in ("S1", "S2")])
        self._deliver(sold, "2025-01-10 10:00:00")
        tickets = [self._create_ticket(lot_id=lot.id) for lot in (sold, kept)] + [self._create_ticket()]
        for day, states in (
            ("2026-06-15", ["covered", "unknown", False]),
            ("2027-01-11", ["expired", "unknown", False]),
        ):
            with freeze_time(day), self.subTest(day=day):
                self.env.invalidate_all()
                self.assertEqual([ticket.warranty_state for ticket in tickets], states)
        self.assertEqual(tickets[0].date_warranty_end, fields.Date.to_date("2027-01-10"))

    def test_warranties_of_many_tickets_take_one_query(self):
        product = self.env["product.product"].create({"name": "Printer", "tracking": "serial", "warranty_months": 24})
        lots = self.env["stock.lot"].create([{"name": f"S{n}", "product_id": product.id} for n in range(20)])
        tickets = self.env["service.ticket"].union(*(self._create_ticket(lot_id=lot.id) for lot in lots))
        self.env.flush_all()
        counts = []
        for some in (tickets[:2], tickets):
            self.env.invalidate_all()
            some.mapped("lot_id.product_id.warranty_months")
            before = self.env.cr.sql_log_count
            some.mapped("warranty_state")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])
