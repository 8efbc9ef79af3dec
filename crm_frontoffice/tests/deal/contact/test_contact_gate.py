from odoo import Command
from odoo.exceptions import ValidationError

from ...common import FrontofficeCase


class TestContactGate(FrontofficeCase):
    """A stage may demand that a contact's part, or the products, are known."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.offer = cls.env["crm.stage"].create({"name": "Offer", "sequence": 50})
        cls.deal = cls._create_deal(cls).with_user(cls.anna)

    def _gate(self, kind, **values):
        self.env["crm.stage.gate"].create({"stage_id": self.offer.id, "kind": kind, **values})

    def _assert_refused(self, text):
        with self.assertRaisesRegex(ValidationError, text), self.cr.savepoint():
            self.deal.stage_id = self.offer
        self.env.invalidate_all()

    def test_decision_maker_must_be_known(self):
        role = self.env.ref("crm_frontoffice.contact_role_decision_maker")
        self._gate("contact", contact_role_id=role.id)
        self._assert_refused("Decision maker")
        self.deal.contact_ids = [Command.create({"partner_id": self.contact.id})]
        self._assert_refused("Decision maker")
        self.deal.contact_ids.role_id = role
        self.deal.stage_id = self.offer
        self.assertEqual(self.deal.stage_id, self.offer)

    def test_products_must_be_named(self):
        self._gate("product")
        self._assert_refused("add the products")
        self.deal.line_ids = [Command.create({"product_id": self.product.id})]
        self.deal.stage_id = self.offer
        self.assertEqual(self.deal.stage_id, self.offer)
