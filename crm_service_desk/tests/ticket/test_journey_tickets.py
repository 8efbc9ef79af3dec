from odoo.tests import freeze_time, tagged

from odoo.addons.crm_frontoffice.tests.campaign.journey.common import JourneyCase


@tagged("post_install", "-at_install")
@freeze_time("2026-06-15 10:00:00")
class TestJourneyTickets(JourneyCase):
    """A journey opens a ticket for each who reaches the step, once, with the team's promised times."""

    def test_each_participant_gets_one_ticket(self):
        team = self.env["service.team"].create({"name": "Onboarding", "company_id": self.company.id})
        step = {"kind": "ticket", "summary": "Set up the workplace", "ticket_team_id": team.id, "ticket_priority": "2"}
        journey = self._create_journey(step)
        partners = self.customer | self.contact
        self._enter(journey, partners)
        self._run(journey)
        tickets = self.env["service.ticket"].search([("team_id", "=", team.id)])
        self.assertEqual(tickets.partner_id, partners)
        self.assertEqual(len(tickets), 2)
        self.assertEqual(set(tickets.mapped("name")), {"Set up the workplace"})
        self.assertEqual(set(tickets.mapped("priority")), {"2"})
        self._run(journey)
        self.assertEqual(self.env["service.ticket"].search_count([("team_id", "=", team.id)]), 2)

    def test_step_without_a_team_takes_that_of_the_company(self):
        journey = self._create_journey("ticket")
        self._enter(journey, self.contact)
        self._run(journey)
        ticket = self.env["service.ticket"].search([("partner_id", "=", self.contact.id)])
        self.assertEqual(ticket.name, f"Test Journey: {self.contact.name}")
        self.assertEqual(ticket.team_id.company_id, self.company)
