from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import DuplicateCase

PIXEL = b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@tagged("post_install", "-at_install")
class TestMergeAndUndo(DuplicateCase):
    """Any number of customers become one, with the values that the reviewer chose, and can be parted again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.twins = cls.env["res.partner"].create(
            [
                {
                    "name": name,
                    "phone": "8 926 1234567",
                    "email": f"anna{number}@home.example",
                    "ref": f"R{number}",
                    "category_id": [(0, 0, {"name": f"Tag {number}"})],
                }
                for number, name in enumerate(("Karenina Anna", "Anna Karenina", "Каренина Анна", "Anna Carenina"))
            ]
        )

    def _review(self, partners=None, user=None):
        partners = (partners or self.twins | self.karenina).with_user(user or self.maria)
        return partners.env["crm.match.review"].browse(partners.action_compare_duplicates()["res_id"])

    def _choose(self, review, name, partner):
        rows = [{**row, "chosen": partner.id} if row["name"] == name else row for row in review.comparison["rows"]]
        review.comparison = {**review.comparison, "rows": rows}

    def _merge_all(self, **choices):
        review = self._review()
        review.target_id = self.karenina
        for name, partner in choices.items():
            self._choose(review, name, partner)
        review.action_merge()
        return self.env["crm.match.merge"].search([("target_id", "=", self.karenina.id)], order="id")

    def test_five_become_one_with_the_values_that_were_chosen(self):
        deals = [self._create_deal(partner_id=twin.id) for twin in self.twins]
        self._merge_all(email=self.twins[2], name=self.twins[3])
        self.assertFalse(self.twins.exists())
        self.assertEqual((self.karenina.email, self.karenina.name), ("anna2@home.example", "Anna Carenina"))
        self.assertEqual({deal.partner_id for deal in deals}, {self.karenina})
        self.assertEqual(len(self.karenina.category_id), 4)

    def test_comparison_shows_what_differs(self):
        comparison = self._review().comparison
        rows = {row["name"]: row for row in comparison["rows"]}
        self.assertEqual(len(comparison["columns"]), 5)
        self.assertTrue(rows["email"]["differs"])
        self.assertFalse(rows["city"]["differs"])
        self.assertNotIn("vat", rows)

    def test_single_customer_is_compared_with_his_duplicates(self):
        self._search_all()
        self.assertIn(self.karenina, self._review(self.twins[0]).partner_ids)

    def test_salesperson_proposes_and_the_administrator_merges(self):
        review = self._review(self.twins[:2], user=self.anna)
        with self.assertRaises(AccessError):
            review.action_merge()
        review.action_propose()
        self.assertEqual(self._pairs(self.twins[0], state="proposed"), self.twins[1])

    def test_different_customers_are_never_shown_again(self):
        self._review(self.twins[:2], user=self.anna).action_not_duplicates()
        self._search_all()
        self.assertEqual(self._pairs(self.twins[0], state="not_duplicate"), self.twins[1])

    def test_choices_that_the_client_made_up_are_not_taken(self):
        review = self._review()
        rows = [{"name": "credit_limit", "chosen": self.karenina.id}, {"name": "email", "chosen": self.customer.id}]
        review.comparison = {"rows": rows}
        self.assertEqual(review._read_choices(review.partner_ids), {})

    def test_undo_brings_everything_back(self):
        deals = [self._create_deal(partner_id=twin.id) for twin in self.twins]
        self.twins[0].image_1920 = PIXEL
        self.twins[1].message_post(body="Hello")
        self.env["crm.external.ref"]._remember("webshop", "res.partner", [("A", self.twins[0].id, "")])
        child = self.env["res.partner"].create({"name": "Child", "parent_id": self.twins[0].id})
        deals[0].message_subscribe((self.twins[0] | self.karenina).ids)
        self._search_all()
        twins, ids = self.twins, self.twins.ids
        columns = ["name", "email", "phone", "ref", "category_id", "commercial_partner_id", "image_128"]
        before, messages = (twins | self.karenina).read(columns), twins[1].message_ids
        pairs = self.env["crm.match.candidate"].search_count([])
        logs = self._merge_all(email=twins[2])
        self.assertEqual(len(logs), 2)
        logs[0].with_user(self.maria).action_undo()
        self.env.invalidate_all()
        self.assertEqual(twins.exists().ids, ids)
        self.assertEqual((twins | self.karenina).read(columns), before)
        self.assertEqual(twins[1].message_ids, messages)
        self.assertEqual([deal.partner_id.id for deal in deals], ids)
        self.assertEqual((child.parent_id, child.commercial_partner_id), (twins[0], twins[0]))
        ref = self.env["crm.external.ref"].search([("source", "=", "webshop"), ("external_id", "=", "A")])
        self.assertEqual(ref.res_id, twins[0].id)
        self.assertEqual(deals[0].message_partner_ids & (twins[0] | self.karenina), twins[0] | self.karenina)
        self.assertEqual(self.env["crm.match.candidate"].search_count([]), pairs)
        self.assertEqual(set(logs.mapped("state")), {"undone"})

    def test_what_was_added_since_stays_where_it_is(self):
        logs = self._merge_all()
        deal = self._create_deal(partner_id=self.karenina.id)
        self.karenina.phone = "+7 903 000-00-01"
        logs.with_user(self.maria).action_undo()
        self.env.invalidate_all()
        self.assertEqual(deal.partner_id, self.karenina)
        self.assertEqual(self.karenina.phone, "+7 903 000-00-01")

    def test_each_has_his_own_roles_again(self):
        roles = self.env["crm.partner.role"].create(
            [
                {"partner_id": partner.id, "role": "customer", "date_from": since}
                for partner, since in ((self.karenina, "2020-01-01"), (self.twins[0], "2024-01-01"))
            ]
        )
        values = roles.read(["partner_id", "date_from", "date_to"])
        self._merge_all()[0].with_user(self.maria).action_undo()
        self.env.invalidate_all()
        self.assertEqual(roles.exists().read(["partner_id", "date_from", "date_to"]), values)

    def _decide(self, partner, decision, channel="post"):
        decided = {"channel": channel, "purpose_id": "news", "decision": decision, "source": "paper"}
        self.env["crm.consent"]._record([{**decided, "partner_id": partner.id}])

    def _states(self, channel="post"):
        self.env.invalidate_all()
        rows = (self.karenina | self.twins[0]).consent_ids.filtered(lambda row: row.channel == channel)
        return {row.partner_id: row.state for row in rows}

    def test_no_said_to_the_merged_customer_holds_for_each_of_them(self):
        with freeze_time("2026-01-01 10:00:00"):
            self._decide(self.karenina, "given")
        with freeze_time("2026-01-02 10:00:00"):
            self._decide(self.twins[0], "given")
        with freeze_time("2026-02-01 10:00:00"):
            logs = self._merge_all()
            logs.flush_recordset()
            self.env.cr.execute("UPDATE crm_match_merge SET create_date = '2026-02-01 10:00:00'")
            logs.invalidate_recordset()
        with freeze_time("2026-03-01 10:00:00"):
            self._decide(self.karenina, "withdrawn")
            logs[0].with_user(self.maria).action_undo()
        self.assertEqual(self._states(), {self.karenina: "refused", self.twins[0]: "refused"})

    def test_yes_said_to_the_merged_customer_is_nobody_elses(self):
        with freeze_time("2026-01-02 10:00:00"):
            self._decide(self.karenina, "given")
            self._decide(self.twins[0], "withdrawn")
        logs = self._merge_all()
        self._decide(self.karenina, "given")
        logs[0].with_user(self.maria).action_undo()
        self.assertEqual(self._states(), {self.karenina: "granted", self.twins[0]: "refused"})

    def test_merge_by_odoos_own_wizard_can_be_undone_too(self):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.twins[0] | self.karenina).ids, self.karenina)
        log = self.env["crm.match.merge"].search([("target_id", "=", self.karenina.id)])
        log.action_undo()
        self.assertTrue(self.twins[0].exists())
        self.assertIn(
            self.twins[0].id, [match.partner_id for match in self.karenina._find_own_duplicates()[self.karenina.id]]
        )

    def test_what_was_kept_for_an_undo_goes_with_the_customer(self):
        logs = self._merge_all()
        self.karenina.unlink()
        logs._gc_orphans()
        self.assertFalse(logs.exists())

    def test_undo_says_why_it_cannot(self):
        logs = self._merge_all()
        with self.assertRaises(AccessError):
            logs.with_user(self.anna).action_undo()
        other = self.env["res.partner"].create({"name": "Konstantin Levin"})
        self.env["crm.match.merge"]._merge(self.karenina | other, other, {})
        with self.assertRaisesRegex(UserError, "merged into Konstantin Levin since"):
            logs.with_user(self.maria).action_undo()

    def test_later_merge_is_undone_first(self):
        logs = self._merge_all()
        late = self.env["res.partner"].create({"name": "Late"})
        self.env["crm.match.merge"]._merge(self.karenina | late, self.karenina, {})
        with self.assertRaisesRegex(UserError, "Late went into the same customer later"):
            logs.with_user(self.maria).action_undo()

    def test_merged_customers_who_need_what_is_gone_cannot_come_back(self):
        industry = self.env["res.partner.industry"].create({"name": "Rare"})
        self.karenina.industry_id = self.env["res.partner.industry"].create({"name": "Other"})
        self.twins[0].industry_id = industry
        logs = self._merge_all()
        industry.unlink()
        with self.assertRaisesRegex(UserError, "cannot come back"):
            logs.with_user(self.maria).action_undo()
        self.assertFalse(self.twins.exists())

    def test_contact_is_not_merged_with_its_company(self):
        with self.assertRaises(UserError):
            self._review(self.customer | self.contact).action_merge()

    def test_login_of_a_colleague_is_not_taken_over_by_a_merge(self):
        admin = self.env.ref("base.user_admin")
        for colleague in (self.anna, admin):
            review = self._review(colleague.partner_id | self.twins[0])
            review.target_id = self.twins[0]
            with self.assertRaises(AccessError) as refused:
                review.action_merge()
            self.assertIn(colleague.name, str(refused.exception))
            self.assertNotEqual(colleague.email, self.twins[0].email)
            self.assertTrue(self.twins[0].exists())
        review = self._review(self.anna.partner_id | self.twins[0], user=admin)
        review.target_id = self.anna.partner_id
        review.action_merge()
        self.assertFalse(self.twins[0].exists())
