from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ....contexts import INSIDE
from .crm_match_search import Subject
from .match_keys import make_profile

MOST_ROWS = 1000  # of one call
MOST_MATCHES = 20  # of one row
MOST_CHARACTERS = 500  # of one value
ROW_FIELDS = ("name", "email", "phone", "vat", "street", "zip", "city")


class ResPartner(models.Model):
    _inherit = "res.partner"

    duplicate_partner_ids = fields.Many2many(
        "res.partner", string="Possible Duplicates", compute="_compute_duplicate_partner_ids"
    )
    is_duplicate_blocked = fields.Boolean(compute="_compute_duplicate_partner_ids")
    is_duplicate_allowed = fields.Boolean(
        "Save Anyway",
        store=False,
        groups="sales_team.group_sale_manager",
        help="This is another customer, whatever the rules for duplicates say.",
    )

    @api.depends("name", "email", "phone", "vat", "street", "zip", "city", "is_company", "parent_id", "type")
    def _compute_duplicate_partner_ids(self):
        """What the form shows while somebody types."""
        self.duplicate_partner_ids = False
        self.is_duplicate_blocked = False
        if not self.env["crm.match.rule"]._get_actions() or not self.env.user._is_internal():
            return
        asked = self.filtered(lambda partner: partner.type == "contact" or not partner.parent_id)
        subjects = [partner._make_subject() for partner in asked]
        for partner, matches in zip(asked, self.env["crm.match.search"]._find(subjects), strict=True):
            partner.duplicate_partner_ids = [match.partner_id for match in matches if match.action != "queue"]
            partner.is_duplicate_blocked = any(match.action == "block" for match in matches)

    # ---- keeping the keys

    @api.model_create_multi
    def create(self, vals_list):
        allowed = [vals.pop("is_duplicate_allowed", False) for vals in vals_list]
        # Odoo passes addresses on contact by contact; the keys of all are made together.
        later = self.with_context(crm_keys_later=INSIDE)
        partners = super(ResPartner, later).create(vals_list).with_env(self.env)
        # sudo: every customer has keys, whoever saves it
        self.env["crm.match.key"].sudo()._refresh(partners.sudo())
        asked = [partner.id for partner, is_allowed in zip(partners, allowed, strict=True) if not is_allowed]
        partners.browse(asked if any(allowed) and self._may_allow_duplicates() else partners.ids)._check_duplicates()
        return partners

    def write(self, vals):
        is_allowed = vals.get("is_duplicate_allowed") and self._may_allow_duplicates()
        vals = {name: value for name, value in vals.items() if name != "is_duplicate_allowed"}
        result = super().write(vals)
        if vals.keys() & set(self.env["crm.match.key"].PARTNER_FIELDS):
            self._refresh_match_keys()
            if not is_allowed:
                self._check_duplicates()
        return result

    def _update_address(self, vals):
        """Odoo passes an address on to contacts without `write`."""
        result = super()._update_address(vals)
        if self.env.context.get("crm_keys_later") is not INSIDE:
            self._refresh_match_keys()
        return result

    def _refresh_match_keys(self):
        # sudo: every customer has keys, whoever saves it
        self.env["crm.match.key"].sudo()._refresh(self.sudo())

    # ---- on the way in

    @api.model
    def _may_allow_duplicates(self):
        return self.env.su or self.env.user.has_group("sales_team.group_sale_manager")

    def _check_duplicates(self):
        """Refuse customers whom a blocking rule holds for known ones.

        Only what employees save, import or send is refused: mail intake, the portal and the system itself work with
        the rights of the system, and the search in the background queues what they bring in.
        """
        if (
            not self
            or self.env.su
            or self.env.context.get("crm_queue_duplicates") is INSIDE
            or not self.env.user._is_internal()
            or "block" not in self.env["crm.match.rule"]._get_actions()
        ):
            return
        # sudo: a customer whom the user may not see is one all the same; he is told of it without its name
        everybody = self.sudo()
        blocked = [
            (partner, [match.partner_id for match in matches if match.action == "block"])
            for partner, matches in zip(self, everybody._find_own_duplicates().values(), strict=True)
        ]
        known = self.env["crm.match.candidate"]._get_known_pairs(self.ids)
        blocked = [
            (partner, [known_id for known_id in ids if tuple(sorted((partner.id, known_id))) not in known])
            for partner, ids in blocked
        ]
        lines = [self._explain_block(partner, ids) for partner, ids in blocked if ids]
        if lines:
            raise ValidationError("\n".join(lines))

    def _explain_block(self, partner, duplicate_ids):
        duplicates = self.browse(duplicate_ids)
        readable = duplicates._filtered_access("read")
        names = [f"{duplicate.display_name} ({duplicate.id})" for duplicate in readable]
        if readable != duplicates:
            names.append(self.env._("a customer that you may not see; ask a sales administrator"))
        return self.env._(
            "%(name)s is there already: %(known)s. Use that one, or have a sales administrator save it anyway.",
            name=partner.display_name,
            known=", ".join(names),
        )

    @api.model
    def _find_or_create_from_emails(self, *args, **kwargs):
        """Mail must not be lost because of its sender."""
        return super(ResPartner, self.with_context(crm_queue_duplicates=INSIDE))._find_or_create_from_emails(
            *args, **kwargs
        )

    @api.model
    def find_or_create(self, email, assert_valid_email=False):
        return super(ResPartner, self.with_context(crm_queue_duplicates=INSIDE)).find_or_create(
            email, assert_valid_email=assert_valid_email
        )

    # ---- searching

    def _make_subject(self):
        profile = self.env["crm.match.key"]._make_profile(self)
        return Subject(profile, self._origin.id or None, self.parent_id._origin.id or None)

    def _find_own_duplicates(self):
        """The duplicates of these customers: dict of id to its list of `Match`."""
        subjects = [partner._make_subject() for partner in self]
        return dict(zip(self._ids, self.env["crm.match.search"]._find(subjects), strict=True))

    @api.model
    @api.readonly
    def find_duplicates(self, rows, limit=5):
        """Which customers rows of data probably stand for; for imports and other systems that ask before they write.

        :param rows: at most 1000 dicts with some of `name`, `email`, `phone`, `vat`, `street`, `zip`, `city`, which are
            texts, and `is_company`
        :param limit: customers per row, at most 20
        :return: list parallel to the rows; each has a list of dicts, best first: `id`, `name`, `score` (up to 100) and
            `reasons`, a dict of what agrees or contradicts to its points
        """
        if not self.env.user._is_internal():
            raise AccessError(self.env._("The search for duplicates is for employees."))
        self.check_access("read")
        if type(limit) is not int or limit < 1:
            raise UserError(self.env._("The limit is a whole number from 1 on."))
        subjects = [Subject(self._read_duplicate_row(row)) for row in self._check_duplicate_rows(rows)]
        return [
            [
                {"id": match.partner_id, "name": match.name, "score": match.score, "reasons": match.reasons}
                for match in matches[: min(limit, MOST_MATCHES)]
            ]
            for matches in self.env["crm.match.search"]._find(subjects)
        ]

    @api.model
    def _check_duplicate_rows(self, rows):
        if not isinstance(rows, (list, tuple)) or not all(isinstance(row, dict) for row in rows):
            raise UserError(self.env._("Rows are a list of dictionaries, one for each record."))
        if len(rows) > MOST_ROWS:
            raise UserError(
                self.env._("%(count)s rows came in one call; send at most %(most)s.", count=len(rows), most=MOST_ROWS)
            )
        unknown = {str(name) for row in rows for name in row} - {*ROW_FIELDS, "is_company"}
        if unknown:
            raise UserError(
                self.env._(
                    "These fields are not compared: %(unknown)s. Send some of: %(known)s.",
                    unknown=", ".join(sorted(unknown)),
                    known=", ".join((*ROW_FIELDS, "is_company")),
                )
            )
        return rows

    @api.model
    def _read_duplicate_row(self, row):
        texts = [str(row.get(name) or "")[:MOST_CHARACTERS] for name in ROW_FIELDS]
        is_company = row.get("is_company")
        return make_profile(*texts, None if is_company is None else bool(is_company))

    def action_compare_duplicates(self):
        """Open these customers and their duplicates side by side."""
        self.check_access("read")
        return self.env["crm.match.review"]._open(self)
