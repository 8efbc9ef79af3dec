from odoo import models
from odoo.tools import SQL
from odoo.tools.mail import generate_tracking_message_id

from ..contexts import INSIDE

# From how many records on their changes are written into the chatter together; a few go Odoo's own way.
MANY = 5
NOTES = "crm_frontoffice.notes"


class CrmBatchTrackingMixin(models.AbstractModel):
    """Changes of many records are told in the chatter by a few queries, where Odoo posts record by record.

    Records of which somebody wants to be told of such a change are posted as ever.
    """

    _name = "crm.batch.tracking.mixin"
    _inherit = ["mail.thread"]
    _description = "Tracking of Many Records at Once"

    def _message_track(self, fields_iter, initial_values_dict):
        if len(self) < MANY:
            return super()._message_track(fields_iter, initial_values_dict)
        notes = self.env.cr.precommit.data[NOTES] = {}
        try:
            scope = self.with_context(crm_gather_notes=INSIDE)
            result = super(CrmBatchTrackingMixin, scope)._message_track(fields_iter, initial_values_dict)
        finally:
            del self.env.cr.precommit.data[NOTES]
        self._post_notes(
            {record_id: values for record_id, values in notes.items() if len(values) > 1 or values["subtype_id"]}
        )
        return result

    def _track_subtype(self, init_values):
        return self._gather_subtype(super()._track_subtype(init_values))

    def _gather_subtype(self, subtype):
        """While notes are gathered, the subtype goes with the note: Odoo would look it up anew for each record.

        A model that has a `_track_subtype` of its own calls this with what that found.
        """
        if self.env.context.get("crm_gather_notes") is not INSIDE:
            return subtype
        notes = self.env.cr.precommit.data[NOTES]
        if subtype or self.id not in notes:
            notes[self.id] = {"subtype_id": subtype and subtype.id}
        return self.env["mail.message.subtype"]

    def _message_log(self, **kwargs):
        if self.env.context.get("crm_gather_notes") is not INSIDE:
            return super()._message_log(**kwargs)
        self.env.cr.precommit.data[NOTES][self.id] |= kwargs
        return self.env["mail.message"]

    def _post_notes(self, notes):
        heard = self._find_heard({(values["subtype_id"], record_id) for record_id, values in notes.items()})
        quiet = {}
        for record in self.browse(notes):
            values = notes[record.id]
            if (values["subtype_id"], record.id) in heard:
                record.message_post(**values)
            else:
                quiet[record] = values
        if quiet:
            self._write_notes(quiet)

    def _find_heard(self, pairs):
        """The pairs of a subtype and a record of which somebody else is told."""
        if not any(subtype_id for subtype_id, _record_id in pairs):
            return set()
        self.env["mail.followers"].flush_model()
        return set(
            self.env.execute_query(
                SQL(
                    """SELECT DISTINCT chosen.mail_message_subtype_id, follower.res_id
                         FROM mail_followers follower
                         JOIN mail_followers_mail_message_subtype_rel chosen ON chosen.mail_followers_id = follower.id
                        WHERE follower.res_model = %s AND follower.res_id = ANY(%s)
                          AND chosen.mail_message_subtype_id = ANY(%s) AND follower.partner_id <> %s""",
                    self._name,
                    sorted({record_id for _subtype_id, record_id in pairs}),
                    sorted({subtype_id for subtype_id, _record_id in pairs if subtype_id}),
                    self.env.user.partner_id.id,
                )
            )
        )

    def _write_notes(self, notes):
        """Messages and what they track, each by one insert."""
        common = self.union(*notes)._prepare_note_values()
        # sudo: as Odoo writes what it tracks
        messages = self.env["mail.message"].sudo()
        created = messages.create([record._prepare_note(values, common) for record, values in notes.items()])
        trackings = [
            {**command[2], "mail_message_id": message.id}
            for message, values in zip(created, notes.values(), strict=True)
            for command in values.get("tracking_value_ids") or ()
        ]
        self.env["mail.tracking.value"].sudo().create(trackings)  # sudo: the same

    def _prepare_note_values(self):
        """What the messages of these records need, by one query for all."""
        _author_id, sender = self._message_compute_author()
        return {
            "record_company_id": self._mail_get_companies(default=self.env.company),
            "record_alias_domain_id": self._mail_get_alias_domains(default_company=self.env.company),
            "reply_to": self._notify_get_reply_to(default=sender),
            "parent_id": self._get_parent_ids(),
        }

    def _prepare_note(self, values, common):
        author_id, sender = self._message_compute_author(values.get("author_id"))
        subtype_id = values["subtype_id"]
        note_id = self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_note")
        return {
            "model": self._name,
            "res_id": self.id,
            "message_type": "notification",
            "message_id": generate_tracking_message_id(f"{self.id}-{self._name}"),
            "author_id": author_id,
            "email_from": sender,
            "body": values.get("body") or "",
            "subtype_id": subtype_id or note_id,
            "is_internal": not subtype_id,
            "reply_to": common["reply_to"][self.id],
            "record_company_id": common["record_company_id"][self.id].id,
            "record_alias_domain_id": common["record_alias_domain_id"][self.id].id,
            "parent_id": common["parent_id"].get(self.id, False),
        }

    def _get_parent_ids(self):
        """The message that each thread continues: what was said last, or noted when nothing was."""
        self.env["mail.message"].flush_model()
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT DISTINCT ON (res_id) res_id, id FROM mail_message
                        WHERE model = %s AND res_id = ANY(%s) AND message_type <> 'user_notification'
                        ORDER BY res_id, message_type IN ('comment', 'email') DESC, date DESC, id DESC""",
                    self._name,
                    self.ids,
                )
            )
        )
