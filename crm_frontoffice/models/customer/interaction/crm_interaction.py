from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_duration

# Event type by kind and direction of the contact.
CODES = {
    ("call", "in"): "call_in",
    ("call", "out"): "call_out",
    ("email", "in"): "message_in",
    ("email", "out"): "message_out",
    ("sms", "in"): "sms_in",
    ("sms", "out"): "sms_out",
    ("messenger", "in"): "chat",
    ("messenger", "out"): "chat",
    ("meeting", "in"): "meeting_held",
    ("meeting", "out"): "meeting_held",
    ("visit", "in"): "visit",
    ("visit", "out"): "visit",
    ("letter", "in"): "letter_in",
    ("letter", "out"): "letter_out",
}
# What the event log has told cannot be told otherwise later.
TOLD = {"kind", "direction", "date", "partner_id", "res_model", "res_id"}


class CrmInteraction(models.Model):
    """A contact with a customer that happened outside of the system: a call, a meeting, a visit, a messenger chat."""

    _name = "crm.interaction"
    _inherit = ["crm.event.source"]
    _description = "Contact with a Customer"
    _order = "date desc, id desc"

    kind = fields.Selection(
        [
            ("call", "Call"),
            ("meeting", "Meeting"),
            ("visit", "Visit"),
            ("messenger", "Messenger"),
            ("email", "E-mail"),
            ("sms", "SMS"),
            ("letter", "Letter"),
        ],
        required=True,
        default="call",
    )
    direction = fields.Selection([("out", "Outgoing"), ("in", "Incoming")], required=True, default="out")
    date = fields.Datetime(required=True, default=fields.Datetime.now, index=True)
    duration = fields.Float("Minutes", help="How long it took, in minutes.", aggregator="sum")
    result_id = fields.Many2one("crm.interaction.result", ondelete="restrict", index="btree_not_null")
    is_answered = fields.Boolean(related="result_id.is_answered", string="Reached")
    summary = fields.Char(help="One line that everybody reads in the history.")
    note = fields.Text("Notes")
    partner_id = fields.Many2one("res.partner", "Contact", required=True, index=True, ondelete="cascade")
    commercial_partner_id = fields.Many2one(
        "res.partner", "Customer", related="partner_id.commercial_partner_id", store=True, index=True
    )
    phone = fields.Char(related="partner_id.phone")
    user_id = fields.Many2one(
        "res.users", "Done By", default=lambda self: self.env.user, index=True, ondelete="set null"
    )
    team_id = fields.Many2one("crm.team", "Sales Team", compute="_compute_team_id", store=True, readonly=False)
    company_id = fields.Many2one("res.company", compute="_compute_company_id", store=True, index="btree_not_null")
    campaign_id = fields.Many2one("utm.campaign", ondelete="set null", index="btree_not_null")
    res_model = fields.Char("Model", readonly=True)
    res_id = fields.Many2oneReference("Record", model_field="res_model", readonly=True)
    record_name = fields.Char("About", compute="_compute_record_name")
    next_activity_type_id = fields.Many2one("mail.activity.type", "Next Step", ondelete="set null")
    next_date = fields.Date("Next Step Due", compute="_compute_next_date", store=True, readonly=False)
    next_summary = fields.Char("What to Do")

    _record_idx = models.Index("(res_model, res_id) WHERE res_id IS NOT NULL")
    _duration_check = models.Constraint("CHECK (duration >= 0)", "A contact cannot take less than no time.")

    @api.depends("user_id")
    def _compute_team_id(self):
        for interaction in self:
            interaction.team_id = interaction.user_id.sale_team_id

    @api.depends("res_model", "res_id", "partner_id")
    def _compute_company_id(self):
        """That of the record it is about, else that of the customer; none for a customer of all companies."""
        records = self._get_records()
        for interaction in self:
            record = records[interaction]
            interaction.company_id = (
                record.company_id if record and "company_id" in record._fields else interaction.partner_id.company_id
            )

    @api.depends("next_activity_type_id")
    def _compute_next_date(self):
        for interaction in self:
            step = interaction.next_activity_type_id
            interaction.next_date = interaction.next_date or (step._get_date_deadline() if step else False)

    @api.depends("res_model", "res_id")
    def _compute_record_name(self):
        records = self._get_records()
        for interaction in self:
            record = records[interaction]
            readable = record and record != interaction.partner_id and record.has_access("read")
            interaction.record_name = record.display_name if readable else False

    @api.depends("kind", "partner_id", "summary")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for interaction in self:
            what = interaction.summary or interaction.partner_id.name or ""
            interaction.display_name = f"{kinds.get(interaction.kind, '')}: {what}" if what else kinds[interaction.kind]

    def _get_records(self):
        """By contact, the record that it was logged from, or nothing where that is gone."""
        records = dict.fromkeys(self, self.env["res.partner"])
        for model, logged in self.filtered("res_id").grouped("res_model").items():
            if self._has_records(model):
                existing = self.env[model].browse(logged.mapped("res_id")).exists()
                by_id = dict(zip(existing._ids, existing, strict=True))
                records.update((one, by_id.get(one.res_id, existing.browse())) for one in logged)
        return records

    @api.model
    def _has_records(self, model):
        return model in self.env and not self.env[model]._abstract

    # ---- logging

    @api.model
    @api.readonly
    def action_log(self, res_model, res_id):
        """The dialog that logs a contact about a record, with its customer filled in.

        :param res_model: name of the record's model
        :param res_id: its id; the caller must be allowed to read it
        """
        if not isinstance(res_model, str) or res_model not in self.env or type(res_id) is not int:
            raise UserError(self.env._("Open the record that the contact was about and log it from there."))
        record = self.env[res_model].browse(res_id)
        record.check_access("read")
        partner = (
            record if res_model == "res.partner" else record._mail_get_partners(introspect_fields=True)[res_id][:1]
        )
        action = self.env["ir.actions.actions"]._for_xml_id("crm_frontoffice.crm_interaction_action_log")
        context = {"default_res_model": res_model, "default_res_id": res_id, "default_partner_id": partner.id}
        return {**action, "context": context}

    @api.model_create_multi
    def create(self, vals_list):
        interactions = super().create(vals_list)
        # Whoever may not see a customer says nothing about him.
        interactions.partner_id.check_access("read")
        unknown = {
            model for model in interactions.filtered("res_id").mapped("res_model") if not self._has_records(model)
        }
        if unknown:
            names = ", ".join(sorted(map(str, unknown)))
            raise UserError(self.env._("There are no records of the kind “%(model)s”.", model=names))
        for model, logged in interactions.filtered("res_id").grouped("res_model").items():
            # Whoever may not see a record says nothing about it.
            self.env[model].browse(logged.mapped("res_id")).check_access("read")
            logged._log_notes(model)
        interactions._append_events()
        interactions._plan_next_steps()
        return interactions

    def write(self, vals):
        if TOLD & vals.keys():
            raise UserError(
                self.env._(
                    "Who was contacted, when and how is part of the customer's history and stays. "
                    "Delete this contact and log it anew: %(names)s",
                    names=", ".join(self.mapped("display_name")),
                )
            )
        return super().write(vals)

    def _append_events(self):
        self.env["crm.event"]._append(
            [
                {
                    **interaction._prepare_event_values(),
                    "code": CODES[interaction.kind, interaction.direction],
                    "date": interaction.date,
                    "res_model": self._name,
                    "res_id": interaction.id,
                    "dedupe_key": f"interaction:{interaction.id}",
                    "payload": interaction._prepare_event_details(),
                }
                for interaction in self
            ]
        )

    def _prepare_event_details(self):
        details = {
            "subject": self.summary,
            "minutes": self.duration,
            "result": self.result_id.name,
            "answered": self.result_id.is_answered if self.result_id else None,
        }
        return {name: value for name, value in details.items() if value not in (False, None, 0.0, "")}

    def _log_notes(self, model):
        """Tell it in the chatter of the records too: there the colleagues look first."""
        if not hasattr(self.env[model], "_message_log_batch"):
            return
        bodies = {}
        for interaction in self:
            bodies.setdefault(interaction.res_id, Markup())
            bodies[interaction.res_id] += interaction._format_note()
        self.env[model].browse(bodies)._message_log_batch(bodies)

    def _format_note(self):
        kind = dict(self._fields["kind"]._description_selection(self.env))[self.kind]
        time = f"{format_duration(self.duration / 60)}" if self.duration else ""
        head = " · ".join(filter(None, (kind, self.partner_id.name, self.result_id.name, time)))
        note = Markup("<br/>").join(line for line in (self.summary, *(self.note or "").splitlines()) if line)
        return Markup("<p><b>%s</b><br/>%s</p>") % (head, note)

    def _plan_next_steps(self):
        """The next step becomes an activity of the record, or of the customer where the record has none."""
        vals_list = []
        due = self.filtered("next_activity_type_id")
        records = due._get_records()
        for interaction in due:
            record = records[interaction]
            target = record if record and "activity_ids" in record._fields else interaction.partner_id
            vals_list.append(
                {
                    "res_model_id": self.env["ir.model"]._get_id(target._name),
                    "res_id": target.id,
                    "activity_type_id": interaction.next_activity_type_id.id,
                    "summary": interaction.next_summary,
                    "date_deadline": interaction.next_date or fields.Date.context_today(self),
                    "user_id": (interaction.user_id or self.env.user).id,
                }
            )
        if vals_list:
            self.env["mail.activity"].create(vals_list)
