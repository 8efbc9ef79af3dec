from odoo import api, fields, models
from odoo.tools import SQL

# What a row says about the deal: as soon as one of them changes, the next row begins.
FACTS = ("stage_id", "pipeline_id", "user_id", "team_id", "company_id", "expected_revenue", "date_deadline")


# The stages through which deals went before they had rows of moves, by what the chatter tracked.
FIRST_MOVES = """
       WITH fresh AS (
           SELECT lead.* FROM crm_lead lead
            WHERE type = 'opportunity'
              AND NOT EXISTS (SELECT FROM crm_lead_move move WHERE move.lead_id = lead.id)
       ), told AS (
           SELECT message.res_id AS lead_id, message.date, tracking.id,
                  tracking.old_value_integer AS before, tracking.new_value_integer AS after
             FROM mail_tracking_value tracking
             JOIN mail_message message ON message.id = tracking.mail_message_id
            WHERE tracking.field_id = %(field)s AND message.model = 'crm.lead'
       ), points AS (
           SELECT DISTINCT ON (fresh.id) fresh.id AS lead_id, 0 AS number, told.before AS stage_id,
                  CASE WHEN told.id IS NULL THEN COALESCE(fresh.date_last_stage_update, fresh.create_date)
                       ELSE fresh.create_date END AS date
             FROM fresh LEFT JOIN told ON told.lead_id = fresh.id
            ORDER BY fresh.id, told.date, told.id
       ), steps AS (
           SELECT lead_id, number, stage_id, date FROM points
            UNION ALL
           SELECT told.lead_id, told.id, told.after, told.date
             FROM told JOIN fresh ON fresh.id = told.lead_id
       ), spans AS (
           SELECT steps.*, LEAD(date) OVER deal AS date_left, LAG(stage_id) OVER deal AS from_stage_id
             FROM steps WINDOW deal AS (PARTITION BY lead_id ORDER BY date, number)
       )
       INSERT INTO crm_lead_move (lead_id, date_entered, date_left, duration_hours, stage_id, from_stage_id,
                                  probability, is_stage_move, is_push, %(facts)s)
       SELECT lead.id, spans.date, spans.date_left,
              EXTRACT(EPOCH FROM spans.date_left - spans.date) / 3600,
              CASE WHEN spans.date_left IS NULL THEN lead.stage_id ELSE stage.id END, past.id,
              lead.probability, TRUE, FALSE, %(lead_facts)s
         FROM spans
         JOIN fresh lead ON lead.id = spans.lead_id
         LEFT JOIN crm_stage stage ON stage.id = spans.stage_id
         LEFT JOIN crm_stage past ON past.id = spans.from_stage_id
        ORDER BY spans.date
    RETURNING id"""


