from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, date_utils

from . import process_figures, process_map, survival

KINDS = ("deal", "ticket")
LONGEST = 120  # months


class CrmProcess(models.AbstractModel):
    """How deals and tickets really go: which ways they take, where they wait, and how many arrive.

    One statement over the visits of stages, which are as visible as the deals and tickets themselves.
    """

    _name = "crm.process"
    _description = "Process"

    @api.model
    @api.readonly
    def get_process(self, kind="deal", months=12, team_id=None, pipeline_id=None):
        """Everything that the screen shows about the cases that began in the last months.

        :param kind: "deal" or "ticket"
        """
        if kind not in KINDS:
            raise ValueError(f"There is no process of {kind!r}, only of {', '.join(KINDS)}.")
        since = date_utils.subtract(fields.Datetime.now(), months=min(max(int(months), 1), LONGEST))
        visits = getattr(self, f"_get_{kind}_visits")(since, team_id, pipeline_id)
        found = self._query(visits)
        names = self._get_stage_names(kind, found)
        edges = [{**edge, "to": edge["to"] or edge["ending"]} for edge in found["edges"]]
        nodes = sorted(found["nodes"], key=lambda node: (names[node["key"]]["sequence"], node["key"]))
        return {
            "map": process_map.draw([node["key"] for node in nodes], edges),
            "nodes": nodes,
            "names": {key: name["name"] for key, name in names.items()},
            "funnel": process_figures.funnel(nodes),
            "variants": process_figures.variants(found["variants"]),
            "bottlenecks": self._name_teams(kind, process_figures.bottlenecks(found["bottlenecks"])),
            "cohorts": found["cohorts"],
            "survival": self._get_survival(nodes, found["survival"]),
            "survival_days": survival.DAYS,
            "choices": self._get_choices(kind),
        }

    def _get_choices(self, kind):
        """What the screen offers to choose from, as far as the reader may see it."""
        teams = self.env["crm.team" if kind == "deal" else "service.team"].search(Domain.TRUE)
        pipelines = self.env["crm.pipeline"].search(Domain.TRUE) if kind == "deal" else self.env["crm.pipeline"]
        kinds = [name for name, model in zip(KINDS, ("crm.fact.stage", "service.ticket"), strict=True)
                 if self.env[model].has_access("read")]  # fmt: skip
        return {
            "kinds": kinds,
            "teams": [{"id": team.id, "name": team.display_name} for team in teams],
            "pipelines": [{"id": pipeline.id, "name": pipeline.name} for pipeline in pipelines],
        }

    def _get_stage_names(self, kind, found):
        stages = self.env["crm.stage" if kind == "deal" else "service.stage"]
        keys = {node["key"] for node in found["nodes"]}
        # sudo: names of the stages that visible cases were in, those of other teams too
        known = {stage.id: stage for stage in stages.sudo().browse(keys).exists()}
        gone = {"name": self.env._("Deleted stage"), "sequence": 10**6}
        return {
            key: {"name": known[key].name, "sequence": known[key].sequence or 0} if key in known else gone
            for key in keys
        }

    def _name_teams(self, kind, rows):
        teams = self.env["crm.team" if kind == "deal" else "service.team"]
        # sudo: names of the teams of visible cases
        names = {team.id: team.display_name for team in teams.sudo().browse(row["team"] for row in rows if row["team"])}
        return [{**row, "team_name": names.get(row["team"], "")} for row in rows]

    def _get_survival(self, nodes, rows):
        curves = []
        for node in nodes:
            days = sorted((row["day"], row["gone"], row["seen"]) for row in rows if row["key"] == node["key"])
            curve = survival.kaplan_meier(days)
            shares = [survival.share_after(curve, day) for day in survival.DAYS]
            curves.append({"key": node["key"], "shares": shares, "median": survival.median_of(curve)})
        return curves

    # ---- visits of stages: case_id, number, stage_id, team_id, begun, ended, outcome (of the case)

    def _get_deal_visits(self, since, team_id, pipeline_id):
        domain = Domain("date_created", ">=", since)
        domain &= Domain("team_id", "=", int(team_id)) if team_id else Domain.TRUE
        domain &= Domain("pipeline_id", "=", int(pipeline_id)) if pipeline_id else Domain.TRUE
        rows = self.env["crm.fact.stage"]._search(domain)
        return SQL(
            """SELECT lead_id AS case_id, number, begun, ended, stage_id, team_id,
                      last_value(outcome) OVER (PARTITION BY lead_id ORDER BY number
                          RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS outcome
                 FROM (SELECT lead_id, number, min(date_entered) AS begun,
                              (array_agg(date_left ORDER BY date_entered DESC, id DESC))[1] AS ended,
                              (array_agg(stage_id ORDER BY date_entered DESC, id DESC))[1] AS stage_id,
                              (array_agg(team_id ORDER BY date_entered DESC, id DESC))[1] AS team_id,
                              (array_agg(outcome ORDER BY date_entered DESC, id DESC))[1] AS outcome
                         FROM (SELECT *,
                                      sum(entry_count) OVER (PARTITION BY lead_id ORDER BY date_entered, id) AS number
                                 FROM crm_fact_stage WHERE id IN %s) AS moves
                        GROUP BY lead_id, number) AS visits""",
            rows.subselect(),
        )

    def _get_ticket_visits(self, since, team_id, _pipeline_id):
        domain = Domain("date_opened", ">=", since)
        domain &= Domain("team_id", "=", int(team_id)) if team_id else Domain.TRUE
        return SQL(
            """WITH chosen AS (SELECT * FROM service_ticket WHERE id IN %(rows)s),
                    told AS (SELECT message.res_id AS case_id, message.date, value.id,
                                    value.old_value_integer AS old_id, value.new_value_integer AS new_id
                               FROM chosen
                               JOIN mail_message AS message
                                 ON message.model = 'service.ticket' AND message.res_id = chosen.id
                               JOIN mail_tracking_value AS value
                                 ON value.mail_message_id = message.id AND value.field_id = %(field)s),
                    entry AS (SELECT case_id, date AS begun, new_id AS stage_id, id FROM told
                              UNION ALL
                              SELECT chosen.id, chosen.date_opened, COALESCE(first.old_id, chosen.stage_id), 0
                                FROM chosen
                                LEFT JOIN (SELECT DISTINCT ON (case_id) case_id, old_id FROM told
                                            ORDER BY case_id, date, id) AS first ON first.case_id = chosen.id)
               SELECT entry.case_id, row_number() OVER past AS number, entry.begun,
                      COALESCE(lead(entry.begun) OVER past, chosen.date_closed) AS ended, entry.stage_id,
                      chosen.team_id, CASE WHEN chosen.date_closed IS NULL THEN 'open' ELSE 'won' END AS outcome
                 FROM entry JOIN chosen ON chosen.id = entry.case_id
                 JOIN service_stage AS stage ON stage.id = entry.stage_id AND stage.category NOT IN ('solved', 'closed')
               WINDOW past AS (PARTITION BY entry.case_id ORDER BY entry.begun, entry.id)""",
            rows=self.env["service.ticket"]._search(domain).subselect(),
            field=self.env["ir.model.fields"]._get("service.ticket", "stage_id").id,
        )

    # ---- what is counted over them

    def _query(self, visits):
        """All figures by one statement, so that the visits are found once.

        A stage in which everything ends is no place to wait in: it is the end of the way.
        """
        parts = SQL(", ").join(
            SQL("(SELECT COALESCE(json_agg(row_to_json(found)), '[]') FROM (%s) AS found)", SQL(part))
            for part in _FIGURES.values()
        )
        row = self.env.execute_query(
            SQL(
                """WITH raw AS MATERIALIZED (%(visits)s),
                        visit AS MATERIALIZED (
                            SELECT raw.*, lead(raw.stage_id) OVER way AS next_id,
                                   EXTRACT(EPOCH FROM raw.ended - raw.begun) / 3600 AS hours,
                                   EXTRACT(EPOCH FROM COALESCE(raw.ended, %(now)s) - raw.begun) / 3600 AS spent
                              FROM raw
                             WHERE %(waiting)s
                            WINDOW way AS (PARTITION BY raw.case_id ORDER BY raw.number))
                   SELECT %(parts)s""",
                visits=visits,
                now=fields.Datetime.now(),
                waiting=SQL("raw.stage_id IS NOT NULL AND raw.ended IS DISTINCT FROM raw.begun"),
                parts=parts,
            )
        )[0]
        return dict(zip(_FIGURES, row, strict=True))


