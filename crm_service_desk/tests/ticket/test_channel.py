import json

from odoo import fields
from odoo.tests import HttpCase, tagged

from ..common import DeskFixtures


@tagged("post_install", "-at_install")
class TestChannel(DeskFixtures, HttpCase):
    """Every ticket knows on which way it came in."""

    def test_other_systems_are_told_apart_from_people(self):
        self._set_up_desk()
        expiration = fields.Datetime.add(fields.Datetime.now(), hours=1)
        key = self.env["res.users.apikeys"].with_user(self.sven)._generate("rpc", "shop", expiration)
        response = self.url_open(
            "/json/2/service.ticket/create",
            data=json.dumps({"vals_list": [{"name": "From the shop", "partner_id": self.alice.id}]}),
            headers={"Authorization": f"bearer {key}", "Content-Type": "application/json"},
        )
        self.assertEqual(response.status_code, 200, response.text)
        ticket = self.env["service.ticket"].browse(response.json())
        self.assertRecordValues(ticket, [{"channel": "rpc", "team_id": self.team.id, "user_id": False}])
