from ..common import FrontofficeCase


class CampaignCase(FrontofficeCase):
    """Customers for a campaign, and a marketer who makes it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marta = cls._create_user("marta_test", "mass_mailing.group_mass_mailing_user")

    @classmethod
    def _create_customers(cls, count, **values):
        return cls.env["res.partner"].create(
            [
                {"name": f"Customer {number}", "email": f"c{number}@shop.example", "is_company": True, **values}
                for number in range(count)
            ]
        )

    def _create_segment(self, *conditions, **values):
        lines = [(0, 0, condition) for condition in conditions]
        return self.env["crm.segment"].create({"name": "Test Segment", "condition_ids": lines, **values})

    def _find(self, *conditions, among, **values):
        """Who of these belongs to a segment with the conditions."""
        segment = self._create_segment(*conditions, **values)
        segment._refresh()
        return segment.member_ids.partner_id & among
