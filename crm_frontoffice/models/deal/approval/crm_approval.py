from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import float_compare, hash_sign, verify_hash_signed

LINK_SCOPE = "crm_approval"
LINK_HOURS = 30 * 24
DOCUMENTS = ("lead_id", "order_id")
MANAGER = "sales_team.group_sale_manager"


class CrmApproval(models.Model):
    """One question to somebody who may decide it: may this deal enter a stage, may this discount be given.

    It is a record beside the deal or the order, which stay free to be changed meanwhile; a yes holds up to the amount
    or the discount for which it was given.
    """

    _name = "crm.approval"
    _inherit = "crm.lead.belonging.mixin"
    _description = "Approval"
    _order = "id desc"

    _lead_merge_key = "rule_id"

    rule_id = fields.Many2one("crm.approval.rule", required=True, readonly=True, index=True, ondelete="restrict")
    subject = fields.Selection(related="rule_id.subject")
    lead_id = fields.Many2one(required=False, readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True, index="btree_not_null", ondelete="cascade")
    stage_id = fields.Many2one("crm.stage", "Wanted Stage", readonly=True, ondelete="set null")
    company_id = fields.Many2one(
        "res.company", related=False, compute="_compute_document", compute_sudo=True, store=True
    )
    user_id = fields.Many2one("res.users", "Salesperson", compute="_compute_document", store=True)
    team_id = fields.Many2one("crm.team", "Sales Team", compute="_compute_document", store=True)
    partner_id = fields.Many2one("res.partner", "Customer", compute="_compute_partner_id")
    requester_id = fields.Many2one("res.users", "Asked By", required=True, readonly=True, ondelete="restrict")
    approver_id = fields.Many2one(
        "res.users", "Asked", required=True, readonly=True, index=True, ondelete="restrict", help="Who is to decide."
    )
    reason = fields.Text(readonly=True)
    covered = fields.Float("Up to", readonly=True, help="A yes holds up to this amount, or this discount in percent.")
    covered_text = fields.Char("About", compute="_compute_covered_text")
    state = fields.Selection(
        [("pending", "Waiting"), ("approved", "Approved"), ("refused", "Refused"), ("withdrawn", "Withdrawn")],
        required=True,
        readonly=True,
        default="pending",
        index=True,
    )
    decider_id = fields.Many2one("res.users", "Decided By", readonly=True, ondelete="restrict")
    date_decided = fields.Datetime("Decided On", readonly=True)
    comment = fields.Text("Answer", readonly=True)
    activity_id = fields.Many2one("mail.activity", readonly=True, ondelete="set null")
    is_decision_allowed = fields.Boolean(compute="_compute_is_decision_allowed")

    _one_document = models.Constraint(
        "CHECK((lead_id IS NULL) <> (order_id IS NULL))", "An approval is about a deal or about an order."
    )
    _lead_pending_unique = models.UniqueIndex("(rule_id, lead_id) WHERE state = 'pending' AND lead_id IS NOT NULL")
    _order_pending_unique = models.UniqueIndex("(rule_id, order_id) WHERE state = 'pending' AND order_id IS NOT NULL")

    @api.depends(*(f"{document}.{name}" for document in DOCUMENTS for name in ("user_id", "team_id", "company_id")))
    def _compute_document(self):
        for approval in self:
            record = approval._get_document()
            approval.user_id, approval.team_id = record.user_id, record.team_id
            approval.company_id = record.company_id

    @api.depends("lead_id.partner_id", "order_id.partner_id")
    def _compute_partner_id(self):
        for approval in self:
            approval.partner_id = approval._get_document().partner_id

    @api.depends("rule_id", "lead_id", "order_id")
    def _compute_display_name(self):
        for approval in self:
            approval.display_name = f"{approval.rule_id.name}: {approval._get_document().display_name}"

    @api.depends("covered", "subject", "lead_id.company_currency")
    def _compute_covered_text(self):
        for approval in self:
            if approval.subject == "discount":
                approval.covered_text = self.env._("%(percent)s %% discount", percent=f"{approval.covered:g}")
            else:
                amount = approval.lead_id.company_currency.format(approval.covered) if approval.lead_id else ""
                stage = approval.stage_id.name
                approval.covered_text = f"{stage}, {amount}" if stage else amount

    @api.depends("state", "approver_id")
    @api.depends_context("uid")
    def _compute_is_decision_allowed(self):
        for approval in self:
            approval.is_decision_allowed = approval.state == "pending" and approval._is_decider(self.env.user)

    def _get_document(self):
        return self.lead_id or self.order_id

    def _is_decider(self, user):
        # sudo: the deputy is asked for the person that is absent, whoever may read his settings
        approver = self.sudo().approver_id
        return user == approver or user == approver._get_present_approver() or user.has_group(MANAGER)

    # ---- asking

    @api.model
    def _find_covered(self, rule, records, amounts):
        """Those of the deals or orders for which a yes was given that reaches as far as they go now.

        :param amounts: the amount, or the discount in percent, by record
        """
        field = "lead_id" if records._name == "crm.lead" else "order_id"
        domain = [("rule_id", "=", rule.id), (field, "in", records.ids), ("state", "=", "approved")]
        # sudo: a yes counts, whoever may read it
        groups = dict(self.sudo()._read_group(domain, [field], ["covered:max"]))
        highest = {record.id: covered for record, covered in groups.items()}
        return records.filtered(
            lambda record: (
                record.id in highest and float_compare(highest[record.id], amounts[record], precision_digits=2) >= 0
            )
        )

    @api.model
    def _find_pending(self, rule, records):
        """The questions about these deals or orders that wait for an answer."""
        field = "lead_id" if records._name == "crm.lead" else "order_id"
        # sudo: that a question waits is told to everybody who would ask it again
        return self.sudo().search([("rule_id", "=", rule.id), (field, "in", records.ids), ("state", "=", "pending")])

    @api.model
    def _ask(self, rule, records, amounts, reason=False, stage=None):
        """Ask who may decide; what waits already is not asked twice, only brought up to date.

        :return: the questions that wait now
        """
        records.check_access("write")
        approvers = {record: rule._find_approver(record) for record in records}
        if without := [record.display_name for record in records if not approvers[record]]:
            raise UserError(
                self.env._(
                    "Nobody can decide %(rule)s for these, since their team has no leader: %(records)s. "
                    "Ask a sales manager to name one, or a person in the rule.",
                    rule=rule.name,
                    records=", ".join(without),
                )
            )
        waiting = self._find_pending(rule, records)
        known = {approval._get_document().id: approval for approval in waiting}
        for record in records.filtered(lambda record: record.id in known):
            known[record.id].write({"covered": amounts[record], "stage_id": stage.id if stage else False})
        field = "lead_id" if records._name == "crm.lead" else "order_id"
        # sudo: who asks may only ask, every other change of the record is a step of its own
        asked = self.sudo().create(
            [
                {
                    "rule_id": rule.id,
                    field: record.id,
                    "stage_id": stage.id if stage else False,
                    "covered": amounts[record],
                    "reason": reason,
                    "requester_id": self.env.uid,
                    "approver_id": approvers[record].id,
                }
                for record in records
                if record.id not in known
            ]
        )
        own = asked.filtered(lambda approval: approval.approver_id == self.env.user)
        own._decide("approved")
        (asked - own)._call_approver()
        return waiting + asked

    def _call_approver(self):
        """Tell those who have to decide: a mail with the way to the decision, and an activity on the document."""
        if not self:
            return
        template = self.env.ref("crm_frontoffice.mail_template_approval")
        template.send_mail_batch(self.ids, email_layout_xmlid="mail.mail_notification_light")
        for approval in self:
            record = approval._get_document().with_context(mail_activity_quick_update=True)
            if record.with_user(approval.approver_id).has_access("read"):
                approval.activity_id = record.activity_schedule(
                    "crm_frontoffice.mail_activity_type_approval",
                    summary=f"{approval.rule_id.name}: {approval.covered_text}",
                    user_id=approval.approver_id.id,
                )

    # ---- deciding

    def action_approve(self):
        """Yes."""
        self._check_decision()
        self.sudo()._decide("approved")  # sudo: it was checked that this user decides
        return True

    def action_refuse(self):
        """Ask why not."""
        self._check_decision()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_frontoffice.crm_approval_refusal_action")
        return {**action, "context": {"default_approval_ids": self.ids}}

    def action_withdraw(self):
        """Who asked needs no answer any more."""
        if foreign := self.filtered(lambda approval: approval.requester_id != self.env.user):
            raise UserError(
                self.env._("Only who asked can withdraw these: %s", ", ".join(foreign.mapped("display_name")))
            )
        # sudo: it was checked that this user asked
        self.sudo().filtered(lambda approval: approval.state == "pending")._decide("withdrawn")
        return True

    def action_open_document(self):
        """The deal or the order in question."""
        self.ensure_one()
        record = self._get_document()
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }

    def _check_decision(self):
        if decided := self.filtered(lambda approval: approval.state != "pending"):
            raise UserError(self.env._("These are decided already: %s", ", ".join(decided.mapped("display_name"))))
        if foreign := self.filtered(lambda approval: not approval._is_decider(self.env.user)):
            raise AccessError(
                self.env._(
                    "These are not yours to decide: %s",
                    ", ".join(f"{approval.display_name} ({approval.approver_id.name})" for approval in foreign),
                )
            )

    def _decide(self, state, comment=False):
        """Note the decision, once, and tell who asked: of two who decide at a time, the second is refused."""
        self.lock_for_update()
        self.invalidate_recordset(["state"])
        if decided := self.filtered(lambda approval: approval.state != "pending"):
            raise UserError(self.env._("These are decided already: %s", ", ".join(decided.mapped("display_name"))))
        now, decider = fields.Datetime.now(), self.env.uid
        self.write({"state": state, "comment": comment, "decider_id": decider, "date_decided": now})
        self.activity_id.action_feedback()
        for approval in self.filtered(lambda approval: state != "withdrawn"):
            approval._tell_decision()
        if state == "approved":
            self._follow_up()

    def _tell_decision(self):
        labels = dict(self._fields["state"]._description_selection(self.env))
        text = f"{self.rule_id.name}, {self.covered_text}: {labels[self.state]}"
        if self.comment:
            text = f"{text}. {self.comment}"
        asker = self.requester_id if self.requester_id.id != self.env.uid else self.requester_id.browse()
        self._get_document().message_post(
            body=text,
            author_id=self.env.user.partner_id.id,
            partner_ids=asker.partner_id.ids,
            subtype_xmlid="mail.mt_note",
        )

    def _follow_up(self):
        """Deals go to the stage for which they waited, if nothing else is missing and nobody is at them just now."""
        for approval in self.filtered("stage_id"):
            lead = approval.lead_id.with_user(approval.requester_id)
            if lead.try_lock_for_update(allow_referencing=True):
                lead._enter_if_ready(approval.stage_id)

    @api.model
    def _withdraw_for(self, field, records):
        """What is decided by the deal or the order itself needs no answer any more."""
        # sudo: whoever closes the document ends the questions about it
        self.sudo().search([(field, "in", records.ids), ("state", "=", "pending")])._decide("withdrawn")

    @api.model
    def _cron_hand_to_deputies(self):
        """Questions to people who are out of office go to their deputies."""
        waiting = self.search([("state", "=", "pending")])
        for approver, approvals in waiting.grouped("approver_id").items():
            present = approver._get_present_approver()
            if present and present != approver:
                approvals.activity_id.unlink()
                approvals.approver_id = present
                approvals._call_approver()

    # ---- the link in the mail

    def _get_decision_url(self, choice=""):
        """Where the person who was asked decides, without logging in: the link names him and ends after 30 days."""
        self.ensure_one()
        # sudo: the secret of the database signs, nothing is shown of it
        token = hash_sign(self.sudo().env, LINK_SCOPE, [self.id, self.approver_id.id], expiration_hours=LINK_HOURS)
        return f"{self.get_base_url()}/approval/{token}" + (f"?choice={choice}" if choice else "")

    @api.model
    def _read_link(self, token):
        """The approval of a link, as the person to whom it was sent; an empty one when it is wrong or too old."""
        try:
            # sudo: the secret of the database signs, nothing is shown of it
            values = verify_hash_signed(self.sudo().env, LINK_SCOPE, token)
        except ValueError:
            return self.browse()
        if not values:
            return self.browse()
        approval_id, user_id = values
        # sudo: only to see whether both are still there
        user, approval = self.env["res.users"].sudo().browse(user_id), self.sudo().browse(approval_id)
        if not (approval.exists() and user.exists() and user.active):
            return self.browse()
        return approval.with_user(user)
