from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL


class CrmJourneyStep(models.Model):
    """What a step does for a batch of participants, in the transaction in which they pass it."""

    _inherit = "crm.journey.step"

    def _get_responsible(self, partner):
        """The named employee, the customer's salesperson, else who is responsible for the journey; never a customer."""
        candidates = [self.user_id, partner.user_id or partner.commercial_partner_id.user_id, self.journey_id.user_id]
        return next((user for user in candidates if user.active and not user.share), self.journey_id.user_id)

    def _do_activity(self, participants):
        """Plan the activities in one batch; each employee is told once how many."""
        partners = participants.partner_id
        partners.fetch(["name", "user_id", "commercial_partner_id"])
        activity_type = self.activity_type_id or self.env.ref("mail.mail_activity_data_todo")
        model_id = self.env["ir.model"]._get_id("res.partner")
        deadline = fields.Date.context_today(self) + timedelta(days=self.due_days)
        partners.mapped("display_name")  # in one query: each activity keeps the name of its document
        vals_list = [
            {
                "res_model_id": model_id,
                "res_id": participant.partner_id.id,
                "activity_type_id": activity_type.id,
                "summary": self.summary or self.name,
                "note": self.note,
                "user_id": self._get_responsible(participant.partner_id).id,
                "date_deadline": deadline,
            }
            for participant in participants
        ]
        activities = self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(vals_list)
        self._tell_responsible(activities.with_context(mail_activity_quick_update=False))

    def _tell_responsible(self, activities):
        for user, planned in activities.grouped("user_id").items():
            step = self.with_context(lang=user.lang)
            self.env["mail.thread"].message_notify(
                partner_ids=user.partner_id.ids,
                subject=step.env._("%(count)s activities: %(what)s", count=len(planned), what=planned[0].summary),
                body=step.env._("They were planned by the journey “%(journey)s”.", journey=step.journey_id.name),
            )

    def _do_deal(self, participants):
        journey = self.journey_id
        self.env["crm.lead"].create(
            [
                {
                    "name": self.summary or f"{journey.name}: {participant.partner_id.name}",
                    "type": "opportunity",
                    "partner_id": participant.partner_id.id,
                    "user_id": self._get_responsible(participant.partner_id).id,
                    "company_id": journey.company_id.id,
                    "campaign_id": journey.campaign_id.id,
                    **({"stage_id": self.deal_stage_id.id} if self.deal_stage_id else {}),
                }
                for participant in participants
            ]
        )

    def _do_coupon(self, participants):
        """Give a card or coupon of the programme; a customer who has its loyalty card gets the points on it."""
        cards = self.env["loyalty.card"]
        if self.program_id.applies_on == "both":
            known = cards.search(
                [("program_id", "=", self.program_id.id), ("partner_id", "in", participants.partner_id.ids)]
            )
            known = known.grouped("partner_id")
        else:
            known = {}
        for partner, found in known.items():
            if partner in participants.partner_id:
                found[0].points += self.points
        cards.create(
            [
                {"program_id": self.program_id.id, "partner_id": participant.partner_id.id, "points": self.points}
                for participant in participants
                if participant.partner_id not in known
            ]
        )

    def _do_pricelist(self, participants):
        partners = participants.partner_id.with_company(self.journey_id.company_id)
        partners.write({"specific_property_product_pricelist": self.pricelist_id.id})

    def _do_webhook(self, participants):
        """Tell the webhook as an event of the customer's history, which is delivered like any other."""
        events = self.env["crm.event"]._append(
            [
                {
                    "code": "journey_step",
                    "partner_id": participant.partner_id.id,
                    "company_id": self.journey_id.company_id.id,
                    "user_id": participant.partner_id.user_id.id,
                    "campaign_id": self.journey_id.campaign_id.id,
                    "res_model": "res.partner",
                    "res_id": participant.partner_id.id,
                    "dedupe_key": f"journey_step:{participant.id}:{self.id}",
                    "payload": {"subject": f"{self.journey_id.name}: {self.name}", "journey_id": self.journey_id.id},
                }
                for participant in participants
            ]
        )
        self.env["crm.webhook.delivery"]._enqueue(SQL("event.id = ANY(%s)", events.ids), self.webhook_id)
