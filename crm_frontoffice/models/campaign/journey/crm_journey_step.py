from ast import literal_eval
from graphlib import CycleError, TopologicalSorter

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ....conditions import check_fields_readable
from ..segment.crm_segment_condition import ANSWERS

UNITS = [("minutes", "Minutes"), ("hours", "Hours"), ("days", "Days"), ("weeks", "Weeks")]
WEEKDAYS = [
    ("0", "Monday"), ("1", "Tuesday"), ("2", "Wednesday"), ("3", "Thursday"), ("4", "Friday"), ("5", "Saturday"),
    ("6", "Sunday"), ("any", "Any day"), ("work", "Monday to Friday"),
]  # fmt: skip
MESSAGE_CHANNELS = {"email": "email", "sms": "sms", "letter": "post"}


class CrmJourneyStep(models.Model):
    """One step of a journey.

    Other addons add a kind with `_do_<kind>(participants)`, or with `_decide_<kind>(claim)`.
    """

    _name = "crm.journey.step"
    _description = "Step of a Journey"
    _order = "sequence, id"

    version_id = fields.Many2one("crm.journey.version", required=True, index=True, ondelete="cascade")
    journey_id = fields.Many2one(related="version_id.journey_id", store=True, index=True, precompute=True)
    company_id = fields.Many2one(related="journey_id.company_id")
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [
            ("email", "E-mail"),
            ("sms", "SMS"),
            ("letter", "Letter"),
            ("activity", "Call or other activity"),
            ("deal", "Deal"),
            ("coupon", "Loyalty card or coupon"),
            ("pricelist", "Pricelist"),
            ("webhook", "Webhook"),
            ("wait", "Wait"),
            ("branch", "Branch"),
            ("split", "Split"),
            ("exit", "End"),
        ],
        required=True,
    )
    next_id = fields.Many2one(
        "crm.journey.step", "Goes On With", copy=False, index="btree_not_null", ondelete="set null"
    )
    other_id = fields.Many2one("crm.journey.step", "Otherwise", copy=False, index="btree_not_null", ondelete="set null")
    variant_ids = fields.One2many("crm.journey.variant", "step_id", "Ways", copy=True)
    # messages
    mailing_id = fields.Many2one("mailing.mailing", "Message", index="btree_not_null", ondelete="restrict")
    letter_body = fields.Html("Letter", translate=True, help="May hold {customer} and {company}.")
    # what people and other systems get to do
    activity_type_id = fields.Many2one("mail.activity.type", "Activity")
    summary = fields.Char(translate=True)
    note = fields.Html(translate=True)
    due_days = fields.Integer("Due in Days")
    user_id = fields.Many2one(
        "res.users", "Employee", help="Empty: the customer's salesperson, else who is responsible."
    )
    deal_stage_id = fields.Many2one("crm.stage", "Stage")
    program_id = fields.Many2one("loyalty.program", "Programme", ondelete="restrict")
    points = fields.Float(default=1.0)
    pricelist_id = fields.Many2one("product.pricelist", ondelete="restrict")
    webhook_id = fields.Many2one("crm.webhook", index="btree_not_null", ondelete="restrict")
    # waiting
    wait_kind = fields.Selection(
        [
            ("time", "For a time"),
            ("moment", "Until a day and an hour"),
            ("until", "Until something happens, or a time"),
        ],
        "Waits",
        default="time",
        required=True,
    )
    wait_number = fields.Integer("Time", default=1)
    wait_unit = fields.Selection(UNITS, default="days", required=True)
    wait_weekday = fields.Selection(WEEKDAYS, "Day", default="any", required=True)
    wait_hour = fields.Float("Hour", default=10.0, help="In the customer's time zone.")
    # deciding
    condition_kind = fields.Selection(
        [
            ("reaction", "Reacted to a message"),
            ("event", "Something happened since he entered"),
            ("segment", "Belongs to a segment"),
            ("partner", "Customer is"),
        ],
        "Condition",
        default="reaction",
        required=True,
    )
    message_step_id = fields.Many2one(
        "crm.journey.step",
        "Of the Message",
        copy=False,
        domain="[('version_id', '=', version_id), ('kind', 'in', ('email', 'sms'))]",
        ondelete="set null",
    )
    answer = fields.Selection(
        [("opened", "Opened"), ("clicked", "Clicked"), ("answered", "Answered"), ("bounced", "Came back")],
        "Reaction",
        default="clicked",
    )
    type_id = fields.Many2one("crm.event.type", "Event", ondelete="restrict")
    segment_id = fields.Many2one("crm.segment", ondelete="restrict")
    partner_domain = fields.Char("Customer Condition", default="[]")
    assumed_percent = fields.Float("Assumed %", default=30.0, help="How many take the first way, for the simulation.")

    _wait_is_positive = models.Constraint("CHECK (wait_number >= 0)", "A wait does not go back in time.")
    _hour_of_the_day = models.Constraint("CHECK (wait_hour >= 0 AND wait_hour < 24)", "An hour is from 0:00 to 23:59.")

    @api.constrains("partner_domain")
    def _check_partner_domain(self):
        for step in self:
            try:
                domain = step._parse_partner_domain()
                domain.validate(self.env["res.partner"])
                check_fields_readable(self.env["res.partner"], domain)
            except (ValueError, SyntaxError, TypeError) as error:
                raise ValidationError(
                    self.env._("%(name)s: the condition cannot be used: %(error)s", name=step.name, error=error)
                ) from error

    @api.constrains("type_id")
    def _check_type(self):
        if self.type_id.filtered("is_personal") and not self.env.user.has_group("crm_frontoffice.group_personal_data"):
            raise ValidationError(self.env._("Personal facts are for those who may see them."))

    @api.constrains("next_id", "other_id", "variant_ids", "version_id")
    def _check_ways(self):
        steps = self.version_id.step_ids
        if strangers := (steps | steps._get_targets()) - steps:
            raise ValidationError(
                self.env._("These steps are of another version: %(names)s.", names=", ".join(strangers.mapped("name")))
            )
        try:
            TopologicalSorter({step: list(step._get_targets()) for step in steps}).prepare()
        except CycleError as error:
            names = " → ".join(step.name for step in error.args[1])
            raise ValidationError(
                self.env._(
                    "A journey does not go in circles: %(names)s. Let customers enter again instead.", names=names
                )
            ) from error

    # ---- a published version is not changed any more

    @api.model_create_multi
    def create(self, vals_list):
        steps = super().create(vals_list)
        steps._check_open()
        return steps

    def write(self, vals):
        if vals.keys() - {"assumed_percent", "split_measure"}:
            self._check_open()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        self._check_open()
        self._bridge()

    def _check_open(self):
        if closed := self.filtered(lambda step: step.version_id.state == "published"):
            raise UserError(
                self.env._(
                    "Customers go by this version: edit the journey first. %(names)s",
                    names=", ".join(closed.mapped("name")),
                )
            )

    def _bridge(self):
        """Ways that lead to steps which go are joined to what comes after them."""
        for step in self:
            after = step.next_id - self
            (step.version_id.step_ids - self).filtered(lambda known, step=step: known.next_id == step).next_id = after
            (step.version_id.step_ids - self).filtered(lambda known, step=step: known.other_id == step).other_id = after
            step.version_id.step_ids.variant_ids.filtered(
                lambda way, step=step: way.target_id == step
            ).target_id = after
            if step.version_id.start_id == step:
                step.version_id.start_id = after

    # ---- ways

    def _has_other_way(self):
        return self.kind == "branch" or (self.kind == "wait" and self.wait_kind == "until")

    def _get_ways(self):
        """The ways out of a step: key, name and where it leads."""
        self.ensure_one()
        if self.kind == "exit":
            return []
        if self.kind == "split":
            return [(f"v{way.id}", f"{way.name} {way.percent:g} %", way.target_id) for way in self.variant_ids]
        if not self._has_other_way():
            return [("next", "", self.next_id)]
        if self.kind == "branch":
            return [("next", self.env._("yes"), self.next_id), ("other", self.env._("no"), self.other_id)]
        return [("next", self.env._("happened"), self.next_id), ("other", self.env._("time is over"), self.other_id)]

    def _get_targets(self):
        return self.browse().union(*(target for step in self for _key, _name, target in step._get_ways()))

    def _get_target(self, way):
        return next((target for key, _name, target in self._get_ways() if key == way), self.browse())

    def _set_target(self, way, step):
        if way.startswith("v"):
            self.variant_ids.filtered(lambda variant: f"v{variant.id}" == way).target_id = step
        else:
            self["other_id" if way == "other" else "next_id"] = step

    def _check_ready(self):
        """Before customers enter: each step has what it needs."""
        for step in self:
            needed = {
                "email": step.mailing_id.mailing_type == "mail" and step.mailing_id.mailing_model_real == "res.partner",
                "sms": step.mailing_id.mailing_type == "sms" and step.mailing_id.mailing_model_real == "res.partner",
                "letter": step.letter_body,
                "coupon": step.program_id,
                "pricelist": step.pricelist_id,
                "webhook": step.webhook_id,
                "split": step.variant_ids and abs(sum(step.variant_ids.mapped("percent")) - 100) < 0.01,
                "branch": step._is_condition_complete(),
                "wait": step.wait_kind != "until" or step._is_condition_complete(),
            }
            if not needed.get(step.kind, True):
                raise UserError(self.env._("Complete the step “%(step)s” first.", step=step.name))

    def _is_condition_complete(self):
        needed = {"reaction": self.message_step_id and self.answer, "event": self.type_id, "segment": self.segment_id}
        return bool(needed.get(self.condition_kind, True))

    def _parse_partner_domain(self):
        return Domain(literal_eval(self.partner_domain or "[]"))

    def _get_awaited_types(self):
        """The event types by which these steps, and the journeys that they are of, go on at once."""
        waiting = self.filtered(lambda step: step.kind == "wait" and step.wait_kind == "until")
        types = waiting.filtered(lambda step: step.condition_kind == "event").type_id
        codes = {ANSWERS[step.answer] for step in waiting if step.condition_kind == "reaction"}
        ids_by_code = self.env["crm.event.type"]._get_ids_by_code()
        types |= types.browse(ids_by_code[code] for code in codes if code in ids_by_code)
        return types | self.journey_id.goal_type_id | self.journey_id.exit_type_ids

    # ---- the picture

    def _prepare_node(self, counts):
        return {
            "id": self.id,
            "name": self.name,
            "kind": self.kind,
            "detail": self._describe(),
            "waiting": counts.get("waiting", 0),
            "passed": counts.get("passed", 0),
            "skipped": counts.get("skipped", 0),
            "counts": counts.get("ways", {}),
        }

    def _prepare_ways(self):
        """Ways that lead somewhere, and those that end here and could go on."""
        return [
            {"from": self.id, "to": target.id or False, "way": key, "name": name}
            for key, name, target in self._get_ways()
        ]

    def _describe(self):
        """One line below the name of the step."""
        if self.kind in ("email", "sms"):
            # sudo: who sees the journey may know what it says, even when he makes no mailings
            return self.mailing_id.sudo().subject or self.env._("no message yet")
        if self.kind == "wait":
            return self._describe_wait()
        if self.kind == "branch":
            return self._describe_condition()
        # sudo: the names of what a step gives or calls; who sees the journey may know them
        step = self.sudo()
        return {
            "activity": step.activity_type_id.name or self.env._("To-Do"),
            "coupon": step.program_id.name,
            "pricelist": step.pricelist_id.name,
            "webhook": step.webhook_id.name,
        }.get(self.kind) or ""

    def _describe_wait(self):
        units, days = (
            dict(self._fields[name]._description_selection(self.env)) for name in ("wait_unit", "wait_weekday")
        )
        time = f"{self.wait_number} {units[self.wait_unit].lower()}"
        if self.wait_kind == "until":
            return self.env._("%(condition)s, at most %(time)s", condition=self._describe_condition(), time=time)
        if self.wait_kind == "moment":
            hour, minute = divmod(round(self.wait_hour * 60), 60)
            return f"{days[self.wait_weekday]}, {hour}:{minute:02}"
        return time

    def _describe_condition(self):
        if self.condition_kind == "reaction":
            answers = dict(self._fields["answer"]._description_selection(self.env))
            return f"{self.message_step_id.name or '?'}: {answers.get(self.answer, '')}"
        return {
            "event": self.type_id.name,
            "segment": self.segment_id.name,
            "partner": self.env["crm.segment.condition"]._describe_domain("res.partner", self.partner_domain),
        }[self.condition_kind] or "?"

    def _read_counts(self, participants=None):
        """Of each step: who waits there, who has passed by which way, and who got no message.

        :param participants: a domain over participants, for a part of them
        """
        within = Domain(participants or [])
        waiting = self.env["crm.journey.participant"]._read_group(
            Domain("step_id", "in", self.ids) & Domain("state", "=", "waiting") & within, ["step_id"], ["__count"]
        )
        inside = Domain("participant_id", "any", within) if participants else Domain.TRUE
        passed = self.env["crm.journey.passage"]._read_group(
            Domain("step_id", "in", self.ids) & inside, ["step_id", "outcome"], ["__count"]
        )
        skipped = self.env["crm.journey.message"]._read_group(
            Domain("step_id", "in", self.ids) & Domain("state", "=", "skipped") & inside, ["step_id"], ["__count"]
        )
        counts = {step.id: {"ways": {}, "passed": 0} for step in self}
        for step, count in waiting:
            counts[step.id]["waiting"] = count
        for step, outcome, count in passed:
            counts[step.id]["ways"][outcome] = count
            counts[step.id]["passed"] += count
        for step, count in skipped:
            counts[step.id]["skipped"] = count
        return counts

    # ---- buttons

    def action_write_message(self):
        """Open the message of a step, a new one when there is none."""
        self.ensure_one()
        self.check_access("write")
        if not self.mailing_id:
            self.mailing_id = self.env["mailing.mailing"].create(self._prepare_mailing_values())
        return {
            "type": "ir.actions.act_window",
            "res_model": "mailing.mailing",
            "res_id": self.mailing_id.id,
            "views": [[False, "form"]],
        }

    def action_remove(self):
        """Take the step out; what led to it leads to what comes after it."""
        self.check_access("unlink")
        self.unlink()
        return {"type": "ir.actions.act_window_close"}

    def _prepare_mailing_values(self):
        journey = self.journey_id
        sender = journey.user_id.email_formatted or journey.company_id.email_formatted
        if not sender:
            raise UserError(self.env._("Enter an e-mail address for %(user)s first.", user=journey.user_id.name))
        return {
            "email_from": sender,
            "subject": self.name,
            "mailing_type": "sms" if self.kind == "sms" else "mail",
            "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
            "mailing_domain": "[]",
            "campaign_id": journey.campaign_id.id,
            "consent_purpose_id": journey.purpose_id.id,
            "user_id": journey.user_id.id,
        }