_FIGURES = {
    "nodes": """SELECT stage_id AS key, count(*) AS visits, count(DISTINCT case_id) AS cases,
                       count(DISTINCT case_id) FILTER (WHERE outcome = 'won') AS won,
                       count(*) FILTER (WHERE ended IS NULL) AS waiting,
                       percentile_cont(0.5) WITHIN GROUP (ORDER BY hours) AS median_hours
                  FROM visit GROUP BY stage_id""",
    "edges": """SELECT stage_id AS "from", next_id AS "to", CASE WHEN next_id IS NULL THEN outcome END AS ending,
                       count(*) AS count, percentile_cont(0.5) WITHIN GROUP (ORDER BY hours) AS median_hours
                  FROM visit WHERE next_id IS NOT NULL OR (ended IS NOT NULL AND outcome IN ('won', 'lost'))
                 GROUP BY stage_id, next_id, 3 ORDER BY count DESC""",
    "variants": """SELECT way, outcome, count(*) AS count, avg(hours) AS hours
                     FROM (SELECT case_id, array_agg(stage_id ORDER BY number) AS way, min(outcome) AS outcome,
                                  sum(spent) AS hours FROM visit GROUP BY case_id) AS cases
                    GROUP BY way, outcome ORDER BY count DESC""",
    "bottlenecks": """SELECT stage_id AS stage, team_id AS team, sum(spent) AS hours, count(*) AS visits,
                             count(*) FILTER (WHERE ended IS NULL) AS waiting,
                             percentile_cont(0.5) WITHIN GROUP (ORDER BY spent) AS median_hours,
                             percentile_cont(0.9) WITHIN GROUP (ORDER BY spent) AS slow_hours
                        FROM visit GROUP BY 1, 2""",
    "cohorts": """SELECT to_char(month, 'YYYY-MM') AS month, count(*) AS cases,
                         count(*) FILTER (WHERE outcome = 'won') AS won,
                         count(*) FILTER (WHERE outcome = 'lost') AS lost,
                         count(*) FILTER (WHERE outcome NOT IN ('won', 'lost')) AS open,
                         percentile_cont(0.5) WITHIN GROUP (ORDER BY hours) FILTER (WHERE outcome = 'won')
                         AS median_hours
                    FROM (SELECT case_id, date_trunc('month', min(begun)) AS month, min(outcome) AS outcome,
                                 sum(spent) AS hours FROM visit GROUP BY case_id) AS cases
                   GROUP BY month ORDER BY month""",
    "survival": """SELECT stage_id AS key, floor(spent / 24)::int AS day,
                          count(*) FILTER (WHERE ended IS NOT NULL) AS gone,
                          count(*) FILTER (WHERE ended IS NULL) AS seen
                     FROM visit GROUP BY 1, 2""",
}
