from datetime import timedelta

from odoo import Command, fields

from ...common import FrontofficeFixtures


class ApprovalFixtures(FrontofficeFixtures):
    """Team leader Maria decides about discounts above ten percent; her deputy is Dora."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dora = cls._create_user("dora_test", "sales_team.group_sale_salesman_all_leads")
        cls.leader = cls._create_user("lena_test", "sales_team.group_sale_salesman_all_leads")
        cls.team.user_id = cls.leader
        cls.leader.deputy_id = cls.dora
        cls.rule = cls.env["crm.approval.rule"].create(
            {"name": "Big discount", "subject": "discount", "discount_limit": 10.0}
        )

    def _create_order(self, discount=20.0, **values):
        return (
            self.env["sale.order"]
            .with_user(self.anna)
            .create(
                {
                    "partner_id": self.customer.id,
                    "team_id": self.team.id,
                    "user_id": self.anna.id,
                    "order_line": [
                        Command.create({"product_id": self.product.id, "product_uom_qty": 2, "discount": discount})
                    ],
                    **values,
                }
            )
        )

    def _send_on_leave(self, user):
        user.write(
            {
                "out_of_office_from": fields.Datetime.now() - timedelta(days=1),
                "out_of_office_to": fields.Datetime.now() + timedelta(days=7),
            }
        )
