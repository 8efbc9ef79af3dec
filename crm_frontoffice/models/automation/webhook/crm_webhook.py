import json
import secrets
import time
from ast import literal_eval
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.queue_job.exception import RetryableJobError

from ....conditions import check_fields_readable
from .webhook_protocol import is_url, sign
from .webhook_sender import Sender

BATCH = 50  # deliveries of one job at most
BUDGET_SECONDS = 20  # after which a job leaves the rest to the next one
BUSY_SECONDS = 5  # after which a job looks again whether the one before it has ended
DEAD_IN_A_ROW = 5  # dead letters without a success between them that pause a webhook
SHORTEST_SECRET = 16  # characters
# The types that may leave the company: what sales may not read in the log is not for other systems.
OUTWARD = [("code", "!=", "bill_posted"), ("is_personal", "=", False)]


class CrmWebhook(models.Model):
    """An address of another system that is told what happens, one event a request, in the order of the events.

    As long as the oldest event is not taken, the younger ones wait behind it: a receiver that is down is asked once in
    a while, not once for each event, and finds everything in order when it is back.
    """

    _name = "crm.webhook"
    _inherit = ["crm.cached.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Webhook"
    _order = "name, id"

    _cached_fields = frozenset({"active", "type_ids", "is_all_types"})

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    url = fields.Char("Address", required=True, tracking=True, help="Where events are sent, such as https://...")
    secret = fields.Char(
        required=True,
        copy=False,
        default=lambda self: secrets.token_hex(32),
        groups="sales_team.group_sale_manager",
        help="The receiver verifies the signature of each request with it. Keep it as you keep a password.",
    )
    # Required: a webhook for all companies would tell the manager of one what happens in the others.
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    user_id = fields.Many2one(
        "res.users", "Responsible", default=lambda self: self.env.user, help="Is told when the webhook is paused."
    )
    is_all_types = fields.Boolean("All Events", help="Those of types that are added later, too.")
    type_ids = fields.Many2many("crm.event.type", string="Events", domain=OUTWARD)
    partner_domain = fields.Char(
        "Customer Condition", default="[]", help="Only events of customers that meet it when the event is sent."
    )
    timeout_seconds = fields.Integer("Timeout in Seconds", required=True, default=10)
    state = fields.Selection(
        [("running", "Running"), ("paused", "Paused")], required=True, default="running", readonly=True, tracking=True
    )
    date_resumed = fields.Datetime(readonly=True, copy=False)
    date_last_success = fields.Datetime("Last Success", compute="_compute_health")
    last_error = fields.Char(compute="_compute_health")
    waiting_count = fields.Integer("Waiting", compute="_compute_health")
    dead_count = fields.Integer("Dead Letters", compute="_compute_health")

    _timeout_range = models.Constraint(
        "CHECK (timeout_seconds BETWEEN 1 AND 30)", "The timeout is from 1 to 30 seconds."
    )

    def _compute_health(self):
        """Four short looks into indexes for each webhook, in one query; there are a handful of webhooks."""
        self.env["crm.webhook.delivery"].flush_model()
        query = SQL(
            """SELECT webhook.id,
                      (SELECT MAX(date_done) FROM crm_webhook_delivery
                        WHERE webhook_id = webhook.id AND state = 'sent'),
                      (SELECT error FROM crm_webhook_delivery
                        WHERE webhook_id = webhook.id AND state IN ('waiting', 'failed') ORDER BY event_id LIMIT 1),
                      (SELECT COUNT(*) FROM crm_webhook_delivery
                        WHERE webhook_id = webhook.id AND state IN ('waiting', 'failed')),
                      (SELECT COUNT(*) FROM crm_webhook_delivery WHERE webhook_id = webhook.id AND state = 'dead')
                 FROM crm_webhook webhook WHERE webhook.id = ANY(%s)""",
            self.ids,
        )
        health = {row[0]: row[1:] for row in self.env.execute_query(query)}
        for webhook in self:
            success, error, waiting, dead = health.get(webhook.id, (False, False, 0, 0))
            webhook.date_last_success, webhook.last_error = success, error
            webhook.waiting_count, webhook.dead_count = waiting, dead

    # ---- what may be set

    @api.constrains("url")
    def _check_url(self):
        if wrong := self.filtered(lambda webhook: not is_url(webhook.url)):
            raise ValidationError(
                self.env._(
                    "Events cannot be sent to %(urls)s: enter an address that begins with https:// or http://, without "
                    "blanks and without a password in it.",
                    urls=", ".join(wrong.mapped("url")),
                )
            )

    @api.constrains("secret")
    def _check_secret(self):
        if any(len(webhook.secret) < SHORTEST_SECRET for webhook in self):
            raise ValidationError(self.env._("The secret needs at least %(count)s characters.", count=SHORTEST_SECRET))

    @api.constrains("type_ids")
    def _check_types(self):
        if secret := self.type_ids - self.type_ids.filtered_domain(OUTWARD):
            raise ValidationError(
                self.env._("These events are not for other systems: %(names)s.", names=", ".join(secret.mapped("name")))
            )

    @api.constrains("partner_domain")
    def _check_partner_domain(self):
        for webhook in self:
            try:
                domain = webhook._parse_domain()
                domain.validate(self.env["res.partner"])
                check_fields_readable(self.env["res.partner"], domain)
            except (ValueError, SyntaxError, TypeError) as error:
                raise ValidationError(
                    self.env._("%(name)s: the condition cannot be used: %(error)s", name=webhook.name, error=error)
                ) from error

    def _parse_domain(self):
        return Domain(literal_eval(self.partner_domain or "[]"))

    @api.model
    @tools.ormcache()
    def _get_listening_type_ids(self):
        """The event types that a webhook listens to: events that concern none cost nothing more."""
        # sudo: the log asks for the system, whoever causes the event
        webhooks = self.sudo().search_fetch([], ["type_ids", "is_all_types"])
        if any(webhook.is_all_types for webhook in webhooks):
            # sudo: the same
            return frozenset(self.env["crm.event.type"].sudo().search(OUTWARD).ids)
        return frozenset(webhooks.type_ids.ids)

    # ---- buttons

    def action_send_test(self):
        """Send a signed request without an event, now, and say what came of it."""
        self.ensure_one()
        self.check_access("write")
        delivery = f"{self.id}-test-{secrets.token_hex(4)}"
        with self._open_sender() as sender:
            answer = self._post(sender, {"id": delivery, "event": None, "test": True})
        if answer.is_taken:
            kind, message = "success", self.env._("The receiver took it (%(status)s).", status=answer.status)
        else:
            kind, message = "danger", self._describe_failure(answer)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": kind, "message": message, "sticky": kind == "danger"},
        }

    def action_renew_secret(self):
        """A new secret for everything that is sent from now on."""
        self.check_access("write")
        for webhook in self:
            webhook.secret = secrets.token_hex(32)

    def action_pause(self):
        """Keep events until the webhook is resumed."""
        self.check_access("write")
        self.write({"state": "paused"})

    def action_resume(self):
        """Send what waits, at once."""
        self.check_access("write")
        self.write({"state": "running", "date_resumed": fields.Datetime.now()})
        self._try_now()

    def action_open_deliveries(self):
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_frontoffice.crm_webhook_delivery_action")
        return {**action, "domain": [("webhook_id", "=", self.id)]}

    def action_open_dead_letters(self):
        return {**self.action_open_deliveries(), "context": {"search_default_dead": 1}}

    # ---- sending

    def _try_now(self):
        # sudo: deliveries are the system's; managers may have them tried
        deliveries = self.env["crm.webhook.delivery"].sudo()
        deliveries.search([("webhook_id", "in", self.ids), ("state", "=", "failed")]).write({"date_next_try": False})
        self._request_sending()

    def _request_sending(self, eta=None):
        """Have what waits sent after the commit (or at a time), by one job for each webhook and transaction.

        A job that another transaction asked for may be over before this one commits: it would not see these events.
        """
        [[transaction]] = self.env.execute_query(SQL("SELECT pg_current_xact_id()::text"))
        # The job is the system's: it works with neither the rights nor the language nor the companies of who caused it.
        for webhook in self.with_env(self.env(user=SUPERUSER_ID, context={})):
            webhook.with_delay(
                eta=eta,
                identity_key=f"crm_webhook_send:{webhook.id}:{transaction}:{'later' if eta else 'now'}",
                description=f"Webhook: {webhook.name}",
            )._send_waiting()

    @api.model
    def _cron_send(self):
        """Safety net for deliveries whose job was lost."""
        now = fields.Datetime.now()
        due = Domain("date_next_try", "=", False) | Domain("date_next_try", "<=", now)
        is_open = Domain("state", "in", ("waiting", "failed")) & Domain("webhook_id.state", "=", "running")
        groups = self.env["crm.webhook.delivery"]._read_group(
            is_open & due & Domain("webhook_id.active", "=", True), ["webhook_id"]
        )
        self.browse(webhook.id for [webhook] in groups)._request_sending()

    def _send_waiting(self):
        """Job: send what waits, oldest event first, up to the first failure, which is tried again later.

        One job at a time works for a webhook: it holds the rows of its deliveries, and no others, while it sends. When
        it is killed after the receiver took something and before that is noted, the same is sent again, with the same
        delivery id.
        """
        if not self.exists() or not self.active or self.state != "running":
            return
        deliveries = self.env["crm.webhook.delivery"].search(
            [("webhook_id", "=", self.id), ("state", "in", ("waiting", "failed"))], order="event_id.id", limit=BATCH
        )
        if deliveries.try_lock_for_update(allow_referencing=True) != deliveries:
            raise RetryableJobError("Another job sends for this webhook", seconds=BUSY_SECONDS, ignore_retry=True)
        if not deliveries or (deliveries[0].date_next_try or fields.Datetime.now()) > fields.Datetime.now():
            return
        left = self._send_in_order(self._drop_unwanted(deliveries))
        if self.state == "running" and left[:1].state == "failed":
            self._request_sending(eta=left[0].date_next_try + timedelta(seconds=1))
        elif self.state == "running" and (left or len(deliveries) == BATCH):
            self.with_delay(description=f"Webhook, next batch: {self.name}")._send_waiting()

    def _drop_unwanted(self, deliveries):
        """Leave out events of customers that do not meet the condition; gives the others, in their order."""
        domain = self._parse_domain()
        if domain.is_true():
            return deliveries
        partners = deliveries.event_id.commercial_partner_id.filtered_domain(domain)
        wanted = deliveries.filtered(lambda delivery: delivery.event_id.commercial_partner_id in partners)
        (deliveries - wanted).write({"state": "skipped", "date_done": fields.Datetime.now(), "date_next_try": False})
        return wanted

    def _send_in_order(self, deliveries):
        """Send until one fails, the webhook is paused or the time is up; gives those that are left."""
        end = time.monotonic() + BUDGET_SECONDS
        with self._open_sender() as sender:
            for number, delivery in enumerate(deliveries):
                if time.monotonic() > end or self.state != "running":
                    return deliveries[number:]
                delivery._note(self._post(sender, delivery._prepare_body(), attempt=delivery.attempts + 1))
                if delivery.state == "failed":
                    return deliveries[number:]
        return deliveries.browse()

    def _open_sender(self):
        # sudo: whether targets in the own network are allowed is the administrator's word
        allowed = self.env["ir.config_parameter"].sudo().get_param("crm_frontoffice.webhook_allow_private", "")
        return Sender(allow_private=tools.str2bool(allowed, False))

    def _post(self, sender, content, *, attempt=1):
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": "Odoo-CRM-Webhook/1",
            "X-CRM-Attempt": str(attempt),
            "X-CRM-Delivery": content["id"],
            "X-CRM-Timestamp": timestamp,
            "X-CRM-Signature": sign(self.secret, timestamp, body),
        }
        return sender.post(self.url, body, headers, self.timeout_seconds)

    def _describe_failure(self, answer):
        if not answer.status:
            return self.env._("Not sent: %(error)s", error=answer.error)
        if 300 <= answer.status < 400:
            return self.env._(
                "The receiver answered %(status)s: redirects are not followed, enter the final address.",
                status=answer.status,
            )
        return self.env._("The receiver answered %(status)s.", status=answer.status)

    def _pause_when_hopeless(self):
        """After some dead letters in a row: keep what comes instead of losing it, and tell the responsible person."""
        self.env["crm.webhook.delivery"].flush_model()
        [[dead]] = self.env.execute_query(
            SQL(
                """SELECT COUNT(*) FROM crm_webhook_delivery
                    WHERE webhook_id = %(webhook)s AND state = 'dead' AND date_done > GREATEST(
                        (SELECT MAX(date_done) FROM crm_webhook_delivery
                          WHERE webhook_id = %(webhook)s AND state = 'sent'), %(resumed)s::timestamp, '1970-01-01')""",
                webhook=self.id,
                resumed=self.date_resumed or None,
            )
        )
        if dead < DEAD_IN_A_ROW:
            return
        self.state = "paused"
        self.activity_schedule(
            "mail.mail_activity_data_warning",
            summary=self.env._("Webhook paused"),
            note=self.env._(
                "%(count)s events in a row could not be delivered. New events are kept: resume the webhook when the "
                "receiver works again, and replay the dead letters.",
                count=dead,
            ),
            user_id=(self.user_id.filtered("active") or self.create_uid or self.env.user).id,
        )
