from odoo import api, fields, models
from odoo.exceptions import UserError

# What hangs on a ticket by model and id, and by which field it names the model.
PARTS = {
    "mail.message": "model",
    "ir.attachment": "res_model",
    "mail.activity": "res_model",
    "rating.rating": "res_model",
}
OWN_DATES = ("date_opened", "date_first_answer")


class ServiceMerge(models.Model):
    """A ticket that went into another, with what it took there, so that it can come back."""

    _name = "service.merge"
    _description = "Merge of a Ticket"
    _order = "id desc"
    _rec_name = "source_id"

    source_id = fields.Many2one(
        "service.ticket", "Ticket", required=True, readonly=True, index=True, ondelete="cascade"
    )
    target_id = fields.Many2one("service.ticket", "Into", required=True, readonly=True, index=True, ondelete="cascade")
    partner_id = fields.Many2one(related="source_id.partner_id", string="Customer")
    user_id = fields.Many2one("res.users", "By", readonly=True, ondelete="set null", default=lambda self: self.env.uid)
    date = fields.Datetime("Merged on", required=True, readonly=True, default=fields.Datetime.now)
    date_undone = fields.Datetime("Undone on", readonly=True)
    snapshot = fields.Json(readonly=True, groups="base.group_system")

    _source_unique = models.UniqueIndex("(source_id) WHERE date_undone IS NULL", "A ticket goes into one other.")

    # ---- before the merge

    @api.model
    def _record(self, sources, target):
        """Note where everything is that is about to move."""
        own = self._get_own_dates(target)
        parts = {name: records.grouped("res_id") for name, records in self._find_parts(sources).items()}
        known = target.message_partner_ids
        vals_list = []
        for source in sources:
            followers = source._get_heirs() - target.partner_id - known
            known |= followers
            snapshot = {
                "parts": {name: rows[source.id].ids for name, rows in parts.items() if source.id in rows},
                "children": source.child_ids.ids,
                "links": source.link_ids.ids,
                "followers": followers.ids,
                "watchers": (source.watcher_ids - target.watcher_ids).ids,
                "stage": source.stage_id.id,
                "phase": max(source.phase_ids.ids, default=False),
                "reopen_count": source.reopen_count,
                "waiting_since": fields.Datetime.to_string(source.date_waiting_since) or False,
                "own": own,
            }
            vals_list.append({"source_id": source.id, "target_id": target.id, "snapshot": snapshot})
        return self.create(vals_list)

    @api.model
    def _find_parts(self, tickets):
        """What hangs on tickets by model and id; notices to colleagues about a ticket stay with it."""
        domain = [("res_id", "in", tickets.ids)]
        parts = {name: self.env[name].search([(column, "=", tickets._name), *domain]) for name, column in PARTS.items()}
        parts["mail.message"] = parts["mail.message"].filtered(
            lambda message: message.message_type != "user_notification"
        )
        return parts

    @api.model
    def _get_own_dates(self, target):
        """When the target itself began and was answered, whatever has gone into it before."""
        earlier = self.search([("target_id", "=", target.id), ("date_undone", "=", False)], limit=1, order="id")
        if earlier:
            return earlier.snapshot["own"]
        return {name: fields.Datetime.to_string(target[name]) or False for name in OWN_DATES}

    # ---- back again

    def action_undo(self):
        """Each ticket gets back what it brought along, where nobody has moved it since, and goes on as it was."""
        # sudo: what hangs on a ticket goes where the ticket goes; who may write both tickets decides
        for merge in self.sudo().sorted("id", reverse=True):
            merge._check_undoable()
            merge._undo()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _check_undoable(self):
        """Who may write both tickets may part them."""
        for ticket in (self.source_id, self.target_id):
            ticket.sudo(False).check_access("write")
        if self.date_undone:
            raise UserError(self.env._("%(ticket)s has come back already.", ticket=self.source_id.number))
        if further := self.target_id.merged_into_id:
            raise UserError(
                self.env._(
                    "%(ticket)s went into %(other)s since: undo that merge first.",
                    ticket=self.target_id.number,
                    other=further.number,
                )
            )

    def _undo(self):
        source, target, snapshot = self.source_id, self.target_id, self.snapshot
        self.date_undone = fields.Datetime.now()
        self._return_parts(source, target, snapshot)
        self._restore_source(source, snapshot)
        self._restore_target(source, target, snapshot)
        (source + target)._sla_rematch()
        link = target._get_html_link()
        source._message_log(
            body=self.env._("The merge was undone: this ticket goes on apart from %(ticket)s.", ticket=link)
        )
        link = source._get_html_link()
        target._message_log(body=self.env._("The merge was undone: %(ticket)s goes on by itself.", ticket=link))
        self.snapshot = False

    @api.model
    def _return_parts(self, source, target, snapshot):
        for name, ids in snapshot["parts"].items():
            self.env[name].search([("id", "in", ids), ("res_id", "=", target.id)]).write({"res_id": source.id})
        children = source.browse(snapshot["children"]).exists()
        children.filtered(lambda ticket: ticket.parent_id == target).parent_id = source
        links = self.env["service.ticket.link"].browse(snapshot["links"]).exists()
        links.filtered(lambda link: link.ticket_id == target).ticket_id = source

    def _restore_source(self, source, snapshot):
        """It goes on in its stage, and its clocks as if it had never stood still."""
        source.merged_into_id = False
        stage = self.env["service.stage"].browse(snapshot["stage"]).exists()
        if source.category == "closed" and stage.category != "closed":
            if stage and (not stage.team_ids or source.team_id in stage.team_ids):
                source.stage_id = stage
            else:
                source._move_to("open")
            self.env["service.ticket.phase"].browse(snapshot["phase"] or []).exists()._go_on()
        source.write({"reopen_count": snapshot["reopen_count"], "date_waiting_since": snapshot["waiting_since"]})

    def _restore_target(self, source, target, snapshot):
        """Its dates are its own again, as far as they came from the ticket that leaves; so are its followers."""
        left = self.search([("target_id", "=", target.id), ("date_undone", "=", False)]).source_id
        values = {}
        for name in OWN_DATES:
            if target[name] and target[name] == source[name]:
                moments = [fields.Datetime.to_datetime(snapshot["own"][name]), *left.mapped(name)]
                values[name] = min(filter(None, moments), default=False)
        watchers = self.env["res.partner"].browse(snapshot["watchers"]) - left.watcher_ids
        target.write({**values, "watcher_ids": [fields.Command.unlink(watcher.id) for watcher in watchers]})
        needed = left._get_heirs() | target.partner_id | target.user_id.partner_id
        target.message_unsubscribe((self.env["res.partner"].browse(snapshot["followers"]) - needed).ids)
