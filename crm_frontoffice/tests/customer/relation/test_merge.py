from odoo import Command

from ...common import FrontofficeCase


class TestMergeOfRelatedPartners(FrontofficeCase):
    """What two records said of one firm, the one record says after their merge."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.double = cls.env["res.partner"].create({"name": "ACME Works Ltd", "is_company": True})
        cls.nordwind = cls.env["res.partner"].create({"name": "Nordwind Trading", "is_company": True})

    def test_periods_of_both_are_joined(self):
        self.customer.role_ids = [
            Command.create({"role": "customer", "date_from": "2025-03-01"}),
            Command.create({"role": "partner", "date_from": "2020-01-01", "date_to": "2020-12-31"}),
        ]
        self.double.role_ids = [
            Command.create({"role": "customer", "date_from": "2024-01-01"}),
            Command.create({"role": "partner", "date_from": "2022-01-01", "date_to": "2022-12-31"}),
            Command.create({"role": "supplier"}),
        ]
        self._merge()
        self.assertCountEqual(
            [(role.role, str(role.date_from), str(role.date_to)) for role in self.customer.role_ids],
            [
                ("customer", "2024-01-01", "False"),
                ("partner", "2020-01-01", "2020-12-31"),
                ("partner", "2022-01-01", "2022-12-31"),
                ("supplier", "False", "False"),
            ],
        )

    def test_relations_of_both_stand_once_and_none_is_with_oneself(self):
        referred, competes = (
            self.env.ref("crm_frontoffice.relation_type_referred").id,
            self.env.ref("crm_frontoffice.relation_type_competes").id,
        )
        self.env["crm.partner.relation"].create(
            [
                {"first_partner_id": first.id, "type_id": kind, "second_partner_id": second.id, "date_from": since}
                for first, kind, second, since in (
                    (self.customer, referred, self.nordwind, "2025-01-01"),
                    (self.double, referred, self.nordwind, "2023-01-01"),
                    (self.customer, competes, self.double, "2024-01-01"),
                    (self.nordwind, competes, self.double, "2024-02-02"),
                )
            ]
        )
        self._merge()
        self.assertCountEqual(
            [(side.label, side.other_partner_id, str(side.date_from)) for side in self.customer.relation_ids],
            [("Referred by", self.nordwind, "2023-01-01"), ("Competes with", self.nordwind, "2024-02-02")],
        )

    def _merge(self):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([self.customer.id, self.double.id], self.customer)
        self.env.invalidate_all()
        self.assertFalse(self.double.exists())
