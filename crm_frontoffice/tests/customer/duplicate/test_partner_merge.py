from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL

from ...common import FrontofficeCase

OUR_ADDONS = {"crm_frontoffice", "crm_service_desk", "crm_analytics"}


@tagged("post_install", "-at_install")
class TestPartnerMerge(FrontofficeCase):
    """A merge of partners by Odoo's own wizard loses no row, and what is derived from the partner stays right."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.twin = cls.env["res.partner"].create({"name": "Acme Works", "email": "info@acme.example"})

    def _merge(self, sources, target):
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(self.maria).create({})
        # sudo: as the wizard's own button does for administrators; the rights are Odoo's affair
        wizard.sudo()._merge((sources | target).ids, target)

    def test_follower_of_many_documents_follows_them_after_one_clash(self):
        deals = self.env["crm.lead"].create([{"name": f"Deal {number}"} for number in range(4)])
        deals.message_subscribe(self.twin.ids)
        deals[0].message_subscribe(self.customer.ids)
        self._merge(self.twin, self.customer)
        for deal in deals:
            self.assertEqual(deal.message_partner_ids & (self.customer | self.twin), self.customer)

    def test_customer_behind_a_merged_contact_is_right_in_the_log(self):
        other = self.env["res.partner"].create({"name": "Other Works", "is_company": True})
        mover = self.env["res.partner"].create({"name": "Anna Karenina", "parent_id": other.id})
        mover._log_event("visit")
        self.twin._log_event("visit")
        self._merge(mover | self.twin, self.contact)
        events = self.env["crm.event"].search([("partner_id", "=", self.contact.id)])
        self.assertEqual(len(events), 2)
        self.assertEqual(events.commercial_partner_id, self.contact.commercial_partner_id)

    def test_contacts_of_a_merged_company_belong_to_the_customer_behind_the_target(self):
        clerk = self.env["res.partner"].create({"name": "Clerk", "parent_id": self.twin.id})
        clerk._log_event("visit")
        self._merge(self.twin, self.contact)
        self.assertEqual(clerk.commercial_partner_id, self.customer)
        event = self.env["crm.event"].search([("partner_id", "=", clerk.id)])
        self.assertEqual(event.commercial_partner_id, self.customer)

    def test_every_pair_of_model_and_id_moves(self):
        self.env["crm.external.ref"]._remember("webshop", "res.partner", [("A", self.twin.id, "")])
        rating = self.env["rating.rating"].create({"res_model_id": self.env["ir.model"]._get_id("res.partner"),
                                                   "res_id": self.twin.id})  # fmt: skip
        self._merge(self.twin, self.customer)
        ref = self.env["crm.external.ref"].search([("source", "=", "webshop"), ("external_id", "=", "A")])
        self.assertEqual((ref.res_id, rating.res_id), (self.customer.id, self.customer.id))

    def test_keys_and_pairs_survive_a_clash(self):
        """The twin shares a key and a pair with the target, and has others besides."""
        other, stranger = self.env["res.partner"].create([{"name": "Other"}, {"name": "Stranger"}])
        candidate = self.env["crm.match.candidate"]
        for pair in ((self.customer, other), (other, self.twin), (stranger, self.twin), (self.customer, self.twin)):
            candidate._ensure(pair[0] | pair[1])
        candidate.search([("partner_a_id", "=", self.twin.id), ("partner_b_id", "=", other.id)]).action_not_duplicate()
        self._merge(self.twin, self.customer)
        pairs = candidate.search([("partner_a_id", "=", self.customer.id)])
        self.assertEqual(pairs.partner_b_id, other + stranger)
        decided = pairs.filtered(lambda pair: pair.partner_b_id == other)
        self.assertEqual(decided.state, "not_duplicate")
        keys = self.env["crm.match.key"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual(len(keys.filtered(lambda key: key.kind == "email")), 1)

    def test_of_rows_that_say_the_same_the_first_in_the_order_of_the_model_stays(self):
        key = self.env["crm.match.key"]
        key.search([("partner_id", "in", (self.twin + self.customer).ids)]).unlink()
        rows = key.create(
            [
                {"partner_id": self.twin.id, "kind": "email", "value": 3},
                {"partner_id": self.customer.id, "kind": "email", "value": 1},
                {"partner_id": self.customer.id, "kind": "tax", "value": 5},
                {"partner_id": self.twin.id, "kind": "tax", "value": 4},
                {"partner_id": self.twin.id, "kind": "phone", "value": 7},
            ]
        )
        with (
            patch.object(type(key), "_partner_merge_keys", (("partner_id", "kind"),)),
            patch.object(type(key), "_partner_merge_order", "value DESC"),
        ):
            key._premerge_partners(self.twin.ids, self.customer.id)
        left = rows.exists()
        self.assertEqual(left.partner_id, self.customer)
        self.assertEqual(left.mapped("value"), [3, 5, 7])

    def test_each_of_our_tables_with_a_unique_partner_says_what_a_merge_does(self):
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT cls.relname, att.attname
                     FROM pg_constraint con
                     JOIN pg_class cls ON cls.oid = con.conrelid
                     JOIN pg_attribute att ON att.attrelid = cls.oid AND att.attnum = con.conkey[1]
                     JOIN pg_index idx ON idx.indrelid = cls.oid AND idx.indisunique
                    WHERE con.contype = 'f' AND con.confrelid = 'res_partner'::regclass
                      AND (con.conkey[1] = ANY(idx.indkey)
                           OR pg_get_indexdef(idx.indexrelid) ~ ('\\m' || att.attname || '\\M'))"""
            )
        )
        tables = {
            model._table: name for name, model in self.env.registry.items() if model._original_module in OUR_ADDONS
        }
        silent = []
        for table, column in rows:
            if table in tables:
                model = self.env[tables[table]]
                told = {name for key in getattr(model, "_partner_merge_keys", ()) for name in key}
                settles = getattr(type(model), "_premerge_partners", None)
                own_rule = settles and settles is not self.env.registry["crm.partner.merge.mixin"]._premerge_partners
                if not (own_rule or column in told):
                    silent.append(f"{table}.{column}")
        self.assertFalse(silent, "These tables lose rows in a merge: inherit crm.partner.merge.mixin")
