from odoo import api, fields, models
from odoo.fields import Domain


class CrmLead(models.Model):
    _inherit = "crm.lead"

    pipeline_id = fields.Many2one(
        "crm.pipeline",
        compute="_compute_pipeline_id",
        inverse="_inverse_pipeline_id",
        store=True,
        readonly=False,
        copy=True,
        index=True,
        ondelete="set null",
    )
    stage_id = fields.Many2one(
        domain="""['|', ('team_ids', '=', False), ('team_ids', 'in', team_id),
                   ('pipeline_id', 'in', [pipeline_id, False])]"""
    )
    stage_status = fields.Selection(related="stage_id.status", store=True, string="Status")
    origin_id = fields.Many2one("crm.lead", "Follows", copy=False, readonly=True, ondelete="set null", index=False)
    followup_ids = fields.One2many("crm.lead", "origin_id", "Followed by")

    _origin_unique = models.UniqueIndex("(origin_id) WHERE origin_id IS NOT NULL", "A won deal is followed up once.")

    # ---- the pipeline follows the stage; whoever changes it moves the deal

    @api.depends("stage_id", "stage_id.pipeline_id")
    def _compute_pipeline_id(self):
        pipelines = self.env["crm.pipeline"]
        for lead in self:
            # A stage that all pipelines share says nothing: the deal goes on where it was, or where its team begins.
            lead.pipeline_id = lead.stage_id.pipeline_id or lead.pipeline_id or pipelines._get_default(lead.team_id)

    def _inverse_pipeline_id(self):
        """Move deals to the stage of their new pipeline that means the same."""
        strays = self.filtered(
            lambda lead: (
                lead.pipeline_id and lead.stage_id.pipeline_id not in (lead.pipeline_id, lead.browse().pipeline_id)
            )
        )
        for (pipeline, status, team), leads in strays.grouped(
            lambda lead: (lead.pipeline_id, lead.stage_id.status, lead.team_id)
        ).items():
            leads.stage_id = pipeline._find_stage(status, team)

    @api.onchange("pipeline_id")
    def _onchange_pipeline_id(self):
        self._inverse_pipeline_id()

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("pipeline_id") and not vals.get("stage_id"):
                vals["stage_id"] = self._find_first_stage_id(vals)
        return super().create(vals_list)

    def _find_first_stage_id(self, vals):
        scope = self.with_context(crm_first_stage=True, default_pipeline_id=vals["pipeline_id"])
        return scope._stage_find(vals.get("team_id"), [("fold", "=", False)]).id

    # ---- stages of one pipeline

    def _stage_find(self, team_id=False, domain=None, order="sequence, id", limit=1):
        pipelines = self._get_own_pipelines(team_id)
        if pipelines:
            own = Domain(domain or Domain.TRUE) & Domain("pipeline_id", "in", [*pipelines.ids, False])
            if stages := super()._stage_find(team_id, list(own), order, limit):
                return stages
        return super()._stage_find(team_id, domain, order, limit)

    def _get_own_pipelines(self, team_id=False):
        own = self.stage_id.pipeline_id
        if not own and not self.env.context.get("crm_first_stage"):
            own = self.pipeline_id  # while Odoo chooses a stage, the pipeline hangs on what it chooses
        if own:
            return own
        wanted = self.env["crm.pipeline"].browse(self.env.context.get("default_pipeline_id"))
        team = self.team_id[:1] or self.env["crm.team"].browse(team_id)
        return wanted or self.env["crm.pipeline"]._get_default(team)

    def action_set_won(self):
        for deals in self.grouped("pipeline_id").values():
            super(CrmLead, deals).action_set_won()
        return True

    @api.model
    def _read_group_stage_ids(self, stages, domain):
        """The columns of the pipeline that is shown, and whatever else has deals."""
        columns = super()._read_group_stage_ids(stages, domain)
        shown = {
            pipeline_id
            for condition in Domain(domain).iter_conditions()
            if condition.field_expr == "pipeline_id" and condition.operator in ("in", "=")
            for pipeline_id in (condition.value if condition.operator == "in" else [condition.value])
        }
        if not shown:
            return columns
        return columns.filtered(lambda stage: stage in stages or stage.pipeline_id.id in shown | {False})

    # ---- what follows a won deal

    def _on_outcome(self, status):
        result = super()._on_outcome(status)
        if status == "won":
            self._open_followups()
        return result

    def _open_followups(self):
        """Open the deals that follow those just won, once each."""
        followed = self.filtered(lambda lead: lead.pipeline_id.followup_pipeline_id)
        if not followed:
            return
        # sudo: a follow-up counts although it belongs to a colleague, and a lost one is not opened again
        known = self.sudo().with_context(active_test=False).search([("origin_id", "in", followed.ids)]).origin_id
        self.create([lead._prepare_followup_values() for lead in followed if lead not in known])

    def _prepare_followup_values(self):
        return {
            "name": self.name,
            "type": "opportunity",
            "origin_id": self.id,
            "pipeline_id": self.pipeline_id.followup_pipeline_id.id,
            "partner_id": self.partner_id.id,
            "user_id": self.user_id.id,
            "team_id": self.team_id.id,
            "company_id": self.company_id.id,
        }

    def _merge_dependences(self, opportunities):
        """What followed one of the merged deals follows the one that stays, unless it is followed already."""
        result = super()._merge_dependences(opportunities)
        if not self.sudo().followup_ids:  # sudo: whoever may merge deals need not see what follows them
            opportunities.sudo().followup_ids[:1].origin_id = self  # sudo: the same
        return result
