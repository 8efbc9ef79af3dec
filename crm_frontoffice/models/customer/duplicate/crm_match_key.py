import json

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ....fields import BigInteger
from .match_keys import hash_key, make_keys, make_profile

BATCH = 1000  # customers that are indexed together
CURSOR = "crm_frontoffice.match_keys_up_to"  # the last customer of the back-fill


class CrmMatchKey(models.Model):
    """What a customer is recognised by, one row per key; `match_keys.py` says which there are.

    Kept up to date with the customer, in the same transaction. Values are hashed: they only serve to be equal.
    """

    _name = "crm.match.key"
    _description = "Key for Duplicates"
    _inherit = "crm.partner.merge.mixin"
    _log_access = False
    _rec_name = "kind"

    kind = fields.Selection(
        [
            ("email", "E-mail"),
            ("phone", "Phone"),
            ("tax", "Tax ID"),
            ("name", "Name"),
            ("name_phone", "Word of the name, and phone"),
            ("name_address", "Word of the name, and address"),
        ],
        required=True,
        readonly=True,
    )
    value = BigInteger(required=True, readonly=True)
    partner_id = fields.Many2one("res.partner", required=True, readonly=True, ondelete="cascade")
    is_new = fields.Boolean(readonly=True, help="The search for duplicates has not looked at it yet.")

    _partner_key_unique = models.UniqueIndex("(partner_id, kind, value)")
    _value_idx = models.Index("(value, partner_id)")
    _new_idx = models.Index("(partner_id) WHERE is_new")

    _partner_merge_keys = (("partner_id", "kind", "value"),)

    # The fields of a customer that keys are made of.
    PARTNER_FIELDS = (
        "name", "email", "phone", "vat", "street", "zip", "city", "is_company", "parent_id", "type",
    )  # fmt: skip

    @api.model
    def _make_profile(self, partner):
        """The profile of a customer, or of one that is being typed."""
        return make_profile(
            partner.name,
            partner.email,
            partner.phone,
            partner.vat,
            partner.street,
            partner.zip,
            partner.city,
            bool(partner.is_company),
        )

    @api.model
    def _refresh(self, partners):
        """Bring the keys of customers up to date in one statement, however many customers."""
        if not partners:
            return
        rows = [
            {"partner_id": partner.id, "kind": kind, "value": hash_key(kind, text)}
            for partner in partners
            # A delivery or invoice address is no customer of its own.
            if not partner.parent_id or partner.type == "contact"
            for kind, text in make_keys(self._make_profile(partner))
        ]
        self.env.cr.execute(
            SQL(
                """WITH given AS (SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb)
                                            AS row(partner_id int4, kind varchar, value int8)),
                        gone AS (DELETE FROM crm_match_key known WHERE partner_id = ANY(%(ids)s) AND NOT EXISTS (
                                 SELECT FROM given WHERE (given.partner_id, given.kind, given.value)
                                                       = (known.partner_id, known.kind, known.value)))
                   INSERT INTO crm_match_key (partner_id, kind, value, is_new)
                   SELECT partner_id, kind, value, true FROM given ON CONFLICT (partner_id, kind, value) DO NOTHING""",
                rows=json.dumps(rows),
                ids=partners.ids,
            )
        )
        self.invalidate_model()

    @api.model
    def _index_next(self, limit=BATCH):
        """Make the keys of the next customers that nobody indexed, such as those from before the installation.

        :return: how many customers were looked at; 0 at the end
        """
        # sudo: where the back-fill stands is the system's own note
        parameters = self.env["ir.config_parameter"].sudo()
        cursor = int(parameters.get_param(CURSOR, 0))
        # sudo: every customer has keys, whoever starts the search
        everybody = self.env["res.partner"].sudo().with_context(active_test=False, prefetch_fields=False)
        partners = everybody.search_fetch(Domain("id", ">", cursor), self.PARTNER_FIELDS, order="id", limit=limit)
        if partners:
            self._refresh(partners)
            parameters.set_param(CURSOR, partners[-1].id)
            partners.invalidate_recordset(flush=False)
        return len(partners)
