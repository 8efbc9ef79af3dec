from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..common import FrontofficeCase


@tagged("post_install", "-at_install")
class TestGateway(FrontofficeCase):
    """External systems may send anything, as often as they like: right rows are in once, wrong rows are explained."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.api_user = cls._create_user(
            "api_test", "sales_team.group_sale_salesman_all_leads,base.group_partner_manager"
        )
        cls.gateway = cls.env["crm.gateway"].with_user(cls.api_user)

    def _states(self, answer):
        return [row["state"] for row in answer]

    def _customers(self, *rows, **options):
        return self.gateway.upsert_customers("shop", [{"name": "N", **row} for row in rows], **options)

    def test_company_and_its_contact_come_in_one_call(self):
        answer = self._customers(
            {"external_id": "p1", "name": "Мария Иванова", "company_external_id": "c1", "tags": "VIP;новый"},
            {
                "external_id": "c1",
                "name": "Ромашка",
                "is_company": "1",
                "country": "de",
                "email": "info@romashka.example",
            },
        )
        self.assertEqual(self._states(answer), ["created", "created"])
        person, company = self.env["res.partner"].browse([answer[0]["id"], answer[1]["id"]])
        self.assertEqual((person.parent_id, company.country_id.code), (company, "DE"))
        self.assertEqual(person.category_id.mapped("name"), ["VIP", "новый"])

    def test_spellings_of_one_tag_make_one_tag(self):
        self._customers({"external_id": "1", "tags": ["Fresh"]}, {"external_id": "2", "tags": ["fresh"]})
        self.assertEqual(self.env["res.partner.category"].search_count([("name", "=ilike", "fresh")]), 1)

    def test_repeated_call_changes_nothing(self):
        row = {"external_id": "c1", "name": "Acme", "is_company": "1", "tags": ["A"]}
        self.assertEqual(self._states(self._customers(row)), ["created"])
        self.assertEqual(self._states(self._customers(row)), ["unchanged"])
        self.assertEqual(self._states(self._customers({**row, "city": "Rome"})), ["updated"])
        self.assertEqual(self.env["res.partner"].search_count([("name", "=", "Acme")]), 1)

    def test_wrong_rows_are_explained_and_do_not_stop_right_ones(self):
        answer = self._customers(
            {"external_id": "1", "email": "nonsense"},
            {"external_id": "2"},
            {"external_id": "3", "name": " "},
            {"external_id": "4", "country": "XX"},
            {"external_id": "5", "company_external_id": "nobody"},
            {"external_id": "2"},
            {"external_id": "6", "shoe_size": 44},
            {"name": "no id"},
        )
        self.assertEqual(self._states(answer), ["error", "created", *["error"] * 6])
        fields_named = [error["field"] for row in answer for error in row["errors"]]
        self.assertEqual(
            fields_named,
            ["email", "name", "country", "company_external_id", "external_id", "shoe_size", "external_id"],
        )
        self.assertTrue(all(error["reason"] for row in answer for error in row["errors"]))

    def test_what_odoo_refuses_becomes_the_error_of_its_row(self):
        stage = self.env["crm.stage"].create({"name": "Gated", "sequence": 60})
        revenue = self.env["ir.model.fields"]._get("crm.lead", "expected_revenue")
        self.env["crm.stage.gate"].create({"stage_id": stage.id, "kind": "field", "field_id": revenue.id})
        answer = self.gateway.upsert_deals(
            "shop",
            [
                {"external_id": "d1", "name": "Complete", "stage": "Gated", "expected_revenue": "10"},
                {"external_id": "d2", "name": "Lacks its revenue", "stage": "Gated"},
            ],
        )
        self.assertEqual(self._states(answer), ["created", "error"])
        self.assertIn("Expected Revenue", answer[1]["errors"][0]["reason"])

    def test_rehearsal_keeps_nothing(self):
        before = self.env["res.partner"].search_count([])
        answer = self._customers({"external_id": "r1", "name": "Only tried", "tags": "Fresh tag"}, dry_run=True)
        self.assertEqual((self._states(answer), answer[0]["id"]), (["created"], False))
        self.assertEqual(self.env["res.partner"].search_count([]), before)
        self.assertFalse(self.env["res.partner.category"].search([("name", "=", "Fresh tag")]))
        self.assertEqual(self._states(self._customers({"external_id": "r1", "name": "Only tried"})), ["created"])

    def test_deal_has_customer_event_and_one_chatter_entry(self):
        self._customers({"external_id": "c1", "name": "Acme"})
        answer = self.gateway.upsert_deals(
            "shop",
            [
                {
                    "external_id": "d1",
                    "name": "Chairs",
                    "customer_external_id": "c1",
                    "source": "Fair",
                    "team": "Test sales",
                }
            ],
        )
        deal = self.env["crm.lead"].browse(answer[0]["id"])
        self.assertEqual((deal.partner_id.name, deal.source_id.name, deal.team_id), ("Acme", "Fair", self.team))
        self.assertEqual(len(deal.message_ids), 1)
        self.assertIn("shop", deal.message_ids.body)
        self.assertEqual(self._codes(record=deal), ["deal_created"])

    def test_products_make_their_categories(self):
        rows = [
            {"external_id": "p1", "name": "Desk", "category": "Office / Desks", "list_price": "99.5", "type": "goods"}
        ]
        answer = self.gateway.with_user(self.env.ref("base.user_admin")).upsert_products("shop", rows)
        product = self.env["product.product"].browse(answer[0]["id"])
        self.assertEqual((product.categ_id.complete_name, product.lst_price), ("Office / Desks", 99.5))
        again = self.gateway.with_user(self.env.ref("base.user_admin")).upsert_products("shop", rows)
        self.assertEqual(self._states(again), ["unchanged"])

    def test_user_without_the_right_gets_an_error_for_each_row(self):
        answer = self.gateway.upsert_products("shop", [{"external_id": "p1", "name": "Desk"}])
        self.assertEqual(self._states(answer), ["error"])

    def test_interactions_are_told_once(self):
        self._customers({"external_id": "c1", "name": "Acme"})
        row = {
            "external_id": "i1", "customer_external_id": "c1", "kind": "call", "direction": "in",
            "date": "2026-01-05 10:00:00", "summary": "Asked for prices", "duration_minutes": "12",
        }  # fmt: skip
        self.assertEqual(self._states(self.gateway.log_interactions("shop", [row])), ["created"])
        self.assertEqual(self._states(self.gateway.log_interactions("shop", [row])), ["unchanged"])
        event = self.env["crm.event"].search([("type_id.code", "=", "call_in")])
        self.assertEqual(event.payload, {"subject": "Asked for prices", "minutes": 12})
        self.assertEqual((event.res_model, event.commercial_partner_id.name), ("crm.interaction", "Acme"))

    def test_salesperson_cannot_change_a_record_that_is_not_his(self):
        admin_gateway = self.env["crm.gateway"].with_user(self.env.ref("base.user_admin"))
        admin_gateway.upsert_deals("shop", [{"external_id": "d1", "name": "Boris' deal", "salesperson": "boris_test"}])
        answer = (
            self.env["crm.gateway"].with_user(self.anna).upsert_deals("shop", [{"external_id": "d1", "name": "Mine"}])
        )
        self.assertEqual(answer[0]["errors"][0]["field"], "external_id")

    def test_strangers_are_refused(self):
        for groups in ("base.group_portal", "base.group_user"):
            user = new_test_user(self.env, login=f"gateway_{groups}", groups=groups)
            gateway = self.env["crm.gateway"].with_user(user)
            for call in (
                lambda gateway=gateway: gateway.upsert_customers("x", []),
                lambda gateway=gateway: gateway.changes(),
                lambda gateway=gateway: gateway.customer_card({"id": self.customer.id}),
            ):
                with self.assertRaises(AccessError):
                    call()

    def test_wrong_calls_are_explained(self):
        for source, rows in (("", []), ("x", "text"), ("x", ["text"]), ("x", [{}] * 1001)):
            with self.subTest(source=source), self.assertRaises(UserError):
                self.gateway.upsert_customers(source, rows)

    def test_customer_card(self):
        self._create_deal(name="Chairs")
        card = self.gateway.customer_card({"id": self.customer.id})
        self.assertEqual((card["name"], card["deals"][0]["name"]), ("Acme Works", "Chairs"))
        self.assertEqual(card["events"][0]["code"], "deal_created")
        self.assertEqual(self.gateway.customer_card({"source": "x", "external_id": "y"}), {})

    def test_unchanged_rows_cost_the_same_however_many(self):
        rows = [{"external_id": f"u{number}", "name": f"U {number}"} for number in range(100)]
        self._customers(*rows)
        self._customers(*rows)  # Odoo learns the rights of the caller once
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(11):
            self._customers(*rows)

    def test_chain_of_companies_comes_in_one_call_in_any_order(self):
        answer = self._customers(
            {"external_id": "3", "name": "Person", "company_external_id": "2"},
            {"external_id": "2", "name": "Subsidiary", "is_company": True, "company_external_id": "1"},
            {"external_id": "1", "name": "Group", "is_company": True},
        )
        self.assertEqual(self._states(answer), ["created"] * 3)
        person = self.env["res.partner"].browse(answer[0]["id"])
        self.assertEqual(person.parent_id.parent_id.name, "Group")

    def test_companies_that_own_each_other_are_refused(self):
        answer = self._customers(
            {"external_id": "a", "is_company": True, "company_external_id": "b"},
            {"external_id": "b", "is_company": True, "company_external_id": "a"},
        )
        self.assertEqual(self._states(answer), ["error", "error"])

    def test_no_is_an_answer_to_yes_or_no(self):
        self._customers({"external_id": "1", "name": "P", "is_company": True})
        answer = self._customers({"external_id": "1", "name": "P", "is_company": False})
        self.assertFalse(self.env["res.partner"].browse(answer[0]["id"]).is_company)

    def test_rows_of_merged_deals_stand_for_the_deal_that_stays(self):
        rows = [{"external_id": "1", "name": "P"}, {"external_id": "2", "name": "Q"}]
        answer = self.gateway.upsert_deals("shop", rows)
        head = self.env["crm.lead"].browse([row["id"] for row in answer]).merge_opportunity()
        self.assertEqual({row["id"] for row in self.gateway.upsert_deals("shop", rows)}, {head.id})

    def test_field_is_emptied_only_when_the_row_says_so(self):
        full = {"external_id": "1", "name": "P", "phone": "+49 30 1234567", "country": "DE", "tags": ["A"]}
        [answer] = self._customers(full)
        partner = self.env["res.partner"].browse(answer["id"])
        for nothing in ("", False, None, []):
            self._customers({"external_id": "1", "name": "P", "phone": nothing, "country": nothing, "tags": nothing})
        self.assertEqual((partner.country_id.code, partner.category_id.name), ("DE", "A"), "nothing said, nothing done")
        row = {"external_id": "1", "name": "P", "clear": ["phone", "country", "tags"]}
        self.assertEqual(self._states(self._customers(row)), ["updated"])
        self.assertEqual((partner.phone, partner.country_id.code, partner.category_id.ids), (False, False, []))
        self.assertEqual(self._states(self._customers(row)), ["unchanged"])

    def test_what_cannot_be_emptied_is_explained(self):
        answer = self._customers(
            {"external_id": "1", "clear": ["name"]},
            {"external_id": "2", "clear": "shoe_size"},
            {"external_id": "3", "phone": "+49 30 1234567", "clear": "phone"},
            {"external_id": "4", "clear": {"phone": 1}},
        )
        self.assertEqual(self._states(answer), ["error"] * 4)
        self.assertEqual([error["field"] for row in answer for error in row["errors"]], ["clear"] * 4)
        self.assertIn("phone", answer[0]["errors"][0]["hint"])

    def test_salespeople_follow_what_comes_in_and_get_no_mail_for_it(self):
        before = self.env["mail.mail"].search_count([])
        rows = [{"external_id": str(number), "name": f"P {number}", "salesperson": "anna_test"} for number in range(3)]
        partners = self.env["res.partner"].browse(row["id"] for row in self._customers(*rows))
        deals = self.env["crm.lead"].browse(row["id"] for row in self.gateway.upsert_deals("shop", rows))
        for records in (partners, deals):
            self.assertEqual(records.message_partner_ids, self.anna.partner_id)
            self.assertEqual([len(record.message_ids) for record in records], [1, 1, 1])
        self.assertEqual(self.env["mail.mail"].search_count([]), before)
