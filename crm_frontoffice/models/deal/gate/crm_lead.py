from odoo import api, models

from ....contexts import INSIDE, StagesBefore
from ....exceptions import StageGateError


class CrmLead(models.Model):
    """Deals enter a stage with what the stage demands, on whatever path they come."""

    _inherit = "crm.lead"

    def write(self, vals):
        if "stage_id" not in vals:
            return super().write(vals)
        return super(CrmLead, self._with_stages_before()).write(vals)

    def _compute_field_value(self, field):
        # Odoo moves deals of a new team without writing their stage.
        if field.name != "stage_id":
            return super()._compute_field_value(field)
        return super(CrmLead, self._with_stages_before().with_context(crm_placing=INSIDE))._compute_field_value(field)

    def _with_stages_before(self):
        """Gates want to know where a deal comes from, and a deal that stays in its stage is not asked again."""
        if not self.env["crm.stage.gate"]._get_gated_stage_ids():
            return self
        return self.with_context(
            crm_stages_before=StagesBefore((lead.id, lead.stage_id.id) for lead in self if lead.id)
        )

    @api.model
    def _get_stages_before(self):
        """The stages before the move by the id of the deal, or None; what a caller claims does not count."""
        before = self.env.context.get("crm_stages_before")
        return before if isinstance(before, StagesBefore) else None

    @api.constrains("stage_id")
    def _check_stage_gates(self):
        """Refuse deals that lack what their stage demands.

        As a constraint it holds on every path: button, drag, list edit, import, RPC, and a team change that moves the
        deal without writing its stage.
        """
        gated = self.env["crm.stage.gate"]._get_gated_stage_ids()
        entering = self.filtered(lambda lead: lead.stage_id.id in gated)._filter_entering() if gated else self.browse()
        missing = []
        # sudo: a salesperson need not read the configuration to be bound by it
        for stage, leads in entering.sudo().grouped("stage_id").items():
            for gate in stage.gate_ids:
                missing += [gate._prepare_missing(lead) for lead in gate._find_lacking(leads)]
        if missing:
            raise StageGateError(self._tell_missing(missing), missing)

    def _filter_entering(self):
        """Without those that stay, and those that are placed in a first stage because they have none yet."""
        before = self._get_stages_before()
        if before is None:
            return self
        placing = self.env.context.get("crm_placing") is INSIDE
        return self.filtered(
            lambda lead: before.get(lead.id) != lead.stage_id.id and (before.get(lead.id) or not placing)
        )

    def _tell_missing(self, missing):
        demands = {}
        for row in missing:
            demands.setdefault((row["lead_id"], f"{row['lead']} → {row['stage']}"), []).append(row["message"])
        lines = [f"{move}: {', '.join(texts)}" for (_lead_id, move), texts in demands.items()]
        return self.env._("Before the move, please:\n%(demands)s", demands="\n".join(lines))

    def fill_in_and_move(self, values_by_lead, stage_id):
        """Fill in what the deals lacked, and repeat their move.

        :param values_by_lead: pairs of a deal's id and the values to write
        """
        for lead_id, values in values_by_lead:
            (self & self.browse(lead_id)).write(values)
        return self.write({"stage_id": stage_id})
