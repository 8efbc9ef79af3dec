from odoo import Command
from odoo.tests import new_test_user

from ...common import FrontofficeFixtures


class PersonFixtures(FrontofficeFixtures):
    """A person about whom a lot is known, with a rare name and address that a scan of the database finds."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls._create_user(
            "officer_test",
            "crm_frontoffice.group_personal_data,sales_team.group_sale_salesman_all_leads,base.group_partner_manager",
        )
        band = cls.env["crm.income.band"].create({"amount_from": 20000, "amount_to": 40000})
        cls.person = cls.env["res.partner"].create(
            {
                "name": "Zinaida Qwertova",
                "email": "zinaida@qwertova.example",
                "phone": "+32456998877",
                "street": "Qwertova Street 5",
                "comment": "Zinaida likes chairs",
                "birth_day": 7,
                "birth_month": "03",
                "birth_year": 1980,
                "family_status": "widowed",
                "income_band_id": band.id,
                "property_tag_ids": [Command.link(cls.env.ref("crm_frontoffice.person_tag_car").id)],
            }
        )
        cls.address = cls.env["res.partner"].create(
            {"name": "Qwertova at work", "parent_id": cls.person.id, "type": "delivery", "street": "Qwertova Lane"}
        )

    def _live(self):
        """Fill the database with what a customer leaves behind."""
        self.deal = self._create_deal(
            name="Chairs for Zinaida Qwertova", partner_id=self.person.id, email_from=self.person.email
        )
        self.deal.message_post(
            body="Zinaida Qwertova called", partner_ids=self.person.ids, attachments=[("Qwertova.txt", b"Qwertova")]
        )
        self.deal.name = "Tables for Zinaida Qwertova"
        self.deal.flush_recordset()
        self.cr.precommit.run()  # what tracking noted is written with the transaction
        self.person.message_post(body="About Qwertova", author_id=self.person.id, message_type="comment")
        self.deal.activity_schedule(
            "mail.mail_activity_data_todo", summary="Call Zinaida Qwertova", user_id=self.anna.id
        )
        self.env["calendar.event"].create(
            {
                "name": "Meeting with Zinaida Qwertova",
                "start": "2026-06-20 10:00:00",
                "stop": "2026-06-20 11:00:00",
                "opportunity_id": self.deal.id,
                "partner_ids": [Command.set(self.person.ids)],
            }
        )
        self._subscribe_and_decide()
        self._log_in_and_buy()
        self._merge_and_relate()
        self.env.flush_all()

    def _subscribe_and_decide(self):
        mailing_list = self.env["mailing.list"].create({"name": "Letters"})
        self.env["mailing.contact"].create(
            {"name": "Zinaida Qwertova", "email": self.person.email, "list_ids": [Command.link(mailing_list.id)]}
        )
        self.env["mail.blacklist"]._add(self.person.email, message="Zinaida Qwertova does not want it")
        self.env["crm.consent"]._record(
            [
                {
                    "partner_id": self.person.id,
                    "channel": "email",
                    "purpose_id": "news",
                    "decision": decision,
                    "source": "form",
                    "ip": "192.0.2.77",
                    "note": "Qwertova wrote so",
                }
                for decision in ("given", "withdrawn")
            ]
        )

    def _log_in_and_buy(self):
        self.env["res.partner.bank"].create(
            {"partner_id": self.person.id, "acc_number": "QWERTOVA1", "acc_holder_name": "Zinaida Qwertova"}
        )
        self.env["crm.gateway"].with_user(self.maria).upsert_customers(
            "webshop",
            [{"external_id": "zinaida@qwertova.example", "name": "Qwertova twin", "email": "twin@twin.example"}],
        )
        self.env["crm.external.ref"].search([("external_id", "=", "zinaida@qwertova.example")]).res_id = self.person.id
        self.env["res.partner"].search([("name", "=", "Qwertova twin")]).unlink()
        self.portal = new_test_user(
            self.env,
            "zinaida@qwertova.example",
            groups="base.group_portal",
            partner_id=self.person.id,
            name="Zinaida Qwertova",
        )
        self.portal.signature = "Zinaida Qwertova"
        self.invoice = self._create_invoice(partner_id=self.person.id)

    def _merge_and_relate(self):
        merges = self.env["crm.match.merge"].with_user(self.maria).sudo()
        for is_undone in (False, True):
            twin = self.env["res.partner"].create({"name": self.person.name, "email": "zinaida@twin.example"})
            stays = self.contact if is_undone else self.person
            merge = merges._merge(twin | stays, stays, {})
            if is_undone:
                merge._undo()
                twin.unlink()
        self.env["crm.interaction"].create(
            {"partner_id": self.person.id, "summary": "Zinaida Qwertova called", "note": "Qwertova wants oak"}
        )
        self.env["crm.hold"].create({"partner_id": self.person.id, "reason": "Qwertova does not pay"})
        self.env["crm.partner.relation"].create(
            {
                "first_partner_id": self.person.id,
                "type_id": self.env.ref("crm_frontoffice.relation_type_household").id,
                "second_partner_id": self.contact.id,
                "note": "Sister of Qwertova",
            }
        )
