from psycopg2 import DataError, IntegrityError

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, mute_logger

from ....contexts import INSIDE

STEP = 2  # customers that Odoo's merge takes into another at a time


class CrmMatchMerge(models.Model):
    """A merge of customers, with what is needed to undo it."""

    _name = "crm.match.merge"
    _description = "Merge of Customers"
    _order = "id desc"
    _rec_name = "target_name"

    target_id = fields.Many2one("res.partner", "Into", readonly=True, index=True, ondelete="set null")
    target_name = fields.Char("Merged into", required=True, readonly=True)
    source_names = fields.Char("Merged", required=True, readonly=True)
    user_id = fields.Many2one("res.users", "By", readonly=True, ondelete="set null", default=lambda self: self.env.uid)
    state = fields.Selection(
        [("running", "Running"), ("done", "Done"), ("undone", "Undone")],
        required=True,
        readonly=True,
        default="running",
    )
    date_undone = fields.Datetime(readonly=True)
    undone_by_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    first_id = fields.Many2one(
        "crm.match.merge", "Part of", readonly=True, index=True, ondelete="set null",
        help="A merge of many customers goes in steps; they are undone together.",
    )  # fmt: skip
    snapshot = fields.Json(readonly=True, groups="base.group_system")

    @api.model
    def _merge(self, partners, target, values):
        """Merge any number of customers into one of them.

        :param values: what the one that stays gets in the end, as for `write`
        :return: the log records
        """
        # sudo: Odoo's merge moves rows of all models, whoever may see them; callers check the right to merge
        wizard = self.env["base.partner.merge.automatic.wizard"].sudo().create({})
        sources = (partners - target).ids
        logs = self.browse()
        for start in range(0, len(sources), STEP):
            wizard._merge([*sources[start : start + STEP], target.id], target.sudo(False), extra_checks=False)
            logs |= self.search([("target_id", "=", target.id), ("state", "=", "done")], order="id desc", limit=1)
        if values:
            target.with_context(crm_queue_duplicates=INSIDE).write(values)
            self.env.flush_all()
            logs[-1:]._note_target_after(target.id)
        logs.write({"first_id": logs[:1].id})
        return logs

    @api.model
    def _begin(self, sources, target):
        self.create(
            {
                "target_id": target.id,
                "target_name": target.display_name,
                "source_names": ", ".join(sources.mapped("display_name")),
                "snapshot": self.env["crm.match.snapshot"]._take(sources.ids, target.id),
            }
        )
        self.env.flush_all()

    @api.model
    def _finish(self, sources, target):
        """Everything has been moved; the merged customers are deleted next, with what still hangs on them."""
        log = self.search([("target_id", "=", target.id), ("state", "=", "running")], order="id desc", limit=1)
        # Odoo has just told the merge in the chatter, with names and addresses of who was merged: an undo removes it.
        of_target = [("model", "=", "res.partner"), ("res_id", "=", target.id)]
        note = self.env["mail.message"].search(of_target, order="id desc", limit=1)
        log.write({"state": "done", "snapshot": {**log.snapshot, "note": note.id}})
        self.env.flush_all()
        # Odoo moves attachments, but not pictures: the log keeps them for an undo.
        self.env.cr.execute(
            SQL(
                """UPDATE ir_attachment SET res_model = %s, res_id = %s
                    WHERE res_model = 'res.partner' AND res_id = ANY(%s) AND res_field IS NOT NULL""",
                self._name,
                log.id,
                sources.ids,
            )
        )
        self.env["ir.attachment"].invalidate_model()
        log._note_target_after(target.id)

    def _note_target_after(self, target_id):
        for log in self:
            log.snapshot = {**log.snapshot, **self.env["crm.match.snapshot"]._take_after(target_id)}

    @api.autovacuum
    def _gc_orphans(self):
        """What was kept to part a customer who was deleted since parts nobody any more."""
        self.search([("state", "=", "done"), ("target_id", "=", False)]).unlink()

    # ---- undo

    def action_undo(self):
        """Bring the merged customers back, with everything that the merge took from them and nobody moved since."""
        self.check_access("read")
        if not self.env.user.has_group("sales_team.group_sale_manager"):
            raise AccessError(self.env._("Only a sales administrator may undo a merge."))
        # sudo: rows of all models are moved back, whoever may see them
        logs = self.sudo().search([("first_id", "in", self.first_id.ids), ("state", "=", "done")])
        # sudo: the same for the merges at hand
        logs |= self.sudo().filtered(lambda log: log.state == "done")
        with self.env.cr.savepoint():
            for log in logs.sorted("id", reverse=True):
                log._undo()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _undo(self):
        snapshot = self.snapshot
        self._check_undoable(snapshot)
        self.env.flush_all()
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                self.env["crm.match.snapshot"]._restore(snapshot, self)
        except (IntegrityError, DataError) as error:
            self.env.invalidate_all(flush=False)
            raise UserError(
                self.env._(
                    "%(names)s cannot come back: something that they need was deleted or taken since. %(error)s",
                    names=self.source_names,
                    error=self.env["res.partner"]._sql_error_to_message(error),
                )
            ) from error
        self.env["mail.message"].browse(snapshot.get("note")).exists().unlink()
        # What was kept for the undo has served: personal data stays no longer than it is needed.
        undone = {"state": "undone", "date_undone": fields.Datetime.now(), "undone_by_id": self.env.uid}
        self.write({**undone, "snapshot": False})

    def _check_undoable(self, snapshot):
        if not self.env["res.partner"].browse(snapshot["target"]).exists():
            if self.target_id:
                raise UserError(
                    self.env._(
                        "%(name)s was merged into %(other)s since: undo that merge first.",
                        name=self.target_name,
                        other=self.target_id.display_name,
                    )
                )
            raise UserError(self.env._("%(name)s was deleted since: nothing to take back from.", name=self.target_name))
        later = self.search([("target_id", "=", snapshot["target"]), ("state", "=", "done"), ("id", ">", self.id)])
        if later:
            raise UserError(
                self.env._(
                    "%(names)s went into the same customer later: undo that merge first.",
                    names=", ".join(later.mapped("source_names")),
                )
            )
