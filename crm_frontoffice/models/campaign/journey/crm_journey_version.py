from odoo import fields, models
from odoo.exceptions import UserError

from . import flow_layout


class CrmJourneyVersion(models.Model):
    """The steps of a journey as they were at a time; once somebody has entered they are not changed any more."""

    _name = "crm.journey.version"
    _description = "Version of a Journey"
    _order = "number desc, id desc"
    _rec_name = "number"

    journey_id = fields.Many2one("crm.journey", required=True, index=True, ondelete="cascade")
    number = fields.Integer(default=1, readonly=True)
    state = fields.Selection(
        [("draft", "Draft"), ("published", "Published")], required=True, readonly=True, default="draft"
    )
    date_published = fields.Datetime("Published", readonly=True)
    step_ids = fields.One2many("crm.journey.step", "version_id", "Steps")
    start_id = fields.Many2one(
        "crm.journey.step", "First Step", ondelete="set null", domain="[('version_id', '=', id)]"
    )

    _one_draft = models.UniqueIndex("(journey_id) WHERE state = 'draft'", "A journey has one draft at a time.")

    def _publish(self):
        self.ensure_one()
        if not self.step_ids:
            raise UserError(self.env._("%(journey)s has no steps yet.", journey=self.journey_id.name))
        self.step_ids._check_ready()
        if not self.start_id:
            self.start_id = self._find_start()
        # sudo: a published version is closed to everybody; the one who may start the journey closes it
        self.sudo().write({"state": "published", "date_published": fields.Datetime.now()})

    def _find_start(self):
        """The step to which no other leads, the first of them."""
        targets = self.step_ids._get_targets()
        return (self.step_ids - targets)[:1] or self.step_ids[:1]

    def _copy_to_draft(self):
        self.ensure_one()
        self.journey_id.version_ids.flush_recordset(["state"])
        draft = self.create(
            {"journey_id": self.journey_id.id, "number": max(self.journey_id.version_ids.mapped("number")) + 1}
        )
        copies = self._copy_steps(draft)
        draft.start_id = copies.get(self.start_id)
        return draft

    def _copy_steps(self, target):
        """Copy the steps into a version, with the ways between them.

        :return: dict of copy by step
        """
        copies = {step: step.copy({"version_id": target.id}) for step in self.step_ids}
        empty = self.env["crm.journey.step"]
        for step, copied in copies.items():
            copied.write(
                {name: copies.get(step[name], empty).id for name in ("next_id", "other_id", "message_step_id")}
            )
            for variant, twin in zip(step.variant_ids, copied.variant_ids, strict=True):
                twin.target_id = copies.get(variant.target_id, empty)
        return copies

    # ---- the picture

    def _prepare_flow(self, participants=None):
        """What the flow shows: steps with their places and counts, and the ways between them."""
        if not self:
            return {"version": False, "editable": False, "steps": [], "ways": [], "kinds": []}
        self.ensure_one()
        steps = self.step_ids
        ways = [way for step in steps for way in step._prepare_ways()]
        start = self.start_id or (self._find_start() if steps else steps)
        places = flow_layout.lay_out(start.id, [(way["from"], way["to"]) for way in ways], steps.ids)
        counts = steps._read_counts(participants)
        return {
            "version": self.id,
            "number": self.number,
            "editable": self.state == "draft",
            "start": start.id,
            "steps": [{**step._prepare_node(counts.get(step.id, {})), **places[step.id]} for step in steps],
            "ways": ways,
            "kinds": steps._fields["kind"]._description_selection(self.env),
        }

    def insert_step(self, kind, after_id, way):
        """Put a new step of a kind behind another one, on one of its ways; first of all when there is none.

        :return: the id of the new step
        """
        self.ensure_one()
        labels = dict(self.env["crm.journey.step"]._fields["kind"]._description_selection(self.env))
        if kind not in labels:
            raise UserError(self.env._("There is no such kind of step."))
        step = self.env["crm.journey.step"].create({"version_id": self.id, "kind": kind, "name": labels[kind]})
        after = self.step_ids.filtered(lambda known: known.id == after_id)
        if after:
            step.next_id = after._get_target(way)
            after._set_target(way, step)
        else:
            step.next_id = self.start_id or ((self.step_ids - step) and self._find_start())
            self.start_id = step
        return step.id
