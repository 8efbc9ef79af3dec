from odoo import fields
from odoo.tests import freeze_time, new_test_user
from odoo.tests.common import TransactionCase

at = fields.Datetime.to_datetime

MONDAY = "2026-06-15 08:00:00"  # the start of a working day in UTC


class DeskFixtures:
    """A team with a leader, two agents and office hours in UTC; two customers, one with a colleague."""

    @classmethod
    def _set_up_desk(cls):
        cls.company = cls.env.ref("base.main_company")
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "Office",
                "tz": "UTC",
                "company_id": cls.company.id,
                "attendance_ids": [fields.Command.clear()]
                + [
                    fields.Command.create(
                        {"name": "Work", "dayofweek": str(day), "hour_from": 8, "hour_to": 16, "day_period": "morning"}
                    )
                    for day in range(5)
                ],
            }
        )
        group = "crm_service_desk.group_service_desk_"
        cls.lena = new_test_user(cls.env, "lena_lead", f"{group}lead", name="Lena Lead")
        cls.sven = new_test_user(cls.env, "sven_agent", f"{group}agent", name="Sven Agent", email="sven@desk.example")
        cls.olga = new_test_user(cls.env, "olga_agent", f"{group}agent", name="Olga Other")
        cls.max = new_test_user(cls.env, "max_manager", f"{group}manager", name="Max Manager")
        cls.policy = cls.env.ref("crm_service_desk.sla_policy_default")
        cls.team = cls._create_team("Test Team", cls.sven, user_id=cls.lena.id)
        cls.other_team = cls._create_team("Other Team", cls.olga)
        Partner = cls.env["res.partner"]
        cls.acme = Partner.create({"name": "Acme Works", "is_company": True, "email": "info@acme.example"})
        cls.alice = Partner.create({"name": "Alice", "parent_id": cls.acme.id, "email": "alice@acme.example"})
        cls.adam = Partner.create({"name": "Adam", "parent_id": cls.acme.id, "email": "adam@acme.example"})
        cls.bolt = Partner.create({"name": "Bolt Ltd", "is_company": True, "email": "info@bolt.example"})
        cls.bob = Partner.create({"name": "Bob", "parent_id": cls.bolt.id, "email": "bob@bolt.example"})

    @classmethod
    def _create_team(cls, name, members, **values):
        return cls.env["service.team"].create(
            {"name": name, "member_ids": members.ids, "calendar_id": cls.calendar.id, "sequence": 1, **values}
        )

    @classmethod
    def _create_ticket(cls, **values):
        return cls.env["service.ticket"].create(
            {"name": "The printer smokes", "partner_id": cls.alice.id, "team_id": cls.team.id, **values}
        )

    @classmethod
    def _create_portal_user(cls, partner):
        return cls.env["res.users"].create(
            {
                "name": partner.name,
                "login": partner.email,
                "password": partner.email,
                "partner_id": partner.id,
                "group_ids": [fields.Command.set([cls.env.ref("base.group_portal").id])],
            }
        )

    def _stage(self, category):
        return self.env["service.stage"]._get_first(category, self.team)[self.team]

    def _move(self, ticket, category):
        ticket.stage_id = self._stage(category)

    def _answer(self, ticket, user=None, **values):
        """An agent's message to the customer."""
        text = "Have you tried water?"
        return ticket.with_user(user or self.sven).message_post(
            body=text, message_type="comment", subtype_xmlid="mail.mt_comment", **values
        )

    def _note(self, ticket, text="Difficult person"):
        """What one agent tells the others."""
        return ticket.with_user(self.sven).message_post(body=text, message_type="comment", subtype_xmlid="mail.mt_note")

    def _write_as_customer(self, ticket, text="Hello?"):
        return ticket.message_post(
            body=text, author_id=ticket.partner_id.id, message_type="comment", subtype_xmlid="mail.mt_comment"
        )

    def _clock(self, ticket, metric="solution"):
        return ticket.sla_status_ids.filtered(lambda row: row.metric == metric)

    def _codes(self, ticket):
        """The kinds of events that the log tells about the ticket itself, oldest first."""
        return [event.type_id.code for event in self._events(ticket)]

    def _events(self, ticket):
        domain = [("res_model", "=", "service.ticket"), ("res_id", "=", ticket.id), ("type_id.kind", "=", "ticket")]
        return self.env["crm.event"].search(domain, order="id")


class DeskCase(DeskFixtures, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_desk()

    def _run_cron(self, name, moment):
        with freeze_time(moment), self.enter_registry_test_mode():
            self.assertIs(self.env.ref(f"crm_service_desk.{name}").method_direct_trigger(), True)

    def _watch(self, moment):
        self._run_cron("ir_cron_sla", moment)
