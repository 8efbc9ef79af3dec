from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

# What a stage means in any pipeline, so that totals of different pipelines compare.
STATUSES = [
    ("new", "New"),
    ("qualified", "Qualified"),
    ("proposal", "Proposal"),
    ("negotiation", "Negotiation"),
    ("won", "Won"),
]


class CrmPipeline(models.Model):
    """A way in which deals go, independent of the teams that go it."""

    _name = "crm.pipeline"
    _inherit = "crm.cached.mixin"
    _description = "Pipeline"
    _order = "sequence, id"
    _check_company_auto = True

    _cached_fields = frozenset({"sequence", "active", "company_id", "team_ids"})

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True)
    team_ids = fields.Many2many(
        "crm.team", string="Default Of", help="New deals of these teams start here. Everybody may use any pipeline."
    )
    stage_ids = fields.One2many("crm.stage", "pipeline_id", "Stages")
    followup_pipeline_id = fields.Many2one(
        "crm.pipeline",
        "After Winning",
        index="btree_not_null",
        check_company=True,
        help="A deal that is won here opens a deal of the same customer there, once: onboarding, renewal.",
    )

    @api.constrains("followup_pipeline_id")
    def _check_followup(self):
        if culprits := self.filtered(lambda pipeline: pipeline.followup_pipeline_id == pipeline):
            raise ValidationError(
                self.env._(
                    "%(pipelines)s: choose another pipeline for what follows a won deal.",
                    pipelines=", ".join(culprits.mapped("name")),
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_only_unused(self):
        deals = self.env["crm.lead"].sudo().with_context(active_test=False)  # sudo: those of colleagues count as well
        used = deals._read_group([("pipeline_id", "in", self.ids)], ["pipeline_id"])
        if kept := {pipeline.name for (pipeline,) in used} | set(self.stage_ids.pipeline_id.mapped("name")):
            raise UserError(
                self.env._(
                    "Archive these pipelines, or move their deals and stages first: %(pipelines)s",
                    pipelines=", ".join(sorted(kept)),
                )
            )

    # ---- which pipeline new deals start in

    @api.model
    @tools.ormcache("team_id", "company_id")
    def _get_default_id(self, team_id, company_id):
        """The first pipeline of the team, or the first that belongs to no team."""
        # sudo: where a deal starts does not depend on who enters it
        pipelines = self.sudo().search([("company_id", "in", [company_id, False])])
        of_team = pipelines.filtered(lambda pipeline: team_id in pipeline.team_ids.ids)
        return (of_team or pipelines.filtered(lambda pipeline: not pipeline.team_ids) or pipelines)[:1].id

    @api.model
    def _get_default(self, team):
        return self.browse(self._get_default_id(team.id, (team.company_id or self.env.company).id))

    # ---- stages

    def _find_stage(self, status, team):
        """The stage of this pipeline that means the same, or the nearest one before it."""
        stages = self.env["crm.stage"].search([("pipeline_id", "in", self.ids)])
        stages = stages.filtered(lambda stage: not stage.team_ids or team in stage.team_ids)
        ranks = [value for value, _label in STATUSES]
        rank = ranks.index(status or "new")
        same = stages.filtered(lambda stage: stage.status == status)
        before = stages.filtered(lambda stage: ranks.index(stage.status) < rank).sorted(
            lambda stage: ranks.index(stage.status), reverse=True
        )
        return (same or before or stages)[:1]

    @api.model
    def _adopt_stages(self):
        """Before there were pipelines, all stages were one: they become the first pipeline."""
        stages = self.env["crm.stage"]
        if stages.search_count([("pipeline_id", "!=", False)], limit=1):
            return
        open_stages = stages.search([("is_won", "=", False)])
        ranks = [value for value, _label in STATUSES[:-1]]
        for number, stage in enumerate(open_stages):
            stage.status = ranks[min(number, len(ranks) - 1)]
        stages.search(Domain.TRUE).pipeline_id = self.env.ref("crm_frontoffice.crm_pipeline_sales")
