from odoo import api, fields, models
from odoo.http import request
from odoo.tools import SQL

from ....contexts import INSIDE
from .machines import BURST_SECONDS, judge

UNDO_CLICKS = """
    UPDATE mailing_trace trace
       SET links_click_datetime = human.last,
           trace_status = CASE WHEN human.last IS NULL AND trace.trace_status = 'open' AND opened.by_click
                               THEN 'sent' ELSE trace.trace_status END,
           open_datetime = CASE WHEN human.last IS NULL AND opened.by_click THEN NULL ELSE trace.open_datetime END
      FROM (SELECT id FROM mailing_trace WHERE id = ANY(%(traces)s)) AS asked
      LEFT JOIN LATERAL (
           SELECT MAX(create_date) AS last FROM link_tracker_click
            WHERE mailing_trace_id = asked.id AND machine_reason IS NULL) AS human ON true
      LEFT JOIN LATERAL (
           SELECT bool_or(abs(EXTRACT(epoch FROM click.create_date - known.open_datetime)) <= 1) AS by_click
             FROM link_tracker_click click JOIN mailing_trace known ON known.id = click.mailing_trace_id
            WHERE click.id = ANY(%(clicks)s) AND known.id = asked.id) AS opened ON true
     WHERE trace.id = asked.id"""


class LinkTrackerClick(models.Model):
    """Clicks of machines are kept, apart: they count nowhere as a reaction of the customer."""

    _inherit = "link.tracker.click"

    machine_reason = fields.Selection(
        [
            ("agent", "Known program"),
            ("early", "Before anybody could read"),
            ("burst", "Many links at once"),
        ],
        "By a Machine",
        readonly=True,
    )

    @api.model_create_multi
    def create(self, vals_list):
        clicks = super().create(vals_list)
        with_trace = clicks.filtered(lambda click: click.mailing_trace_id and not click.machine_reason)
        if with_trace:
            with_trace._log_clicked()
        return clicks

    @api.model
    def add_click(self, code, **route_values):
        """Odoo notes on the message that it was opened and clicked, in this environment: not for a machine."""
        # sudo: links and messages are the system's, whoever follows a link
        trace = self.env["mailing.trace"].sudo().browse(route_values.get("mailing_trace_id") or 0).exists()
        # sudo: the same
        link = self.env["link.tracker.code"].sudo().search([("code", "=", code)], limit=1).link_id
        if not trace or not link:
            return super().add_click(code, **route_values)
        just_now = self._find_just_now(trace)
        reason = self._judge(trace, just_now.link_id | link)
        if not reason:
            return super().add_click(code, **route_values)
        if reason == "burst":
            just_now._demote()
        machine = self.with_context(crm_clicked_by_machine=INSIDE)
        return super(LinkTrackerClick, machine).add_click(code, machine_reason=reason, **route_values)

    @api.model
    def _prepare_click_values_from_route(self, **route_values):
        reason = route_values.pop("machine_reason", None)
        values = super()._prepare_click_values_from_route(**route_values)
        # Only the judgement above says it, never an address.
        is_judged = self.env.context.get("crm_clicked_by_machine") is INSIDE
        return {**values, "machine_reason": reason} if is_judged else values

    @api.model
    def _find_just_now(self, trace):
        since = fields.Datetime.subtract(fields.Datetime.now(), seconds=BURST_SECONDS)
        # sudo: clicks are the system's, whoever follows a link
        return self.sudo().search([("mailing_trace_id", "=", trace.id), ("create_date", ">=", since)])

    @api.model
    def _judge(self, trace, links):
        after = (fields.Datetime.now() - trace.sent_datetime).total_seconds() if trace.sent_datetime else None
        if after is None and trace.trace_status not in ("outgoing", "process"):
            after = float("inf")  # it has left, by a way that notes no time
        agent, method = None, "GET"
        if request:
            agent, method = request.httprequest.user_agent.string or "", request.httprequest.method
        return judge(agent, after, len(links), method=method)

    def _demote(self):
        """What passed for a person's click turns out to have been a machine's: the messages forget it."""
        wrong = self.filtered(lambda click: not click.machine_reason)
        if not wrong:
            return
        wrong.machine_reason = "burst"
        self.env.flush_all()
        # The click had opened the message, too; what opened it at another time did so itself.
        self.env.cr.execute(SQL(UNDO_CLICKS, traces=wrong.mailing_trace_id.ids, clicks=wrong.ids))
        self.env["mailing.trace"].invalidate_model(["links_click_datetime", "open_datetime", "trace_status"])

    @api.model
    def _is_by_person(self, alias):
        """SQL of whether an event of the log, under an alias, is not a click that turned out to be a machine's."""
        event = SQL.identifier(alias)
        return SQL(
            """NOT EXISTS (SELECT FROM link_tracker_click click
                            WHERE click.mailing_trace_id = (%(event)s.payload->>'trace_id')::int
                              AND click.link_id = (%(event)s.payload->>'link_id')::int
                              AND click.machine_reason IS NOT NULL)""",
            event=event,
        )

    def _log_clicked(self):
        """Tell once for each link of a mailing that a customer followed it."""
        # sudo: a click comes from a page of the web
        clicks = self.sudo()
        values = clicks.mailing_trace_id._prepare_customer_values()
        vals_list = [
            {
                **values[click.mailing_trace_id],
                "code": "campaign_clicked",
                "dedupe_key": f"campaign_clicked:mailing.trace:{click.mailing_trace_id.id}:{click.link_id.id}",
                "payload": {**values[click.mailing_trace_id]["payload"], "link_id": click.link_id.id},
            }
            for click in clicks
            if click.mailing_trace_id in values
        ]
        if vals_list:
            self.env["crm.event"]._append(vals_list)
