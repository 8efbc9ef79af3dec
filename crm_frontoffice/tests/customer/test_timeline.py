from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..common import FrontofficeCase


@tagged("post_install", "-at_install")
class TestTimeline(FrontofficeCase):
    """The timeline costs the page, not the history, and shows nobody what he may not open."""

    def _read(self, user, partner=None, **options):
        return (partner or self.customer).with_user(user).get_customer_timeline(**options)

    def test_company_shows_its_contacts_and_a_contact_only_himself(self):
        self._create_deal(partner_id=self.contact.id)
        self._create_deal(partner_id=self.customer.id)
        self.assertEqual(len(self._read(self.anna)["events"]), 2)
        self.assertEqual(len(self._read(self.anna, self.contact)["events"]), 1)

    def test_rows_of_unreadable_documents_are_left_out(self):
        self._create_deal(name="For Anna")
        self._create_deal(name="For Boris", user_id=self.boris.id)
        self.assertEqual([event["document"] for event in self._read(self.anna)["events"]], ["For Anna"])
        self.assertEqual(len(self._read(self.maria)["events"]), 2)

    def test_rows_of_deleted_documents_are_left_out(self):
        self._create_deal().unlink()
        self.assertFalse(self._read(self.maria)["events"])

    def test_search_looks_at_documents_subjects_contacts_and_kinds(self):
        deal = self._create_deal(name="100% oak tables", partner_id=self.contact.id)
        self._create_deal(name="Chairs")
        self.env["crm.interaction"].with_user(self.anna).create(
            {"partner_id": self.customer.id, "summary": "Asked for a catalogue"}
        )

        def find(text):
            return [event["document"] for event in self._read(self.anna, search=text)["events"]]

        self.assertEqual(find("OAK"), [deal.name])
        self.assertEqual(find("100%"), [deal.name])
        self.assertEqual(find("karenina"), [deal.name])
        self.assertEqual(find("catalogue"), ["Call: Asked for a catalogue"])
        self.assertEqual(len(find(self.env.ref("crm_frontoffice.event_type_deal_created").name)), 2)
        self.assertFalse(find("nothing like this"))
        self.assertFalse(self._read(self.boris, search="oak")["events"])

    def test_search_goes_on_page_by_page(self):
        self.env["crm.lead"].create(
            [
                {
                    "name": f"{'Oak' if number % 2 else 'Pine'} {number}",
                    "partner_id": self.customer.id,
                    "user_id": self.anna.id,
                }
                for number in range(25)
            ]
        )
        first = self._read(self.anna, limit=10, search="oak")
        second = self._read(self.anna, limit=10, search="oak", cursor=first["cursor"])
        self.assertEqual((len(first["events"]), len(second["events"]), second["cursor"]), (10, 2, False))

    def test_pages_follow_each_other_without_gap_or_repetition(self):
        self._create_deal().copy_data()
        self.env["crm.lead"].create(
            [
                {"name": f"Deal {number}", "partner_id": self.customer.id, "user_id": self.anna.id}
                for number in range(25)
            ]
        )
        seen, cursor, pages = [], None, 0
        while cursor is not False:
            page = self._read(self.anna, cursor=cursor, limit=10)
            seen += [event["id"] for event in page["events"]]
            cursor = page["cursor"]
            pages += 1
        self.assertEqual((len(seen), len(set(seen)), pages), (26, 26, 3))
        self.assertEqual(seen, sorted(seen, reverse=True))

    def test_pages_pass_over_no_row_of_the_same_second(self):
        """Rows of a back-fill have the moments of their documents, to the microsecond."""
        for _number in range(3):
            self.customer._log_event("visit")
        self.env.cr.execute(
            "UPDATE crm_event SET date = date + interval '0.5 s' WHERE commercial_partner_id = %s", [self.customer.id]
        )
        seen, cursor = [], None
        while cursor is not False:
            page = self._read(self.anna, cursor=cursor, limit=1)
            seen += [event["id"] for event in page["events"]]
            cursor = page["cursor"]
        self.assertEqual((len(seen), len(set(seen))), (3, 3))

    def test_unreadable_rows_do_not_empty_the_page(self):
        self._create_deal(name="Old one of Anna")
        self.env["crm.lead"].create(
            [{"name": "Boris", "partner_id": self.customer.id, "user_id": self.boris.id} for _number in range(25)]
        )
        page = self._read(self.anna, limit=10)
        self.assertEqual([event["document"] for event in page["events"]], ["Old one of Anna"])

    def test_filter_by_kind(self):
        self._create_deal()
        self._create_invoice()
        events = self._read(self.maria, kinds=["invoice"])["events"]
        self.assertEqual([event["code"] for event in events], ["invoice_posted"])

    def test_documents_bear_the_names_that_odoo_gives_them(self):
        deal, order = self._create_deal(), self._create_order()
        invoice = self._create_invoice(ref="PO 7")
        wordy = self._create_invoice(ref="A reference of so many words that Odoo itself cuts it off somewhere")
        draft = self._create_invoice()
        draft.button_draft()
        order.picking_ids._log_event("delivery_done")
        names = {(event["model"], event["res_id"]): event["document"] for event in self._read(self.maria)["events"]}
        for document in (deal, order, order.picking_ids, invoice, wordy, draft):
            self.assertEqual(names[document._name, document.id], document.display_name)

    def _create_order(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "user_id": self.anna.id,
                "order_line": [(0, 0, {"product_id": self.product.id, "product_uom_qty": 1})],
            }
        )
        order.action_confirm()
        return order

    def test_subject_of_a_private_meeting_stays_private(self):
        values = {
            "name": "Secret merger",
            "start": "2026-01-05 10:00:00",
            "stop": "2026-01-05 11:00:00",
            "partner_ids": [(6, 0, self.customer.ids)],
            "user_id": self.boris.id,
        }
        meetings = self.env["calendar.event"].create([{**values, "privacy": "private"}, {**values, "privacy": False}])
        open_one, private_one = meetings[1], meetings[0]

        def names(user):
            events = self._read(user)["events"]
            return {event["res_id"]: event["document"] for event in events}

        self.assertEqual(names(self.anna), {private_one.id: "Busy", open_one.id: "Secret merger"})
        self.assertEqual(names(self.boris)[private_one.id], "Secret merger")
        # sudo: what a person sets in his own preferences
        self.env["res.users.settings"]._find_or_create_for_user(self.boris).sudo().calendar_default_privacy = "private"
        self.env.flush_all()
        self.assertEqual(set(names(self.anna).values()), {"Busy"})

    def test_page_costs_ten_queries_at_most_however_long_the_history(self):
        for _number in range(3):
            self._create_deal()
            self._create_invoice()
            self._create_order()
        self.env["crm.lead"].create([{"name": "More", "partner_id": self.customer.id} for _number in range(200)])
        self.env.flush_all()
        self._read(self.maria)  # the first reading fills the caches of access rules
        self.env.invalidate_all()
        with self.assertQueryCount(10):
            self._read(self.maria)

    def test_other_company_sees_nothing(self):
        self._create_invoice()
        other = self.env["res.company"].create({"name": "Other Company"})
        stranger = new_test_user(
            self.env, login="stranger", groups="sales_team.group_sale_manager", company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )  # fmt: skip
        self.assertFalse(self._read(stranger)["events"])

    def test_portal_user_gets_nothing(self):
        portal = new_test_user(self.env, login="portal_timeline", groups="base.group_portal")
        with self.assertRaises(AccessError):
            self._read(portal)
        with self.assertRaises(AccessError):
            self.env["crm.event"].with_user(portal).search([])