class CrmLeadMove(models.Model):
    """How a deal stood from one moment to another; the row without an end is how it stands now.

    Rows are written when a transaction commits, by comparison with the deal: whatever changed it, a button, an import
    or a recomputation, and however many deals at once.
    """

    _name = "crm.lead.move"
    _description = "Deal Move"
    _order = "date_entered desc, id desc"
    _log_access = False
    _rec_name = "lead_id"

    lead_id = fields.Many2one("crm.lead", "Deal", required=True, readonly=True, ondelete="cascade", index=True)
    date_entered = fields.Datetime("From", required=True, readonly=True, index=True)
    date_left = fields.Datetime("Until", readonly=True)
    duration_hours = fields.Float("Hours", readonly=True, aggregator="avg", digits=(16, 2))
    from_stage_id = fields.Many2one("crm.stage", readonly=True, ondelete="set null")
    stage_id = fields.Many2one("crm.stage", readonly=True, ondelete="set null", index="btree_not_null")
    pipeline_id = fields.Many2one("crm.pipeline", readonly=True, ondelete="set null")
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True, ondelete="set null")
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True, ondelete="set null")
    company_id = fields.Many2one("res.company", readonly=True, ondelete="set null")
    company_currency = fields.Many2one(related="lead_id.company_currency")
    expected_revenue = fields.Monetary(currency_field="company_currency", readonly=True, aggregator="avg")
    date_deadline = fields.Date("Expected Closing", readonly=True)
    probability = fields.Float(readonly=True, aggregator="avg")
    is_stage_move = fields.Boolean("Changed Stage", readonly=True)
    is_push = fields.Boolean("Closing Put Off", readonly=True)
    mover_id = fields.Many2one("res.users", "Changed By", readonly=True, ondelete="set null")

    _current_unique = models.UniqueIndex("(lead_id) WHERE date_left IS NULL")
    _funnel_idx = models.Index("(pipeline_id, date_entered)")

    @api.model
    def _note(self, leads):
        """Compare these deals with their rows when the transaction commits."""
        precommit = self.env.cr.precommit
        if self._name not in precommit.data:
            precommit.data[self._name] = set()
            precommit.add(self._write_noted)
        precommit.data[self._name].update(lead_id for lead_id in leads._ids if isinstance(lead_id, int))

    def _write_noted(self):
        lead_ids = list(self.env.cr.precommit.data.pop(self._name, ()))
        if lead_ids:
            self.env["crm.lead"].flush_model([*FACTS, "probability", "automated_probability"])
            self.flush_model()
            self._end_rows(lead_ids)
            self._begin_rows(lead_ids)
            self.invalidate_model()

    def _end_rows(self, lead_ids):
        """End the rows that no longer tell how their deal stands. A probability counts when a person has set it."""
        differs = SQL(" OR ").join(
            SQL("move.%(column)s IS DISTINCT FROM lead.%(column)s", column=SQL.identifier(fact)) for fact in FACTS
        )
        by_hand = SQL(
            "COALESCE(move.probability, 0) <> COALESCE(lead.probability, 0)"
            " AND lead.probability IS DISTINCT FROM lead.automated_probability"
        )
        self.env.execute_query(
            SQL(
                """UPDATE crm_lead_move move
                      SET date_left = %(now)s,
                          duration_hours = EXTRACT(EPOCH FROM %(now)s::timestamp - move.date_entered) / 3600
                     FROM crm_lead lead
                    WHERE lead.id = move.lead_id AND lead.id = ANY(%(leads)s) AND move.date_left IS NULL
                      AND (%(differs)s OR (%(by_hand)s)) RETURNING move.id""",
                now=fields.Datetime.now(),
                leads=lead_ids,
                differs=differs,
                by_hand=by_hand,
            )
        )

    def _begin_rows(self, lead_ids):
        """Begin a row for each deal that has none that is open, and count what was put off."""
        facts = [SQL.identifier(fact) for fact in FACTS]
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO crm_lead_move (lead_id, date_entered, mover_id, probability, from_stage_id,
                                              is_stage_move, is_push, %(facts)s)
                   SELECT lead.id, %(now)s, %(mover)s, lead.probability, past.stage_id,
                          past.id IS NULL OR past.stage_id IS DISTINCT FROM lead.stage_id,
                          COALESCE(past.date_deadline < lead.date_deadline, FALSE), %(lead_facts)s
                     FROM crm_lead lead
                     LEFT JOIN LATERAL (SELECT move.* FROM crm_lead_move move WHERE move.lead_id = lead.id
                                         ORDER BY move.date_left DESC NULLS LAST, move.id DESC LIMIT 1) past ON TRUE
                    WHERE lead.id = ANY(%(leads)s) AND lead.type = 'opportunity'
                      AND NOT EXISTS (SELECT FROM crm_lead_move move
                                       WHERE move.lead_id = lead.id AND move.date_left IS NULL)
                   RETURNING lead_id, is_push, is_stage_move""",
                now=fields.Datetime.now(),
                mover=self.env.uid,
                leads=lead_ids,
                facts=SQL(", ").join(facts),
                lead_facts=SQL(", ").join(SQL("lead.%s", fact) for fact in facts),
            )
        )
        self._count_pushes([lead_id for lead_id, is_push, _is_stage_move in rows if is_push])
        moved = [lead_id for lead_id, _is_push, is_stage_move in rows if is_stage_move]
        self._on_stages_entered(self.env["crm.lead"].browse(moved))

    def _on_stages_entered(self, leads):
        """These deals are in another stage than before the transaction."""

    def _count_pushes(self, lead_ids):
        if lead_ids:
            count = SQL(
                "UPDATE crm_lead SET closing_pushes = COALESCE(closing_pushes, 0) + 1 WHERE id = ANY(%s)", lead_ids
            )
            self.env.cr.execute(count)
            self.env["crm.lead"].invalidate_model(["closing_pushes"])

    @api.model
    def _merge_leads(self, source_ids, target):
        """The past of merged deals becomes that of the one that stays; how they stood last ends now."""
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """UPDATE crm_lead_move
                      SET lead_id = %(target)s,
                          duration_hours = COALESCE(duration_hours,
                                                    EXTRACT(EPOCH FROM %(now)s::timestamp - date_entered) / 3600),
                          date_left = COALESCE(date_left, %(now)s)
                    WHERE lead_id = ANY(%(sources)s)""",
                target=target.id,
                now=fields.Datetime.now(),
                sources=list(source_ids),
            )
        )
        self.invalidate_model()

    @api.model
    def _begin_all(self):
        """Deals that were there before there was a history get theirs from the stages that the chatter tells.

        What else a row says is how the deal stands now: the chatter does not tell it of every deal.
        """
        self.env["crm.lead"].flush_model()
        facts = [fact for fact in FACTS if fact != "stage_id"]
        rows = self.env.execute_query(
            SQL(
                FIRST_MOVES,
                field=self.env["ir.model.fields"]._get("crm.lead", "stage_id").id,
                facts=SQL(", ").join(SQL.identifier(fact) for fact in facts),
                lead_facts=SQL(", ").join(SQL("lead.%s", SQL.identifier(fact)) for fact in facts),
            )
        )
        self.invalidate_model()
        return len(rows)
