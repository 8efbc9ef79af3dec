from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, freeze_time, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.queue_job.tests.common import trap_jobs

from .common import PersonFixtures

# The law wants books and contracts kept for years; what Odoo logs and sends is emptied by itself.
KEPT_TABLES = {"account_move", "account_move_line", "account_payment", "sale_order", "bus_bus", "ir_logging"}
TRACES = ("qwertova", "zinaida", "192.0.2.77", "456998877")


@tagged("post_install", "-at_install")
@freeze_time("2026-06-15 10:00:00")
class TestErasure(PersonFixtures, TransactionCase):
    """Nothing that tells who it was stays behind, but what the law wants kept; and he is not written to again."""

    def setUp(self):
        super().setUp()
        self._live()

    def _request(self, **values):
        return self.env["crm.privacy.request"].with_user(self.officer).create({"partner_id": self.person.id, **values})

    def _erase(self):
        self._request(is_confirmed=True).action_erase()
        self.env.flush_all()
        self.env.invalidate_all()

    def _find_traces(self):
        """Every column of texts in the database that still names the person, as table.column: value."""
        columns = self.env.execute_query(
            SQL(
                """SELECT col.table_name, col.column_name FROM information_schema.columns col
                     JOIN information_schema.tables tab USING (table_schema, table_name)
                    WHERE col.table_schema = current_schema AND tab.table_type = 'BASE TABLE'
                      AND col.data_type IN ('text', 'character varying', 'json', 'jsonb')"""
            )
        )
        found = []
        for table, column in columns:
            if table in KEPT_TABLES:
                continue
            text = SQL("%s::text", SQL.identifier(column))
            likes = SQL(" OR ").join(SQL("%s ILIKE %s", text, f"%{trace}%") for trace in TRACES)
            rows = self.env.execute_query(SQL("SELECT %s FROM %s WHERE %s LIMIT 3", text, SQL.identifier(table), likes))
            found += [f"{table}.{column}: {row[0][:80]}" for row in rows]
        return found

    def test_no_trace_is_left_in_the_whole_database(self):
        tables = {trace.split(".")[0] for trace in self._find_traces()}
        self.assertLessEqual({"res_partner", "crm_lead", "mail_message", "res_users", "mailing_contact"}, tables)
        self._erase()
        self.assertEqual(self._find_traces(), [])

    def test_what_the_law_wants_stays(self):
        self._erase()
        self.assertEqual((self.invoice.state, self.invoice.amount_total), ("posted", 200.0))
        self.assertEqual(self.invoice.invoice_partner_display_name, "Zinaida Qwertova")
        self.assertEqual(self.invoice.partner_id.name, "Erased person")

    def test_what_was_counted_stays_counted(self):
        events = self.env["crm.event"].search([("partner_id", "=", self.person.id)])
        revenue = self.deal.expected_revenue
        self.assertTrue(events)
        self._erase()
        self.assertEqual(len(events.exists()), len(events))
        self.assertFalse(events.partner_id | events.commercial_partner_id)
        self.assertEqual(self.deal.expected_revenue, revenue)

    def test_login_ends(self):
        self._erase()
        self.assertFalse(self.portal.active)
        self.assertEqual(self.portal.login, f"erased-{self.portal.id}")

    def test_proof_of_consent_stays_without_the_address(self):
        self._erase()
        events = self.env["crm.consent.event"].search([("partner_id", "=", self.person.id)])
        self.assertEqual(set(events.mapped("decision")) & {"requested", "withdrawn"}, {"requested", "withdrawn"})
        self.assertTrue(all(len(event.address) == 64 for event in events if event.channel == "email"))

    def test_whoever_is_imported_again_gets_no_advertising(self):
        self._erase()
        again = self.env["res.partner"].create({"name": "Z. Q.", "email": "Zinaida@Qwertova.example"})
        self.assertFalse(again._filter_consented("email", "news"))
        self.assertTrue(again.is_blacklisted)
        self.assertEqual(again.consent_event_ids.source, "erasure")
        self.env["mail.blacklist"].search([]).unlink()
        self.env["mailing.contact"].create({"name": "Z", "email": "zinaida@qwertova.example"})
        self.assertTrue(self.env["mail.blacklist"].search([("email", "=", "zinaida@qwertova.example")]))

    def test_neighbours_lose_nothing(self):
        self.contact.message_post(body="Dear Anna")
        other = self._create_deal()
        self._erase()
        self.assertEqual(self.contact.name, "Anna Karenina")
        self.assertEqual(other.name, "Chairs for the office")
        self.assertIn("Dear Anna", self.contact.message_ids[0].body)

    def test_address_that_ends_alike_belongs_to_somebody_else(self):
        """One address stands in the other, and one differs from it by what is a wildcard in a search."""
        self.person.email = "z_q@qwertova.example"
        bodies = {}
        for address in ("anna.z_q@qwertova.example", "zxq@qwertova.example"):
            other = self.env["res.partner"].create({"name": address, "email": address})
            message = self.contact.message_post(body="From me", email_from=f'"Other" <{address}>', author_id=False)
            mail = self.env["mail.mail"].create({"email_to": address, "body_html": "To me"})
            bodies[other] = message, mail
        mine = self.contact.message_post(body="Mine", email_from="Z <Z_Q@qwertova.example>", author_id=False)
        self._erase()
        for message, mail in bodies.values():
            self.assertIn("From me", message.body)
            self.assertTrue(mail.exists())
        self.assertFalse(mine.body)

    def test_undone_merges_of_others_stay_in_the_log(self):
        """An address without a name is named like nobody, and a part of a name is somebody else's."""
        self.address.name = False
        self.person.name = "Zi"
        merges = self.env["crm.match.merge"]
        for name in ("Zinovy", "Zi"):
            twin = self.env["res.partner"].create({"name": name})
            merges |= merges._merge(twin | self.contact, self.contact, {})
            merges[-1:]._undo()
        self._erase()
        self.assertEqual(merges.exists().mapped("source_names"), ["Zinovy"])

    def test_second_erasure_finds_nothing_to_do(self):
        self._erase()
        self._erase()
        self.assertEqual(self._find_traces(), [])

    def test_log_tells_who_and_how_much_but_not_what(self):
        self._erase()
        log = self.env["crm.privacy.log"].with_user(self.officer).search([("action", "=", "erased")])
        self.assertEqual((log.user_id, log.partner_id), (self.officer, self.person))
        self.assertIn("Messages (blanked)", log.details)

    def test_preview_counts_what_goes_and_what_stays(self):
        preview = self._request().preview
        for text in ("Messages", "is deleted", "stays, as the law demands"):
            self.assertIn(text, preview)

    def test_open_invoice_stops_the_erasure_until_it_is_confirmed(self):
        request = self._request()
        self.assertIn(self.invoice.name, request.open_documents)
        with self.assertRaisesRegex(UserError, "not settled"):
            request.action_erase()
        self.assertEqual(self.person.name, "Zinaida Qwertova")

    def test_company_and_colleague_are_refused(self):
        for partner, text in ((self.customer, "no person"), (self.anna.partner_id, "colleague")):
            request = self.env["crm.privacy.request"].with_user(self.officer).create({"partner_id": partner.id})
            with self.subTest(text=text), self.assertRaisesRegex(UserError, text):
                request.action_erase()

    def test_whoever_hangs_on_the_person_is_not_erased_unawares(self):
        son = self.env["res.partner"].create({"name": "Ivan", "parent_id": self.person.id})
        self.assertIn("Ivan", self._request().open_documents)
        for values, text in (({"is_company": True}, "no person"), ({"user_ids": self.anna.ids}, "colleague")):
            with self.subTest(text=text), self.assertRaisesRegex(UserError, text), self.env.cr.savepoint():
                if "user_ids" in values:
                    self.anna.partner_id.parent_id = self.person
                else:
                    son.write(values)
                self._request(is_confirmed=True).action_erase()
        self.assertTrue(self.anna.active)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_manager_without_the_right_erases_nothing(self):
        request = self._request(is_confirmed=True)
        with self.assertRaises(AccessError):
            request.with_user(self.maria).action_erase()

    def test_much_data_is_erased_in_the_background(self):
        self.env["crm.event"]._append([{"code": "visit", "partner_id": self.person.id}] * 2001)
        with trap_jobs() as trap:
            self._request(is_confirmed=True).action_erase()
            self.assertEqual(self.person.name, "Zinaida Qwertova")
            trap.perform_enqueued_jobs()
        self.env.invalidate_all()
        self.assertEqual(self.person.name, "Erased person")
