from odoo import SUPERUSER_ID, api, models
from odoo.tools import SQL

from ....contexts import INSIDE
from .place import Place

# Of a contact nothing textual stays but these: they say nothing about the person.
KEPT_FIELDS = {
    "name",
    "complete_name",
    "lang",
    "tz",
    "type",
    "commercial_company_name",
    "signup_type",
    "autopost_bills",
}
TEXT_TYPES = ("char", "text", "html", "binary", "many2many", "json", "properties")
KEPT_RELATIONS = {"company_ids"}


class CrmPersonalDataErasure(models.AbstractModel):
    """Erases what is known about a person; invoices, orders and payments stay, and what was counted stays counted."""

    _name = "crm.personal.data.erasure"
    _description = "Erasure of Personal Data"

    @api.model
    def _erase(self, partner_id, user_id):
        """Erase all data of a person. It may be repeated; it is one transaction, so nothing is left half erased.

        :param user_id: who asked for it, for the log
        :return: dict of labels to numbers of records
        """
        system = self.with_env(self.env(user=SUPERUSER_ID, context={"lang": self.env.lang, "active_test": False}))
        partner = system.env["res.partner"].browse(partner_id).exists()
        if not partner:
            return {}
        data = system.env["crm.personal.data"]
        system.env.flush_all()
        subject = data._get_subject(partner)
        counts = data._count(subject)
        system.env["crm.erased.address"]._remember(subject.emails + subject.phones)
        system._erase_addresses_of_consents(subject)
        # Before the messages: Odoo writes a mail to the old login when a login changes.
        system._erase_users(subject)
        system.env.flush_all()
        for place in data._get_places(subject):
            system._erase_place(place)
        system.env.invalidate_all()
        system._erase_partners(subject)
        numbers = {f"{place.label} ({place.fate})": count for place, count in counts}
        system.env["crm.privacy.log"].with_user(user_id)._note("erased", partner, numbers)
        return numbers

    def _erase_place(self, place):
        if place.fate == "kept":
            return
        query = self.env["crm.personal.data"]._search_place(place)
        model = self.env[place.model]
        if place.fate == "unlinked":
            model.browse(query).unlink()
        elif place.fate == "deleted":
            self.env.cr.execute(SQL("DELETE FROM %s WHERE id IN %s", SQL.identifier(model._table), query.subselect()))
        else:
            self._blank(model, place, query)

    def _blank(self, model, place: Place, query):
        """In the database: no computed field, no tracking and no rule may copy the old values elsewhere."""
        values = {
            name: value
            for name, value in place.blank.items()
            if name in model._fields and model._fields[name].store and model._fields[name].column_type
        }
        assignments = SQL(", ").join(SQL("%s = %s", SQL.identifier(name), value) for name, value in values.items())
        self.env.cr.execute(
            SQL("UPDATE %s SET %s WHERE id IN %s", SQL.identifier(model._table), assignments, query.subselect())
        )

    def _erase_addresses_of_consents(self, subject):
        """The proof of a decision stays, with a fingerprint instead of the address."""
        fingerprint = self.env["crm.erased.address"]._get_fingerprint
        self.env.cr.execute(
            SQL(
                """UPDATE crm_consent_event SET ip = NULL, user_agent = NULL, note = NULL, address = CASE %s END
                    WHERE partner_id = ANY(%s)""",
                SQL(" ").join(
                    [
                        SQL("WHEN address = %s THEN %s", address, fingerprint(address))
                        for address in subject.emails + subject.phones
                    ]
                    or [SQL("WHEN false THEN ''")]
                ),
                list(subject.partner_ids),
            )
        )

    def _erase_users(self, subject):
        """Logins of the customer end; the login itself is an address."""
        users = self.env["res.users"].browse(subject.user_ids)
        self.env["res.users.apikeys"].search([("user_id", "in", users.ids)]).unlink()
        self.env["res.device.log"].search([("user_id", "in", users.ids)]).unlink()
        users.filtered("active").action_archive()
        for user in users:
            user.write({"login": f"erased-{user.id}", "signature": False})

    def _erase_partners(self, subject):
        # Odoo refuses to archive a contact with any login that it finds; those that ended are not to be found.
        quiet = {"active_test": True, "tracking_disable": True, "mail_notrack": True, "crm_consent_syncing": INSIDE}
        partners = self.env["res.partner"].with_context(**quiet).browse(subject.partner_ids)
        moves = self.env["account.move"].search([("partner_id", "in", partners.ids)])
        # A posted invoice names the person to whom it was issued, as the law demands.
        with self.env.protecting([moves._fields["invoice_partner_display_name"]], moves):
            partners.write({"name": self.env._("Erased person"), "active": False, **self._get_empty_values(partners)})
            self.env.flush_all()
        for name, field in partners._fields.items():
            if field.company_dependent and field.type in ("char", "text", "html"):
                column = SQL.identifier(name)
                self.env.cr.execute(SQL("UPDATE res_partner SET %s = NULL WHERE id = ANY(%s)", column, partners.ids))
        partners.invalidate_recordset()

    def _get_empty_values(self, partners):
        """Empty values of all fields that say something about a person, those of other addons too."""
        return {
            name: False if field.type != "many2many" else [(5, 0, 0)]
            for name, field in partners._fields.items()
            if field.store
            and not (field.compute and field.readonly)
            and not field.related
            and not field.company_dependent
            and name not in KEPT_FIELDS | KEPT_RELATIONS
            and (field.type in TEXT_TYPES or getattr(field, "groups", None) == "crm_frontoffice.group_personal_data")
        }
