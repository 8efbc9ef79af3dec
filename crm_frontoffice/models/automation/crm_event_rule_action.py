from datetime import timedelta
from string import Formatter

from odoo import api, fields, models
from odoo.exceptions import ValidationError

PLACEHOLDERS = {"customer", "document", "event", "amount"}


class CrmEventRuleAction(models.Model):
    """One thing that a rule does. Other addons add a kind and its method `_run_<kind>`."""

    _name = "crm.event.rule.action"
    _description = "Event Rule Action"
    _order = "sequence, id"

    rule_id = fields.Many2one("crm.event.rule", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [("activity", "Plan an activity"), ("mail", "Write to the customer")], required=True, default="activity"
    )
    template_id = fields.Many2one(
        "mail.template",
        domain="[('model', 'in', ['res.partner', parent.source_model])]",
        help="A template for contacts, or for the document that the rule names.",
    )
    activity_type_id = fields.Many2one("mail.activity.type", "Activity")
    summary = fields.Char(translate=True)
    note = fields.Html(translate=True)
    due_days = fields.Integer("Due in Days", help="Days from the event to the activity's deadline.")
    responsible = fields.Selection(
        [
            ("salesperson", "Salesperson"),
            ("team_leader", "Team leader"),
            ("user", "A person"),
        ],
        default="salesperson",
        required=True,
    )
    user_id = fields.Many2one("res.users", "Employee", help="Takes it, or stands in when the role is not filled.")

    @api.constrains("responsible", "user_id")
    def _check_person(self):
        for action in self:
            if action.responsible == "user" and not action.user_id:
                raise ValidationError(self.env._("%(rule)s: name the person.", rule=action.rule_id.name))

    @api.constrains("kind", "template_id", "rule_id")
    def _check_template(self):
        for action in self.filtered(lambda action: action.kind == "mail"):
            fitting = {"res.partner", action.rule_id.source_model or "res.partner"}
            if action.template_id.model not in fitting:
                raise ValidationError(
                    self.env._(
                        "%(rule)s: choose a template for contacts or for the rule's document.", rule=action.rule_id.name
                    )
                )

    def _check_placeholders(self, text):
        """Refuse what `_format` could not fill in."""
        try:
            unknown = {name for _text, name, *_rest in Formatter().parse(text or "") if name is not None}
        except ValueError:
            unknown = {text}
        if unknown := unknown - PLACEHOLDERS:
            raise ValidationError(
                self.env._("These placeholders are not known: %(names)s.", names=", ".join(sorted(unknown)))
            )

    def _format(self, text, event):
        """Fill {customer}, {document}, {event} and {amount} in."""
        values = {
            "customer": event.commercial_partner_id.display_name,
            "document": event._get_source_record().display_name or "",
            "event": event.type_id.name,
            "amount": event.currency_id.format(event.amount) if event.currency_id else "",
        }
        return text.format_map(values)

    def _run(self, firings):
        """Carry out the action for a batch of firings.

        :return: the records made, parallel to the firings; an empty recordset where there was nothing to make
        """
        self.ensure_one()
        return getattr(self, f"_run_{self.kind}")(firings)

    def _run_activity(self, firings):
        """Plan the activity on the document; on the customer where the document cannot carry activities."""
        activity_type = self.activity_type_id or self.env.ref("mail.mail_activity_data_todo")
        vals_list = []
        for firing in firings:
            record = firing.event_id._get_activity_record()
            user = self._get_responsible(firing.event_id)
            vals_list.append(
                {
                    "res_model_id": self.env["ir.model"]._get_id(record._name),
                    "res_id": record.id,
                    "activity_type_id": activity_type.id,
                    "summary": self.summary or self.rule_id.name,
                    "note": self.note,
                    "user_id": user.id,
                    "date_deadline": fields.Date.context_today(self) + timedelta(days=self.due_days),
                }
            )
        activities = self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(vals_list)
        activities = activities.with_context(mail_activity_quick_update=False)
        self._tell_responsible(activities)
        return list(activities)

    def _tell_responsible(self, activities):
        """Who gets one activity is told of it by Odoo; who gets several at once is told once how many."""
        for user, planned in activities.grouped("user_id").items():
            if len(planned) == 1 and user != self.env.user:
                planned.action_notify()
            elif user != self.env.user:
                action = self.with_context(lang=user.lang)
                subject = action.env._("%(count)s activities: %(what)s", count=len(planned), what=planned[0].summary)
                self.env["mail.thread"].message_notify(
                    partner_ids=user.partner_id.ids,
                    subject=subject,
                    body=action.env._("They were planned by the rule “%(rule)s”.", rule=action.rule_id.name),
                )

    def _get_responsible(self, event):
        """The person by role, the named stand-in, whoever leads the team, or whoever edited the rule last.

        The activity is never left to nobody, nor to a customer with a login.
        """
        salesperson = event.user_id or event.commercial_partner_id.user_id
        team = event.team_id or salesperson.sale_team_id
        by_role = {
            "salesperson": salesperson,
            "team_leader": team.user_id,
            "user": self.user_id,
        }
        candidates = [by_role[self.responsible], self.user_id, team.user_id, salesperson, self.rule_id.write_uid]
        return next((user for user in candidates if user.active and not user.share), self.env.user)

    def _run_mail(self, firings):
        """Queue the template's message to the contact, or about the document."""
        by_model = self.template_id.model
        for firing in firings:
            event = firing.event_id
            record_id = (
                (event.partner_id or event.commercial_partner_id).id if by_model == "res.partner" else event.res_id
            )
            self.template_id.send_mail(record_id, force_send=False)
        return [self.env["mail.mail"]] * len(firings)
