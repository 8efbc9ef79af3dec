from odoo.addons.queue_job.tests.common import trap_jobs

from ..common import CampaignCase

ENGINE = "odoo.addons.crm_frontoffice.models.campaign.journey.engine.crm_journey_step"


class JourneyCase(CampaignCase):
    """A journey that is made of a few words, and customers to go through it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"quiet_from": 0, "quiet_to": 0})
        cls.visit = cls.env.ref("crm_frontoffice.event_type_visit")

    @classmethod
    def _create_journey(cls, *steps, **values):
        """A running journey of steps one after the other; a step is a kind or a dictionary of values."""
        journey = cls.env["crm.journey"].create({"name": "Test Journey", **values})
        cls._add_steps(journey.draft_id, *steps)
        with trap_jobs():
            journey.action_start()
        return journey

    @classmethod
    def _add_steps(cls, version, *steps):
        """Steps one after the other, of which the first is where customers enter unless the version has one."""
        before, made = cls.env["crm.journey.step"], []
        for step in steps:
            given = {"kind": step} if isinstance(step, str) else step
            number = len(version.step_ids) + 1
            values = {"version_id": version.id, "name": f"{number} {given['kind']}", "sequence": number}
            created = before.create({**values, **cls._prepare_message(given["kind"]), **given})
            before.next_id = before.next_id or created
            before = created
            made.append(created)
        version.start_id = version.start_id or made[0]
        return made

    @classmethod
    def _prepare_message(cls, kind):
        if kind not in ("email", "sms"):
            return {}
        values = {
            "subject": "Hello",
            "mailing_type": "sms" if kind == "sms" else "mail",
            "mailing_model_id": cls.env["ir.model"]._get_id("res.partner"),
            "body_html": "<p>Hello</p>",
            "body_plaintext": "Hello",
            "user_id": cls.env.user.id,
        }
        return {"mailing_id": cls.env["mailing.mailing"].create(values).id}

    def _enter(self, journey, partners):
        known = journey.participant_ids
        with trap_jobs():
            journey.enrol(partners.ids)
        journey.invalidate_recordset(["participant_ids"])
        return journey.participant_ids - known

    def _run(self, journey):
        """Do what the jobs would do, until nobody is due any more."""
        steps = self.env["crm.journey.step"]
        with trap_jobs():
            for _round in range(20):
                for step in steps._get_due_steps(journey):
                    step._tick()
            self.assertFalse(steps._get_due_steps(journey), "the journey does not get any further")
            for step in journey.version_ids.step_ids.filtered(lambda step: step.kind in ("email", "sms")):
                step._hand_over()

    def _get_places(self, participants):
        """Where participants are: the name of the step, or the state of those who wait no more."""
        participants.invalidate_recordset()
        return [row.step_id.name or row.state for row in participants.sorted("id")]

    def _get_messages(self, journey):
        rows = self.env["crm.journey.message"].search([("journey_id", "=", journey.id)], order="id")
        return [(row.partner_id.name, row.channel, row.state, row.reason) for row in rows]

    def _get_mailed(self, journey):
        return sorted(journey.version_id.step_ids.mailing_id.mailing_trace_ids.mapped("res_id"))
