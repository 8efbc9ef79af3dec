import logging

from psycopg2 import OperationalError

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

BATCH = 500  # firings of one rule that are carried out together: who is told of many at once is told once


class CrmEventFiring(models.Model):
    """A rule's answer to one event: written with the event, carried out in the background, at most once."""

    _name = "crm.event.firing"
    _description = "Event Rule Firing"
    _order = "id desc"
    _rec_name = "rule_id"
    _log_access = False

    rule_id = fields.Many2one("crm.event.rule", required=True, readonly=True, ondelete="cascade")
    event_id = fields.Many2one("crm.event", required=True, readonly=True, index=True, ondelete="cascade")
    partner_id = fields.Many2one(related="event_id.commercial_partner_id", string="Customer")
    create_date = fields.Datetime("Event Seen", readonly=True)
    date_due = fields.Datetime("Waits Until", readonly=True)
    date_done = fields.Datetime(readonly=True)
    is_end = fields.Boolean("Cause Ended", readonly=True, help="The event ends what the rule has answered before.")
    state = fields.Selection(
        [
            ("pending", "Waiting"),
            ("done", "Done"),
            ("skipped", "Conditions not met"),
            ("ended", "Cause ended before"),
            ("failed", "Failed"),
        ],
        required=True,
        readonly=True,
        default="pending",
    )
    error = fields.Char(readonly=True)
    effect_ids = fields.One2many("crm.event.effect", "firing_id", "Effects")

    _rule_event_unique = models.UniqueIndex("(rule_id, event_id)")
    _pending_idx = models.Index("(rule_id, id) WHERE state = 'pending'")

    @api.model
    def _request_processing(self):
        """Have the waiting firings carried out after the commit, by one job for each transaction.

        A job that another transaction asked for may be over before this one commits: it would not see these firings.
        """
        [[transaction]] = self.env.execute_query(SQL("SELECT pg_current_xact_id()::text"))
        # The job is the system's: it works with neither the rights nor the language nor the companies of who caused it.
        system = self.with_env(self.env(user=SUPERUSER_ID, context={}))
        system.with_delay(
            identity_key=f"crm_event_firing_process:{transaction}",
            description="Event rules",
        )._process_pending()

    @api.model
    def _process_pending(self):
        """Carry out waiting firings of all rules; asks for another job when more than a batch of a rule waits."""
        more = False
        due = self._get_due_domain()
        for (rule,) in self._read_group(due, ["rule_id"]):
            firings = self.search(due & Domain("rule_id", "=", rule.id), limit=BATCH, order="id")
            # Rows that another worker holds are its business; the cron looks again for what it should leave.
            free = firings.try_lock_for_update()
            for same_company in free.grouped(lambda firing: firing.event_id.company_id).values():
                same_company._carry_out()
            more = more or (bool(free) and len(firings) == BATCH)
        if more:
            self.env["crm.event.firing"].with_delay(description="Event rules, next batch")._process_pending()

    def _cron_process(self):
        """For firings that were to wait, and a safety net for those whose job was lost."""
        if self.search_count(self._get_due_domain(), limit=1):
            self._request_processing()

    @api.model
    def _get_due_domain(self):
        waited = Domain("date_due", "=", False) | Domain("date_due", "<=", fields.Datetime.now())
        return Domain("state", "=", "pending") & waited

    def _carry_out(self):
        """Act on firings of one rule; when the batch fails, one by one, so that a culprit stops nobody else."""
        if not self:
            return
        try:
            with self.env.cr.savepoint():
                self._act()
        except OperationalError:
            # Another worker was faster, or the connection is gone: the job is repeated.
            raise
        except Exception as error:
            if len(self) > 1:
                for firing in self:
                    firing._carry_out()
                return
            _logger.exception("Event rule %s failed for event %s", self.rule_id.id, self.event_id.id)
            self.write({"state": "failed", "error": str(error), "date_done": fields.Datetime.now()})

    def _act(self):
        company = self.event_id.company_id or self.rule_id.company_id or self.env.company
        # Mails wait for the commit with the firings: those of a batch that is taken back must not leave.
        rule = self.rule_id.with_company(company).with_context(mail_notify_force_send=False)
        ends = self.filtered("is_end")
        starts = self - ends
        # A rule that was switched off in the meantime does nothing any more.
        meant = rule._filter_firings(starts) if rule.active else self.browse()
        (starts - meant).write({"state": "skipped", "date_done": fields.Datetime.now()})
        effects = []
        for action in rule.action_ids if meant else ():
            for firing, record in zip(meant, action._run(meant), strict=True):
                if record:
                    effects.append({"firing_id": firing.id, "res_model": record._name, "res_id": record.id})
        self.env["crm.event.effect"].create(effects)
        meant.write({"state": "done", "date_done": fields.Datetime.now()})
        ends._end(rule)

    def _end(self, rule):
        """The causes of earlier firings have ended: close what they opened, and drop those that still wait."""
        if not self:
            return
        earlier = self._find_causes(rule)
        waiting = earlier.filtered(lambda firing: firing.state == "pending")
        waiting.write({"state": "ended", "date_done": fields.Datetime.now()})
        (earlier - waiting).effect_ids.filtered(lambda effect: not effect.date_ended)._end()
        self.write({"state": "done", "date_done": fields.Datetime.now()})

    def _find_causes(self, rule):
        """The firings that answered the beginning of what these events end, all found in one query."""
        by_document = rule.end_scope == "document"
        same = SQL(
            "cause.res_model = event.res_model AND cause.res_id = event.res_id"
            if by_document
            else "cause.commercial_partner_id = event.commercial_partner_id"
        )
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT firing.id FROM crm_event event
                     JOIN crm_event cause ON %s AND cause.type_id = %s AND cause.id < event.id
                     JOIN crm_event_firing firing ON firing.event_id = cause.id AND firing.rule_id = %s
                          AND NOT COALESCE(firing.is_end, FALSE) AND firing.state IN ('pending', 'done')
                    WHERE event.id = ANY(%s)""",
                same,
                rule.type_id.id,
                rule.id,
                self.event_id.ids,
            )
        )
        return self.browse(row[0] for row in rows)

    def action_retry(self):
        """Try failed firings again."""
        self.check_access("read")
        # sudo: firings are the system's; managers, who alone may read them, may have them tried again
        failed = self.sudo().filtered(lambda firing: firing.state == "failed")
        failed.write({"state": "pending", "error": False, "date_done": False})
        self._request_processing()
