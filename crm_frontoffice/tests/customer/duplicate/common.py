from ...common import FrontofficeCase


class DuplicateCase(FrontofficeCase):
    """Customers, rules, and the search that the cron does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rules = cls.env["crm.match.rule"]
        cls.karenina = cls.env["res.partner"].create(
            {
                "name": "Анна Каренина",
                "email": "anna.karenina@home.example",
                "phone": "+7 926 123-45-67",
                "street": "ул. Ленина, д. 5",
                "zip": "101000",
                "city": "Москва",
            }
        )
        cls.env["crm.match.key"].search([]).is_new = False

    def _search_all(self):
        """What the scheduled search does with everything that is new."""
        while self.env["crm.match.candidate"]._search_next():
            pass

    def _pairs(self, partner, **criteria):
        candidates = self.env["crm.match.candidate"].search(
            ["|", ("partner_a_id", "=", partner.id), ("partner_b_id", "=", partner.id)]
            + [(name, "=", value) for name, value in criteria.items()]
        )
        return (candidates.partner_a_id | candidates.partner_b_id) - partner

    def _block(self, **values):
        """A rule that refuses."""
        return self.rules.create({"name": "No twins", "action": "block", "threshold": 75, **values})
