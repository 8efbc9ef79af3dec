from odoo import fields
from odoo.tests import freeze_time

from odoo.addons.web.models.models import Base

from ..common import FrontofficeCase

BAR = {"field": "activity_state", "colors": {"planned": "success", "today": "warning", "overdue": "danger"}}


class TestBoard(FrontofficeCase):
    """The figures above the columns of the board are those of Odoo, by a shorter way."""

    def setUp(self):
        super().setUp()
        self.domain = [("type", "=", "opportunity"), ("partner_id", "child_of", self.customer.id)]
        today = fields.Date.context_today(self.env.user)
        for days in (None, -3, 0, 5, 5):
            deal = self._create_deal()
            if days is not None:
                deal.activity_schedule("mail.mail_activity_data_call", fields.Date.add(today, days=days))
        deal.activity_schedule("mail.mail_activity_data_call", fields.Date.subtract(today, days=1))
        self.env.flush_all()

    def test_columns_are_coloured_as_odoo_colours_them(self):
        deals = self.env["crm.lead"].with_user(self.anna)
        found = deals.read_progress_bar(self.domain, "stage_id", BAR)
        expected = Base.read_progress_bar(deals, self.domain, "stage_id", BAR)
        self.assertEqual(found, dict(expected))
        self.assertEqual({"planned": 1, "today": 1, "overdue": 2}, next(iter(found.values())))

    @freeze_time("2026-06-15 23:30:00")
    def test_day_is_that_of_the_person_who_has_to_act(self):
        tokyo, madeira = (
            self._create_user(login, "sales_team.group_sale_salesman") for login in ("yuki_seller", "luis_seller")
        )
        tokyo.tz, madeira.tz = "Asia/Tokyo", "Atlantic/Madeira"
        for user in (tokyo, madeira):
            deal = self._create_deal(user_id=user.id)
            deal.activity_schedule("mail.mail_activity_data_call", "2026-06-16", user_id=user.id)
        self.env.flush_all()
        deals = self.env["crm.lead"].with_context(tz="UTC")
        found = deals.read_progress_bar(self.domain, "stage_id", BAR)
        self.assertEqual(found, dict(Base.read_progress_bar(deals, self.domain, "stage_id", BAR)))

    def test_columns_stand_in_the_order_of_their_stages(self):
        stages = self.env["crm.stage"].create([{"name": f"S{sequence}", "sequence": sequence} for sequence in (9, 3)])
        for stage in stages:
            self._create_deal(stage_id=stage.id)
        deals = self.env["crm.lead"].with_user(self.anna)
        rows = deals._read_group(self.domain, ["stage_id"], ["__count"], order="stage_id")
        found = [stage for stage, _count in rows]
        self.assertEqual(found, list(self.env["crm.stage"].union(*found).sorted()))
        self.assertEqual(sum(count for _stage, count in rows), deals.search_count(self.domain))
        part = deals._read_group(self.domain, ["stage_id"], ["__count"], order="stage_id", offset=1, limit=1)
        self.assertEqual(part, rows[1:2])

    def test_seller_counts_only_his_own_deals(self):
        self.assertFalse(self.env["crm.lead"].with_user(self.boris).read_progress_bar(self.domain, "stage_id", BAR))
