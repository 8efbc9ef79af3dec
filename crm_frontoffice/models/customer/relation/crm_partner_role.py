import json

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from .periods import join_periods

# What the ERP tells: the first event of a type opens the role.
ROLES_BY_EVENT = {
    "order_confirmed": "customer",
    "invoice_posted": "customer",
    "bill_posted": "supplier",
    "deal_created": "prospect",
}


class CrmPartnerRole(models.Model):
    """What a partner is to the company, from when to when: one partner may be several things at once."""

    _name = "crm.partner.role"
    _description = "Role of a Partner"
    _order = "partner_id, date_to DESC NULLS FIRST, date_from DESC NULLS LAST, id DESC"
    _rec_name = "role"

    partner_id = fields.Many2one("res.partner", required=True, index=True, ondelete="cascade")
    role = fields.Selection(
        [
            ("prospect", "Prospect"),
            ("customer", "Customer"),
            ("supplier", "Supplier"),
            ("partner", "Partner"),
            ("competitor", "Competitor"),
        ],
        required=True,
    )
    date_from = fields.Date("Since", help="The first day; empty when it is not known.")
    date_to = fields.Date("Until", help="The last day; empty while the role lasts.")
    origin = fields.Selection(
        [("erp", "From orders, invoices and deals"), ("manual", "By hand")],
        required=True,
        default="manual",
        readonly=True,
    )
    note = fields.Char()
    is_current = fields.Boolean("Current", compute="_compute_is_current", search="_search_is_current")

    _open_unique = models.UniqueIndex("(partner_id, role) WHERE date_to IS NULL", "The partner has this role already.")
    _period_check = models.Constraint("CHECK (date_to >= date_from)", "A role ends after it has begun.")

    @api.depends("date_from", "date_to")
    def _compute_is_current(self):
        today = fields.Date.context_today(self)
        for role in self:
            begun = not role.date_from or role.date_from <= today
            role.is_current = begun and (not role.date_to or role.date_to >= today)

    def _search_is_current(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        begun = Domain("date_from", "=", False) | Domain("date_from", "<=", today)
        return begun & (Domain("date_to", "=", False) | Domain("date_to", ">=", today))

    @api.constrains("partner_id", "role", "date_from", "date_to")
    def _check_overlap(self):
        """The periods of one role of a partner do not meet: otherwise nobody knows which one counts."""
        self.flush_model()
        overlaps = self.env.execute_query(
            SQL(
                """SELECT DISTINCT role.id FROM crm_partner_role role
                     JOIN crm_partner_role other ON other.partner_id = role.partner_id AND other.role = role.role
                          AND other.id != role.id
                          AND daterange(role.date_from, role.date_to, '[]')
                              && daterange(other.date_from, other.date_to, '[]')
                    WHERE role.id = ANY(%s)""",
                self.ids,
            )
        )
        if overlaps:
            names = ", ".join(
                f"{role.partner_id.display_name} ({role.display_name})"
                for role in self.browse(row[0] for row in overlaps)
            )
            raise ValidationError(
                self.env._(
                    "Two periods of the same role overlap; end one before the other begins: %(names)s", names=names
                )
            )

    @api.depends("role", "date_from", "date_to")
    def _compute_display_name(self):
        labels = dict(self._fields["role"]._description_selection(self.env))
        for role in self:
            since = format_date(self.env, role.date_from, date_format="LLL yyyy") if role.date_from else ""
            role.display_name = (
                self.env._("%(role)s since %(date)s", role=labels.get(role.role), date=since)
                if since
                else labels.get(role.role)
            )

    def write(self, vals):
        """What a person has corrected is his word from then on."""
        if self.env.user._is_internal() and not self.env.su and {"role", "date_from", "date_to"} & vals.keys():
            vals = {**vals, "origin": "manual"}
        return super().write(vals)

    @api.model
    def _premerge_partners(self, source_ids, target_id):
        """After a merge of partners each role has the periods of all of them, joined where they overlap."""
        roles = self.search([("partner_id", "in", [*source_ids, target_id])])
        for same in roles.grouped("role").values():
            periods = join_periods([(role.date_from or None, role.date_to or None) for role in same])
            same[len(periods) :].unlink()
            self.flush_model()
            for role, (date_from, date_to) in zip(same, periods, strict=False):
                self.env.cr.execute(
                    SQL(
                        "UPDATE crm_partner_role SET partner_id = %s, date_from = %s, date_to = %s WHERE id = %s",
                        target_id,
                        date_from,
                        date_to,
                        role.id,
                    )
                )
        self.invalidate_model()

    @api.model
    def _part_partners(self, _source_ids, _target_id, _merged, rows):
        """After a merge was undone: the periods that the merge joined, unless somebody has changed them since."""
        self.env.cr.execute(
            SQL(
                """UPDATE crm_partner_role role SET date_from = given.date_from, date_to = given.date_to
                     FROM jsonb_populate_recordset(NULL::crm_partner_role, %s::jsonb) given
                    WHERE role.id = given.id AND role.write_date IS NOT DISTINCT FROM given.write_date""",
                json.dumps(rows),
            )
        )
        self.invalidate_model()

    # ---- what the ERP tells

    @api.model
    def _cron_learn(self):
        """Every role that the event log tells, and the end of what is over."""
        self._learn()
        self._end_prospects()

    @api.model
    def _learn(self, events=None):
        """Open the roles that events tell about; a role that was ended by hand opens again with the next event.

        :param events: only these; all of the log otherwise
        """
        condition = SQL("event.id = ANY(%s)", events.ids) if events is not None else SQL("true")
        for roles in (("customer", "supplier"), ("prospect",)):
            self._insert_learned(roles, condition)
        self._end_by_purchase(condition)
        self.invalidate_model()
        self.env["res.partner"].invalidate_model(["role_ids", "role_summary"])

    @api.model
    def _insert_learned(self, roles, condition):
        type_ids = self.env["crm.event.type"]._get_ids_by_code()
        codes = [code for code, role in ROLES_BY_EVENT.items() if role in roles and code in type_ids]
        self.env.cr.execute(
            SQL(
                """INSERT INTO crm_partner_role (partner_id, role, date_from, date_to, origin,
                                                 create_uid, create_date, write_uid, write_date)
                   SELECT event.commercial_partner_id, told.role, MIN(event.date)::date,
                          -- A prospect of the past became a customer on the day of the first purchase.
                          MIN(purchase.first), 'erp',
                          %(uid)s, now() AT TIME ZONE 'UTC', %(uid)s, now() AT TIME ZONE 'UTC'
                     FROM crm_event event
                     JOIN UNNEST(%(types)s, %(roles)s) AS told(type_id, role) ON told.type_id = event.type_id
                LEFT JOIN LATERAL (
                          SELECT MIN(customer.date_from) AS first FROM crm_partner_role customer
                           WHERE told.role = 'prospect' AND customer.role = 'customer'
                             AND customer.partner_id = event.commercial_partner_id) purchase ON true
                    WHERE %(condition)s AND event.commercial_partner_id IS NOT NULL
                      AND (purchase.first IS NULL OR event.date::date < purchase.first)
                      AND NOT EXISTS (
                          SELECT FROM crm_partner_role known
                           WHERE known.partner_id = event.commercial_partner_id AND known.role = told.role
                             AND (known.date_to IS NULL OR known.date_to >= event.date::date))
                 GROUP BY event.commercial_partner_id, told.role
                   ON CONFLICT DO NOTHING""",
                uid=self.env.uid,
                types=[type_ids[code] for code in codes],
                roles=[ROLES_BY_EVENT[code] for code in codes],
                condition=condition,
            )
        )

    @api.model
    def _end_by_purchase(self, condition):
        """Whoever has bought is no prospect any more."""
        self.env.cr.execute(
            SQL(
                """UPDATE crm_partner_role prospect
                      SET date_to = GREATEST(customer.date_from, prospect.date_from)
                     FROM crm_partner_role customer
                    WHERE prospect.role = 'prospect' AND prospect.date_to IS NULL AND prospect.origin = 'erp'
                      AND customer.partner_id = prospect.partner_id AND customer.role = 'customer'
                      AND customer.date_to IS NULL
                      AND prospect.partner_id IN (SELECT event.commercial_partner_id FROM crm_event event WHERE %s)""",
                condition,
            )
        )

    @api.model
    def _end_prospects(self):
        """A prospect without an open deal has been lost; the next deal opens the role again."""
        self.env["crm.lead"].flush_model(["won_status", "partner_id"])
        self.env.cr.execute(
            SQL(
                """UPDATE crm_partner_role role SET date_to = GREATEST(%s, role.date_from)
                    WHERE role.role = 'prospect' AND role.date_to IS NULL AND role.origin = 'erp'
                      AND NOT EXISTS (
                          SELECT FROM crm_lead lead JOIN res_partner partner ON partner.id = lead.partner_id
                           WHERE partner.commercial_partner_id = role.partner_id AND lead.won_status = 'pending')""",
                # Today a new deal may open it again: two periods of a role share no day.
                fields.Date.subtract(fields.Date.today(), days=1),
            )
        )
        self.invalidate_model()
