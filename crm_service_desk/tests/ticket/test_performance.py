from odoo.tests import freeze_time, tagged, users, warmup

from ..common import MONDAY, DeskCase


@tagged("post_install", "-at_install")
class TestPerformance(DeskCase):
    """The number of queries does not depend on the number of tickets."""

    def _count(self, function):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        function()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _create_many(self, count):
        return self.env["service.ticket"].create(
            [{"name": f"Ticket {n}", "partner_id": self.alice.id, "team_id": self.team.id} for n in range(count)]
        )

    @freeze_time(MONDAY)
    def test_creating_two_hundred_costs_as_many_queries_as_ten(self):
        self._create_many(2)
        few, many = (self._count(lambda number=number: self._create_many(number)) for number in (10, 200))
        # Odoo inserts and updates in portions of some hundred rows.
        self.assertLessEqual(many - few, 12, f"{few} queries for 10 tickets, {many} for 200")

    @freeze_time(MONDAY)
    def test_moving_two_hundred_costs_as_many_queries_as_ten(self):
        few, many = self._create_many(10), self._create_many(200)
        self._move(self._create_many(2), "waiting_customer")
        counts = []
        for tickets in (few, many):
            steps = ("waiting_customer", "open", "solved", "open")
            counts.append(
                self._count(lambda tickets=tickets, steps=steps: [self._move(tickets, step) for step in steps])
            )
        self.assertLessEqual(counts[1] - counts[0], 8, f"{counts[0]} queries for 10 tickets, {counts[1]} for 200")

    def test_watch_costs_as_many_queries_for_many(self):
        counts = []
        for number in (10, 100):
            with freeze_time(MONDAY):
                self._create_many(number)
            with freeze_time("2026-06-22 08:00:00"):
                rows = self.env["service.sla.status"]._find_missed()
                self.assertEqual(len(rows), number * 2)
                counts.append(self._count(rows._sla_settle))
        self.assertLessEqual(counts[1] - counts[0], 9, counts)

    @users("sven_agent")
    @warmup
    def test_board_and_list_do_not_grow(self):
        Ticket = self.env["service.ticket"]
        specification = {
            "number": {},
            "name": {},
            "sla_state": {},
            "sla_label": {},
            "date_deadline": {},
            "stage_id": {"fields": {"display_name": {}}},
            "commercial_partner_id": {"fields": {"display_name": {}}},
            "user_id": {"fields": {"display_name": {}}},
        }
        domain = [("date_closed", "=", False)]

        def read():
            Ticket.web_search_read(domain, specification, limit=80)

        with freeze_time(MONDAY):
            self._create_many(5).sudo()
        read()
        few = self._count(read)
        with freeze_time(MONDAY):
            self._create_many(60)
        self.assertLessEqual(self._count(read), few)

    def test_counters_of_contacts_take_one_query(self):
        for partner in (self.alice, self.bob, self.acme):
            self._create_ticket(partner_id=partner.id)
        partners = (self.acme + self.alice + self.adam + self.bob + self.bolt).with_user(self.lena)
        partners.mapped("commercial_partner_id")
        few = self._count(lambda: partners[0].ticket_count)
        self.assertLessEqual(self._count(lambda: partners.mapped("ticket_count")), few + 1)
