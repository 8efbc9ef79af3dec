import re

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .place import Place, Subject

MESSAGE_TEXTS = ("body", "subject", "email_from", "reply_to", "incoming_email_to", "incoming_email_cc",
                 "outgoing_email_to", "record_name")  # fmt: skip
LEAD_TEXTS = ("contact_name", "partner_name", "email_from", "email_normalized", "email_domain_criterion", "email_cc",
              "phone", "phone_sanitized", "street", "street2", "city", "zip", "website", "function", "description",
              "referred", "lead_properties")  # fmt: skip
KEPT_MODELS = ("sale.order", "account.move", "account.payment")
PERSON_TYPES = ("char", "text", "html", "date", "selection", "integer")
PERSON_LINKS = {"parent_id", "country_id", "state_id", "category_id", "industry_id", "user_id", "income_band_id",
                "property_tag_ids", "purchase_purpose_ids", "interest_category_ids"}  # fmt: skip


class CrmPersonalData(models.AbstractModel):
    """All that is known about a person, in whatever model it lies. Other addons extend the two hooks."""

    _name = "crm.personal.data"
    _description = "Personal Data"

    @api.model
    def _get_subject(self, partner):
        """Whose data it is, with everything by which it is found."""
        # sudo: what is known about a person does not depend on what the reader sees; the callers check his rights
        everything = self.sudo().with_context(active_test=False).env
        partners = everything["res.partner"].search([("id", "child_of", partner.ids)])
        # Addresses that he had before, too: decisions about consent keep them.
        addresses = {*partners.consent_event_ids.mapped("address"), *partners.mapped("email_normalized")} - {False}
        emails = tuple(address for address in addresses if "@" in address)
        return Subject(
            partner_ids=partners._ids,
            documents=everything[self._name]._get_documents(partners, emails),
            user_ids=partners.user_ids._ids,
            emails=emails,
            phones=tuple({phone for phone in partners.mapped("phone_sanitized") if phone}),
        )

    @api.model
    def _get_documents(self, partners, emails):
        """Hook: documents that are about the person as a whole, as ids by model.

        :param partners: the contact with his addresses, as the system, archived ones too
        :param emails: his normalized addresses
        """
        leads = partners.env["crm.lead"].search(
            Domain("partner_id", "in", partners.ids)
            | (Domain("partner_id", "=", False) & Domain("email_normalized", "in", emails))
        )
        return {"crm.lead": leads._ids}

    @api.model
    def _get_places(self, subject):
        """Hook: where data about the person lies, as a list of `Place`."""
        return [
            *self._get_places_of_person(subject),
            *self._get_places_of_care(subject),
            *self._get_places_of_conversation(subject),
            *self._get_places_of_mailings(subject),
            *self._get_places_kept(subject),
        ]

    @api.model
    def _get_places_of_person(self, subject):
        of_partner = Domain("partner_id", "in", subject.partner_ids)
        erased = self.env._("Erased")
        return [
            self._get_place_of_events(subject),
            Place("crm.consent", self.env._("Consent"), of_partner, ("channel", "purpose_id", "state", "since")),
            Place("crm.contact.habit", self.env._("How he is reached"), of_partner, ("channel", "daypart")),
            Place("crm.payment.habit", self.env._("Way of payment"), of_partner, ("method_line_id", "method_count")),
            Place("crm.external.ref", self.env._("Numbers in other systems"), subject.get_reference_domain(),
                  ("source", "external_id")),
            Place("res.partner.bank", self.env._("Bank accounts"), of_partner, ("acc_number", "acc_holder_name"),
                  "blanked",
                  {"acc_number": SQL("'erased-' || id"), "sanitized_acc_number": SQL("'ERASED' || id"),
                   "acc_holder_name": None, "active": False}),
            Place("crm.lead", self.env._("Deals"), Domain("id", "in", subject.documents["crm.lead"]),
                  ("name", "contact_name", "email_from", "phone", "expected_revenue", "create_date", "description"),
                  "blanked", {"name": SQL("%s || ' ' || id", erased), **dict.fromkeys(LEAD_TEXTS)}),
        ]  # fmt: skip

    @api.model
    def _get_places_of_care(self, subject):
        """Contacts logged, relations, and what the search for duplicates and the undo of merges remember."""
        ids = subject.partner_ids
        # A merge that was undone stands in the log of another customer, with the name of this one.
        undone = Domain("id", "in", self._get_undone_merge_ids(subject))
        return [
            Place("crm.interaction", self.env._("Contacts logged"), Domain("partner_id", "in", ids),
                  ("date", "kind", "direction", "summary", "note"), "blanked",
                  {"summary": None, "note": None, "next_summary": None}),
            Place("crm.partner.relation", self.env._("Relations"),
                  Domain("first_partner_id", "in", ids) | Domain("second_partner_id", "in", ids),
                  ("display_name", "note")),
            Place("crm.hold", self.env._("Holds"), Domain("partner_id", "in", ids), ("create_date", "level", "reason"),
                  "blanked", {"reason": self.env._("Erased")}),
            Place("crm.match.key", self.env._("Keys for duplicates"), Domain("partner_id", "in", ids), ("kind",)),
            Place("crm.match.candidate", self.env._("Possible duplicates"),
                  Domain("partner_a_id", "in", ids) | Domain("partner_b_id", "in", ids), ("score", "state")),
            Place("crm.match.merge", self.env._("Merges"), Domain("target_id", "in", ids) | undone,
                  ("create_date", "source_names", "state"), "unlinked"),
        ]  # fmt: skip

    @api.model
    def _get_place_of_events(self, subject):
        """What happened stays, for statistics; whom it happened with, and the details, do not."""
        ids = list(subject.partner_ids)
        of_person = Domain("partner_id", "in", ids) | Domain("commercial_partner_id", "in", ids)
        about_person = Domain("res_model", "=", "res.partner") & Domain("res_id", "in", ids)
        without = {
            name: SQL("CASE WHEN %s = ANY(%s) THEN NULL ELSE %s END", column, ids, column)
            for name in ("partner_id", "commercial_partner_id")
            for column in [SQL.identifier(name)]
        }
        reference = SQL("CASE WHEN res_model = 'res.partner' AND res_id = ANY(%s) THEN NULL ELSE res_id END", ids)
        return Place(
            "crm.event",
            self.env._("Events"),
            of_person | about_person,
            ("date", "type_id", "amount", "payload"),
            "blanked",
            {"payload": None, "res_id": reference, **without},
        )

    @api.model
    def _get_places_of_conversation(self, subject):
        of_partner = Domain("partner_id", "in", subject.partner_ids)
        messages = self._get_message_domain(subject)
        of_message = Domain("mail_message_id", "any!", messages)
        by_reference = subject.get_reference_domain()
        return [
            Place("mail.tracking.value", self.env._("Changes noted"), of_message),
            Place("mail.mail", self.env._("E-mails in the queue"),
                  of_message | self._contains_email("email_to", subject)),
            Place("ir.attachment", self.env._("Files"), Domain("res_field", "=", False) & (
                by_reference | Domain("id", "in", self._get_message_attachment_ids(messages))),
                  ("name", "create_date"), "unlinked"),
            Place("mail.notification", self.env._("Notices of e-mails"),
                  Domain("res_partner_id", "in", subject.partner_ids), (), "blanked",
                  {"mail_email_address": None, "sms_number": None, "failure_reason": None}),
            Place("mail.message", self.env._("Messages"), messages, ("date", "model", "subject", "body"), "blanked",
                  {**dict.fromkeys(MESSAGE_TEXTS), "body": ""}),
            Place("mail.followers", self.env._("Subscriptions to documents"), of_partner),
            Place("mail.activity", self.env._("Activities"), by_reference, ("date_deadline", "summary", "note"),
                  "blanked", {"summary": None, "note": None, "feedback": None, "res_name": self.env._("Erased")}),
            Place("calendar.attendee", self.env._("Invitations"), of_partner, ("event_id", "state")),
            Place("calendar.event", self.env._("Meetings"),
                  Domain("opportunity_id", "in", subject.documents["crm.lead"]) | by_reference,
                  ("name", "start", "location", "description"), "blanked",
                  {"name": self.env._("Erased"), "location": None, "description": None, "notes": None}),
            Place("rating.rating", self.env._("Ratings"), of_partner, ("rating", "feedback"), "blanked",
                  {"feedback": None}),
            Place("sms.sms", self.env._("SMS in the queue"), of_partner | Domain("number", "in", subject.phones),
                  ("number", "body")),
        ]  # fmt: skip

    @api.model
    def _get_places_of_mailings(self, subject):
        by_email = Domain("email", "in", subject.emails)
        traces = by_email | subject.get_reference_domain("model")
        return [
            Place("link.tracker.click", self.env._("Clicks"), Domain("mailing_trace_id", "any!", traces), ("ip",),
                  "blanked", {"ip": None}),
            Place("mailing.trace", self.env._("Mailings received"), traces, ("sent_datetime", "open_datetime", "email"),
                  "blanked", {"email": None, "sms_number": None, "failure_reason": None, "message_id": None}),
            Place("mailing.contact", self.env._("Mailing lists"), Domain("email_normalized", "in", subject.emails),
                  ("name", "email", "list_ids"), "unlinked"),
            Place("mail.blacklist", self.env._("Blacklist of e-mail"), by_email, ("email",), "unlinked"),
            Place("phone.blacklist", self.env._("Blacklist of numbers"), Domain("number", "in", subject.phones),
                  ("number",), "unlinked"),
        ]  # fmt: skip

    @api.model
    def _get_places_kept(self, subject):
        of_partner = Domain("partner_id", "in", subject.partner_ids)
        issued = of_partner & Domain("state", "=", "posted")
        return [
            Place("sale.order", self.env._("Orders"), of_partner, ("name", "date_order", "amount_total"), "kept"),
            Place("account.move", self.env._("Invoices"), issued, ("name", "invoice_date", "amount_total"), "kept"),
            Place("account.payment", self.env._("Payments"), of_partner, ("name", "date", "amount"), "kept"),
        ]

    @api.model
    def _get_message_domain(self, subject):
        """What was written by him, to him, or in the chatter of his records."""
        return (
            subject.get_reference_domain("model")
            | Domain("author_id", "in", subject.partner_ids)
            | Domain("partner_ids", "in", subject.partner_ids)
            | Domain("notified_partner_ids", "in", subject.partner_ids)
            | self._contains_email("email_from", subject)
        )

    @api.model
    def _contains_email(self, name, subject):
        """Texts in which one of the addresses stands as a whole: ann@x.example does not stand in joann@x.example."""
        if not subject.emails:
            return Domain.FALSE
        pattern = rf"""(^|[\s<,;:"(])({"|".join(map(re.escape, subject.emails))})($|[\s>,;:")])"""
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL("%s ~* %s", model._field_to_sql(alias, name, query), pattern)
        )

    @api.model
    def _get_undone_merge_ids(self, subject):
        """Merges that were undone and name the person; whoever only has a part of his name is somebody else."""
        # sudo: as above
        system = self.sudo().with_context(active_test=False).env
        names = set(filter(None, system["res.partner"].browse(subject.partner_ids).mapped("name")))
        undone = system["crm.match.merge"].search_fetch([("state", "=", "undone")], ["source_names"])
        return undone.filtered(lambda merge: names & set(merge.source_names.split(", "))).ids

    @api.model
    def _get_message_attachment_ids(self, messages):
        """Files of his messages, but for those of documents that the law wants kept."""
        found = self._search_place(Place("mail.message", "", messages))
        rows = self.env.execute_query(
            SQL(
                """SELECT rel.attachment_id FROM message_attachment_rel rel
                     JOIN ir_attachment attachment ON attachment.id = rel.attachment_id
                    WHERE rel.message_id IN %s
                      AND COALESCE(attachment.res_model, '') <> ALL(%s)""",
                found.subselect(),
                list(KEPT_MODELS),
            )
        )
        return [row[0] for row in rows]

    @api.model
    def _search_place(self, place):
        """The records of a place as a query, whoever may see them."""
        # sudo: what is known about a person does not depend on what the reader sees; the callers check his rights
        model = self.env[place.model].sudo().with_context(active_test=False)
        return model._search(place.domain, bypass_access=True)

    @api.model
    def _count(self, subject):
        """How many records lie in each place, as a list of (place, count), without empty ones."""
        counted = [(place, len(self._search_place(place))) for place in self._get_places(subject)]
        return [(place, count) for place, count in counted if count]

    @api.model
    def _read_sections(self, subject, most=None):
        """The data itself.

        :param most: records of one kind at most; all of them without it
        :return: list of dicts with `label`, `fields` (labels by name), `rows` (dicts by field) and `count`
        """
        sections = [self._read_section(place, self._search_place(place), most) for place in self._get_places(subject)]
        return [section for section in sections if section["rows"]]

    @api.model
    def _read_person(self, partner):
        """The fields of the contact himself, as a section."""
        # sudo: as above; salespeople's fields and those of accounting are data about him, too
        partner = partner.sudo()
        known = {
            name: field
            for name, field in partner._fields.items()
            if (field.store and field.type in PERSON_TYPES and not field.company_dependent or name in PERSON_LINKS)
            and name not in models.MAGIC_COLUMNS
            and partner[name]
        }
        row = {name: field.convert_to_export(partner[name], partner) for name, field in known.items()}
        labels = {name: field._description_string(self.env) for name, field in known.items()}
        return {"label": self.env._("Contact"), "fields": labels, "rows": [row], "count": 1}

    @api.model
    def _read_section(self, place, query, most):
        if not place.shown:
            return {"rows": []}
        # sudo: as above
        records = self.env[place.model].sudo().browse(query)
        shown = [name for name in place.shown if name in records._fields]
        rows = [
            {name: record._fields[name].convert_to_export(record[name], record) for name in shown}
            for record in records[:most]
        ]
        labels = {name: records._fields[name]._description_string(self.env) for name in shown}
        return {"label": place.label, "fields": labels, "rows": rows, "count": len(records)}
