import json

from odoo import api, fields, models
from odoo.tools import SQL

from .choices import ADDRESS_COLUMNS, CHANNELS, CONFIRMATION_HOURS, PROVEN_SOURCES, STATE_AFTER, STATES


class CrmConsent(models.Model):
    """What a customer allows now, one row per channel and purpose; `crm.consent.event` tells how it came about."""

    _name = "crm.consent"
    _description = "Consent"
    _order = "partner_id, purpose_id, channel"
    _rec_name = "state"
    _log_access = False

    partner_id = fields.Many2one("res.partner", "Customer", required=True, readonly=True, ondelete="cascade")
    channel = fields.Selection(CHANNELS, required=True, readonly=True)
    purpose_id = fields.Many2one("crm.consent.purpose", required=True, readonly=True, ondelete="restrict")
    state = fields.Selection(STATES, required=True, readonly=True)
    since = fields.Datetime(required=True, readonly=True)
    date = fields.Datetime("Last Decision", required=True, readonly=True)
    event_id = fields.Many2one("crm.consent.event", "Proof", readonly=True, ondelete="set null", index="btree_not_null")

    _one_per_purpose = models.UniqueIndex("(partner_id, channel, purpose_id)")
    _bulk_idx = models.Index("(purpose_id, channel, state, partner_id)")

    @api.model
    def _record(self, vals_list, *, only_changes=False):
        """Write decisions into the log and into the current state, and pass them on to Odoo's own lists.

        A withdrawal counts for every partner with the same address. The latest date wins, whatever the order in which
        decisions come in. Consent by e-mail for a purpose with double opt-in is only asked for, until it is confirmed.

        :param vals_list: dicts of `partner_id`, `channel`, `purpose_id` (a purpose, its id or its code), `decision` and
            `source`; `date` defaults to now, `wording` to the purpose's text in the customer's language; `note`, `ip`
            and `user_agent` as known
        :param only_changes: leave out what would change no state
        :return: the consents that were touched
        """
        if not vals_list:
            return self.browse()
        rows = self._include_partners_of_address(self.env["crm.consent.event"]._prepare_rows(vals_list))
        before = self._read_states(rows)
        self._demand_confirmation(rows, before)
        if only_changes:
            rows = [row for row in rows if self._is_change(row, before.get(self._get_key(row)))]
        if not rows:
            return self.browse()
        # sudo: whoever may take a customer's decision need not be allowed to read the log
        touched = self.sudo().browse(self._insert_rows(rows))
        self._invalidate()
        # What waited before and was touched again is asked for anew: its link has ended.
        changed = touched.filtered(
            lambda row: (
                row.state == "pending"
                or before.get((row.partner_id.id, row.channel, row.purpose_id.id), [None])[0] != row.state
            )
        )
        if changed:
            self.env["crm.consent.sync"]._write_through(changed)
            changed._send_confirmations()
        return touched.with_env(self.env)

    @api.model
    def _get_key(self, row):
        return row["partner_id"], row["channel"], row["purpose_id"]

    @api.model
    def _include_partners_of_address(self, rows):
        """Withdrawals of one partner are withdrawals of all who share the address: they read the same mailbox."""
        named = {self._get_key(row) for row in rows}
        added = {}
        for column in set(ADDRESS_COLUMNS.values()):
            own = [
                row
                for row in rows
                if row["decision"] == "withdrawn" and row["address"] and ADDRESS_COLUMNS[row["channel"]] == column
            ]
            partner_ids = self.env["res.partner"]._get_ids_by_address(column, {row["address"] for row in own})
            for row in own:
                for partner_id in partner_ids.get(row["address"], ()):
                    shared = {**row, "partner_id": partner_id}
                    if self._get_key(shared) not in named:
                        added[self._get_key(shared)] = shared
        return [*rows, *added.values()]

    @api.model
    def _read_states(self, rows):
        partner_ids = list({row["partner_id"] for row in rows})
        if not partner_ids:
            return {}
        found = self.env.execute_query(
            SQL(
                """SELECT partner_id, channel, purpose_id, state, date_trunc('second', date)::text
                     FROM crm_consent WHERE partner_id = ANY(%s)""",
                partner_ids,
            )
        )
        return {tuple(key): (state, date) for *key, state, date in found}

    @api.model
    def _is_change(self, row, known):
        state, date = known or (None, "")
        return state != STATE_AFTER[row["decision"]] and row["date"] >= date

    @api.model
    def _demand_confirmation(self, rows, before):
        """Turn consent that anybody could have typed into a request, where the purpose asks for double opt-in."""
        # sudo: whether a purpose asks for double opt-in is no secret
        purposes = self.env["crm.consent.purpose"].sudo().browse({row["purpose_id"] for row in rows})
        strict = set(purposes.filtered("is_double_opt_in").ids)
        for row in rows:
            if (
                row["decision"] == "given"
                and row["channel"] == "email"
                and row["purpose_id"] in strict
                and row["source"] not in PROVEN_SOURCES
                and before.get(self._get_key(row), [None])[0] != "granted"
            ):
                row["decision"] = "requested"

    @api.model
    def _insert_rows(self, rows):
        """Append to the log and bring the state up to date in one statement; ids of the consents that were touched.

        Rows are written in the order of their key, so that two workers never wait for each other in a circle.
        """
        columns = self.env["crm.consent.event"]._COLUMNS
        names = SQL(", ").join(SQL.identifier(name) for name in columns)
        typed = SQL(", ").join(SQL("%s %s", SQL.identifier(name), SQL(kind)) for name, kind in columns.items())
        found = self.env.execute_query(
            SQL(
                """WITH written AS (
                       INSERT INTO crm_consent_event (%(names)s)
                       SELECT %(names)s FROM jsonb_to_recordset(%(rows)s::jsonb) AS given(%(typed)s)
                       RETURNING id, partner_id, channel, purpose_id, decision, date)
                   INSERT INTO crm_consent AS known (partner_id, channel, purpose_id, state, since, date, event_id)
                   SELECT DISTINCT ON (partner_id, channel, purpose_id)
                          partner_id, channel, purpose_id, CASE decision %(state)s END, date, date, id
                     FROM written
                    ORDER BY partner_id, channel, purpose_id, date DESC, id DESC
                   ON CONFLICT (partner_id, channel, purpose_id) DO UPDATE
                      SET state = EXCLUDED.state, date = EXCLUDED.date, event_id = EXCLUDED.event_id,
                          since = CASE WHEN known.state = EXCLUDED.state THEN known.since ELSE EXCLUDED.since END
                    WHERE known.date <= EXCLUDED.date AND NOT (EXCLUDED.state = 'pending' AND (
                          known.state = 'granted'
                          -- The link that the customer has names this request.
                          OR known.state = 'pending' AND known.date > EXCLUDED.date - %(hours)s * interval '1 hour'))
                   RETURNING id""",
                names=names,
                typed=typed,
                rows=json.dumps(rows),
                state=self._case_of_states(),
                hours=CONFIRMATION_HOURS,
            )
        )
        return [row[0] for row in found]

    # ---- double opt-in

    def _send_confirmations(self):
        """Mail a confirmation link to each customer whose consent by e-mail waits for it."""
        waiting = self.filtered(lambda consent: consent.state == "pending" and consent.partner_id.email_normalized)
        if waiting:
            # sudo: the mail is the system's answer to the customer, whoever typed his wish
            template = self.env.ref("crm_frontoffice.mail_template_consent_confirmation").sudo()
            template.send_mail_batch(waiting.partner_id.ids)
            # sudo: the customer looks for the mail at once; the queue is the system's
            self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    @api.model
    def _confirm(self, partner, event_ids, **proof):
        """The customer pressed the button behind his confirmation link.

        :param event_ids: the requests that the link names
        :param proof: `ip` and `user_agent`
        :return: the consents of these requests that are granted now; a second press finds them granted already
        """
        consents = self.search([("partner_id", "=", partner.id), ("channel", "=", "email")])
        asked = consents.filtered(lambda consent: consent.state == "pending" and consent.event_id.id in event_ids)
        self._record(
            [
                {
                    "partner_id": partner.id,
                    "channel": "email",
                    "purpose_id": consent.purpose_id,
                    "decision": "confirmed",
                    "source": "confirmation",
                    "wording": consent.event_id.wording,
                    **proof,
                }
                for consent in asked
            ]
        )
        requested = self.env["crm.consent.event"].browse(event_ids).exists()
        return consents.filtered(
            lambda consent: consent.state == "granted" and consent.purpose_id in requested.purpose_id
        )

    # ---- merge

    @api.model
    def _premerge_partners(self, source_ids, target_id):
        """Before partners become one: the log moves whole, and of clashing states the newest decision stays.

        :param source_ids: ids of the partners that will go
        :param target_id: id of the partner that stays
        """
        everybody = [*source_ids, target_id]
        self.env.cr.execute(
            SQL("UPDATE crm_consent_event SET partner_id = %s WHERE partner_id = ANY(%s)", target_id, list(source_ids))
        )
        self.env.cr.execute(
            SQL(
                """DELETE FROM crm_consent old USING crm_consent new
                    WHERE old.partner_id = ANY(%s) AND new.partner_id = ANY(%s)
                      AND old.channel = new.channel AND old.purpose_id = new.purpose_id
                      AND (old.date, old.id) < (new.date, new.id)""",
                everybody,
                everybody,
            )
        )
        self.env.cr.execute(
            SQL("UPDATE crm_consent SET partner_id = %s WHERE partner_id = ANY(%s)", target_id, list(source_ids))
        )
        self._invalidate()

    @api.model
    def _part_partners(self, source_ids, target_id, merged, _rows):
        """After a merge was undone: everybody has what his own log says, and a no of the meantime is everybody's no.

        :param merged: when they became one
        """
        self.env.cr.execute(
            SQL(
                """UPDATE crm_consent known
                      SET state = CASE last.decision %s END, since = last.date, date = last.date, event_id = last.id
                     FROM (SELECT DISTINCT ON (partner_id, channel, purpose_id) *
                             FROM crm_consent_event WHERE partner_id = ANY(%s)
                            ORDER BY partner_id, channel, purpose_id, date DESC, id DESC) last
                    WHERE (known.partner_id, known.channel, known.purpose_id)
                          = (last.partner_id, last.channel, last.purpose_id)
                      AND known.event_id IS DISTINCT FROM last.id""",
                self._case_of_states(),
                [*source_ids, target_id],
            )
        )
        self._invalidate()
        told = self.env["crm.consent.event"].search(
            [("partner_id", "=", target_id), ("decision", "=", "withdrawn"), ("date", ">=", merged)]
        )
        columns = ("channel", "decision", "source", "wording", "note", "date")
        self._record(
            [
                {**{name: event[name] for name in columns}, "purpose_id": event.purpose_id, "partner_id": partner_id}
                for event in told
                for partner_id in source_ids
            ],
            only_changes=True,
        )

    @api.model
    def _case_of_states(self):
        return SQL(" ").join(SQL("WHEN %s THEN %s", decision, state) for decision, state in STATE_AFTER.items())

    @api.model
    def _invalidate(self):
        """After statements of our own: what the cache holds of consent is old."""
        self.invalidate_model()
        self.env["crm.consent.event"].invalidate_model()
        self.env["res.partner"].invalidate_model(["consent_ids", "consent_event_ids", "consent_matrix"])
