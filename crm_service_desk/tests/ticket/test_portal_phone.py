from odoo.tests import HttpCase, tagged

from ..common import DeskFixtures

# The page is as wide as the screen, and each of these can be touched without moving it sideways.
LOOK = """
    const wide = document.documentElement.scrollWidth;
    const actions = %s.map((selector) => [selector, document.querySelector(selector)]);
    const lost = actions.filter(([, found]) => {
        const box = found && found.getBoundingClientRect();
        return !box || !box.width || box.left < 0 || box.right > window.innerWidth;
    });
    if (wide > window.innerWidth) {
        console.error(`The page is ${wide} wide, the screen ${window.innerWidth}.`);
    } else if (lost.length) {
        console.error(`Out of reach: ${lost.map(([selector]) => selector)}`);
    } else {
        console.log("test successful");
    }
"""


@tagged("post_install", "-at_install")
class TestPortalPhone(DeskFixtures, HttpCase):
    """A customer with a telephone reads, writes and ends his tickets without scrolling sideways."""

    browser_size = "375x812"
    touch_enabled = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_desk()
        cls._create_portal_user(cls.alice)
        cls.team.has_public_form = True
        cls.ticket = cls._create_ticket(
            name="TheVeryLongNameOfADeviceThatNobodyEverPutsABlankInto" * 2,
            description="<table><tr><td>A</td><td>%s</td></tr></table>" % ("wide " * 40),
        )
        cls.env["service.category"].create(
            {
                "name": "Printers",
                "properties_definition": [{"name": "serial", "type": "char", "string": "Serial number"}],
            }
        )

    def _look(self, path, *actions, login=None):
        selectors = str([*actions])
        self.browser_js(path, LOOK % selectors, "document.readyState === 'complete'", login=login)

    def test_list_of_tickets(self):
        self._look("/my/tickets", "a[href='/my/tickets/new']", ".list-group-item", login=self.alice.email)

    def test_ticket(self):
        close = f"form[action='/my/tickets/{self.ticket.id}/close'] button"
        self._look(self.ticket.access_url, close, ".card-body", login=self.alice.email)

    def test_new_ticket(self):
        actions = ("#ticket_name", "#ticket_category", "#ticket_files", ".o_service_ticket_form button[type='submit']")
        self._look("/my/tickets/new", *actions, login=self.alice.email)

    def test_public_form(self):
        self._look("/support", "#support_email", "#support_files", "form[action='/support/send'] button")

    def test_articles(self):
        self.env["service.article"].create(
            {"name": "How to pour water", "audience": "public", "is_published": True, "body": "<p>Slowly.</p>"}
        )
        self._look("/support/articles", "a[href^='/support/articles/']")
