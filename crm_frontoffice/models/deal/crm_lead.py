from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

# What may move a deal to another stage: a salesperson brings his team, and a team its stages.
STAGE_FIELDS = frozenset({"stage_id", "team_id", "user_id", "type"})
# What may close or reopen a deal.
OUTCOME_FIELDS = frozenset({"stage_id", "active", "probability"})


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.event.source"]

    # ---- the stage that Odoo chooses

    def _compute_stage_id(self):
        # The stage that Odoo chooses, as opposed to one that somebody wants for the deal.
        return super(CrmLead, self.with_context(crm_first_stage=True))._compute_stage_id()

    def _stage_find(self, team_id=False, domain=None, order="sequence, id", limit=1):
        """Deals that arrive from outside start in the first stage that demands nothing: they are never refused."""
        gated = self.env["crm.stage.gate"]._get_gated_stage_ids()
        if not gated or not self.env.context.get("crm_first_stage"):
            return super()._stage_find(team_id, domain, order, limit)
        open_domain = list(Domain(domain or Domain.TRUE) & Domain("id", "not in", gated))
        return super()._stage_find(team_id, open_domain, order, limit) or super()._stage_find(
            team_id, domain, order, limit
        )

    # ---- event log

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        self.env["crm.event"]._move_references("crm.lead", opportunities.ids, self.id)
        return result

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        leads._log_event("deal_created")
        leads._log_outcomes({})  # Odoo has just read the outcome of new deals itself
        return leads

    def write(self, vals):
        # Read no more than needed: the outcome hangs on the probability, which Odoo wants to compute in one batch.
        stages = {lead.id: lead.stage_id for lead in self} if STAGE_FIELDS & vals.keys() else {}
        outcomes = {lead.id: lead.won_status for lead in self} if OUTCOME_FIELDS & vals.keys() else {}
        strangers = self.filtered(lambda lead: not lead.partner_id) if vals.get("partner_id") else self.browse()
        result = super().write(vals)
        if stages:
            self._log_moves(stages)
        if outcomes:
            self._log_outcomes(outcomes)
        strangers._hand_events_to_customer()
        return result

    def _log_moves(self, stage_before):
        """Tell which deals changed their stage; reaching a won stage is told as the deal's outcome."""
        moved = self.filtered(
            lambda lead: (
                stage_before[lead.id] not in (lead.stage_id, self.env["crm.stage"]) and not lead.stage_id.is_won
            )
        )
        for (before, after), leads in moved.grouped(lambda lead: (stage_before[lead.id], lead.stage_id)).items():
            leads._log_event("deal_moved", payload={"from": before.name, "to": after.name})

    def _log_outcomes(self, status_before):
        """Tell which deals are won or lost that were not so before."""
        for status in ("won", "lost"):
            leads = self.filtered(
                lambda lead, status=status: lead.won_status == status and status_before.get(lead.id) != status
            )
            if leads:
                leads._on_outcome(status)

    def _on_outcome(self, status):
        """These deals have just been won, or lost."""
        self._log_event(f"deal_{status}")

    def _hand_events_to_customer(self):
        """A deal that gets its customer late brings its history along."""
        if not self:
            return
        # From the cache: a flush would tear apart what Odoo writes in one batch.
        self.env.cr.execute(
            SQL(
                """UPDATE crm_event event
                      SET partner_id = lead.partner_id, commercial_partner_id = lead.commercial_partner_id
                     FROM UNNEST(%s, %s, %s) AS lead(id, partner_id, commercial_partner_id)
                    WHERE event.res_model = 'crm.lead' AND event.res_id = lead.id
                      AND event.commercial_partner_id IS NULL""",
                self.ids,
                [lead.partner_id.id for lead in self],
                [lead.partner_id.commercial_partner_id.id for lead in self],
            )
        )
        self.env["crm.event"].invalidate_model(["partner_id", "commercial_partner_id"])

    def _prepare_event_values(self):
        return {**super()._prepare_event_values(), "amount": self.expected_revenue}

    @api.model
    def _get_name_sql(self, alias, query):
        return self._field_to_sql(alias, "name", query)
