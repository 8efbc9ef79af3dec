from odoo import api, models
from odoo.tools import SQL

from ....contexts import INSIDE
from .choices import ADDRESS_COLUMNS


class CrmConsentSync(models.AbstractModel):
    """Keeps consent and Odoo's own lists alike: what is decided here goes there, and what happens there is noted here.

    Under the context key `crm_consent_syncing` nothing is read back: the lists only repeat what was decided.
    """

    _name = "crm.consent.sync"
    _description = "Consent and Odoo's Blacklists"

    # ---- from consent to Odoo's lists

    @api.model
    def _write_through(self, consents):
        """Bring blacklists and subscriptions in line with consents that changed."""
        # sudo: the lists follow the customer's decision, whoever took it
        system = self.sudo().with_context(crm_consent_syncing=INSIDE)
        advertising = consents.filtered("purpose_id.is_advertising")
        for channel in {"email", "sms"} & set(self._get_blacklist_channels(advertising)):
            blocked, free = system._judge_addresses(advertising.partner_id, channel)
            if channel == "email":
                system._set_mail_blacklist(blocked, free)
            else:
                system._set_phone_blacklist(blocked, free)
        system._set_subscriptions(
            consents.filtered(lambda row: row.channel == "email" and row.purpose_id.mailing_list_ids)
        )

    @api.model
    def _get_blacklist_channels(self, consents):
        """Odoo has one blacklist of numbers, which SMS mailings obey; calls stand and fall with it."""
        return ["sms" if channel == "phone" else channel for channel in consents.mapped("channel")]

    @api.model
    def _judge_addresses(self, partners, channel):
        """Which addresses belong on the blacklist now, and which do not.

        An address is blocked when one of its partners refused all advertising there, and free when one has allowed
        some; whoever refused a part of it stays as he is. Refused calls block a number too, unless SMS are allowed.
        """
        column = SQL.identifier(ADDRESS_COLUMNS[channel])
        channels = ["sms", "phone"] if channel == "sms" else [channel]
        totals = {name: len(self.env["crm.consent.purpose"]._get_advertising(name)) for name in channels}
        self.env["res.partner"].flush_model([ADDRESS_COLUMNS[channel]])
        rows = self.env.execute_query(
            SQL(
                """SELECT partner.%(column)s, consent.channel, partner.id,
                          count(*) FILTER (WHERE consent.state = 'refused'), bool_or(consent.state = 'granted')
                     FROM res_partner partner
                     JOIN crm_consent consent ON consent.partner_id = partner.id
                     JOIN crm_consent_purpose purpose ON purpose.id = consent.purpose_id
                    WHERE partner.%(column)s IN (SELECT %(column)s FROM res_partner WHERE id = ANY(%(partners)s))
                      AND consent.channel = ANY(%(channels)s)
                      AND purpose.is_advertising AND purpose.active
                    GROUP BY partner.%(column)s, consent.channel, partner.id""",
                column=column,
                partners=partners.ids,
                channels=channels,
            )
        )
        free = {row[0] for row in rows if row[4] and row[1] == channel}
        blocked = {row[0] for row in rows if row[3] >= totals[row[1]]} - free
        return blocked, free

    def _set_mail_blacklist(self, blocked, free):
        """As `_add` and `_remove` do, for many addresses at once; `create` alone would leave archived entries so."""
        entries = self.env["mail.blacklist"].with_context(active_test=False)
        known = entries.search([("email", "in", list(blocked | free))])
        known.filtered(lambda entry: entry.email in blocked and not entry.active).action_unarchive()
        known.filtered(lambda entry: entry.email in free and entry.active).action_archive()
        entries.create([{"email": email} for email in sorted(blocked - set(known.mapped("email")))])

    def _set_phone_blacklist(self, blocked, free):
        entries = self.env["phone.blacklist"]
        if blocked:
            entries._add(sorted(blocked))
        listed = entries.search([("number", "in", list(free))]) if free else entries
        listed.action_archive()

    def _set_subscriptions(self, consents):
        """Subscribe those who agreed, contact and all; opt out those who did not.

        Who came back to one list has not asked for the others.
        """
        consents = consents.filtered(lambda row: row.state != "granted" or row.event_id.source != "subscription")
        contacts = self._get_contacts(consents)
        subscriptions = self.env["mailing.subscription"].search(
            [("contact_id", "in", contacts.ids), ("list_id", "in", consents.purpose_id.mailing_list_ids.ids)]
        )
        by_key = {(row.contact_id.email_normalized, row.list_id.id): row for row in subscriptions}
        by_email = {contact.email_normalized: contact for contact in contacts}
        opt_in, opt_out, missing = [], [], []
        for consent in consents.filtered("partner_id.email_normalized"):
            email = consent.partner_id.email_normalized
            for mailing_list in consent.purpose_id.mailing_list_ids:
                known = by_key.get((email, mailing_list.id))
                if known:
                    (opt_in if consent.state == "granted" else opt_out).append(known.id)
                elif consent.state == "granted":
                    missing.append({"contact_id": by_email[email].id, "list_id": mailing_list.id})
        subscriptions.browse(opt_in).filtered("opt_out").write({"opt_out": False})
        subscriptions.browse(opt_out).filtered(lambda row: not row.opt_out).write({"opt_out": True})
        subscriptions.create(missing)

    def _get_contacts(self, consents):
        """The mailing contacts of the customers; whoever agreed to a list and is none yet becomes one."""
        partners = consents.partner_id.filtered("email_normalized")
        contacts = self.env["mailing.contact"].search(
            [("email_normalized", "in", partners.mapped("email_normalized"))], order="id desc"
        )
        known = set(contacts.mapped("email_normalized"))
        new = {
            partner.email_normalized: {"name": partner.name, "email": partner.email_normalized}
            for partner in consents.filtered(lambda row: row.state == "granted").partner_id & partners
            if partner.email_normalized not in known
        }
        return contacts | contacts.create(list(new.values()))

    # ---- from Odoo's lists to consent

    @api.model
    def _is_syncing(self):
        return self.env.context.get("crm_consent_syncing") is INSIDE

    @api.model
    def _note_blocked(self, channels, addresses):
        """Addresses were put on a blacklist: all advertising there is refused, by every partner of the address.

        :param channels: such as ["email"]; a blocked number bears on ["sms", "phone"]
        """
        column = ADDRESS_COLUMNS[channels[0]]
        partner_ids = self.env["res.partner"]._get_ids_by_address(column, addresses)
        self.env["crm.consent"]._record(
            [
                {
                    "partner_id": partner_id,
                    "channel": channel,
                    "purpose_id": purpose,
                    "decision": "withdrawn",
                    "source": "blacklist",
                }
                for channel in channels
                for purpose in self.env["crm.consent.purpose"]._get_advertising(channel)
                for ids in partner_ids.values()
                for partner_id in ids
            ],
            only_changes=True,
        )

    @api.model
    def _note_freed(self, channels, addresses):
        """Addresses were taken off a blacklist: what that had taken, and nothing more, is allowed again."""
        column = SQL.identifier(ADDRESS_COLUMNS[channels[0]])
        self.env["res.partner"].flush_model([ADDRESS_COLUMNS[channels[0]]])
        rows = self.env.execute_query(
            SQL(
                """SELECT consent.partner_id, consent.channel, consent.purpose_id
                     FROM res_partner partner
                     JOIN crm_consent consent ON consent.partner_id = partner.id AND consent.state = 'refused'
                     JOIN crm_consent_event last ON last.id = consent.event_id AND last.source = 'blacklist'
                     JOIN LATERAL (
                            SELECT event.decision FROM crm_consent_event event
                             WHERE event.partner_id = consent.partner_id AND event.channel = consent.channel
                               AND event.purpose_id = consent.purpose_id AND event.id < last.id
                             ORDER BY event.date DESC, event.id DESC LIMIT 1
                          ) AS before ON before.decision IN ('given', 'confirmed')
                    WHERE partner.%s = ANY(%s) AND consent.channel = ANY(%s)""",
                column,
                list(addresses),
                list(channels),
            )
        )
        self.env["crm.consent"]._record(
            [
                {
                    "partner_id": partner_id,
                    "channel": channel,
                    "purpose_id": purpose_id,
                    "decision": "given",
                    "source": "blacklist",
                }
                for partner_id, channel, purpose_id in rows
            ]
        )

    @api.model
    def _note_subscriptions(self, subscriptions, decision):
        """Subscriptions were opted out or in again: the purposes of their lists are withdrawn or given.

        A purpose stays while another of its lists is still subscribed to.
        """
        self.env["mailing.subscription"].flush_model()
        self.env["mailing.contact"].flush_model(["email_normalized"])
        self.env["res.partner"].flush_model(["email_normalized"])
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT partner.id, link.crm_consent_purpose_id
                     FROM mailing_subscription subscription
                     JOIN mailing_contact contact ON contact.id = subscription.contact_id
                     JOIN crm_consent_purpose_mailing_list_rel link ON link.mailing_list_id = subscription.list_id
                     JOIN res_partner partner ON partner.email_normalized = contact.email_normalized
                    WHERE subscription.id = ANY(%s) AND NOT (%s AND EXISTS (
                          SELECT FROM mailing_subscription other
                            JOIN mailing_contact owner ON owner.id = other.contact_id
                            JOIN crm_consent_purpose_mailing_list_rel same ON same.mailing_list_id = other.list_id
                           WHERE owner.email_normalized = contact.email_normalized AND other.opt_out IS NOT TRUE
                             AND same.crm_consent_purpose_id = link.crm_consent_purpose_id))""",
                subscriptions.ids,
                decision == "withdrawn",
            )
        )
        self.env["crm.consent"]._record(
            [
                {
                    "partner_id": partner_id,
                    "channel": "email",
                    "purpose_id": purpose_id,
                    "decision": decision,
                    "source": "subscription",
                }
                for partner_id, purpose_id in rows
            ],
            only_changes=True,
        )
