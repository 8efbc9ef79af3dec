from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ....conditions import check_fields_readable
from ...customer.consent.choices import CHANNELS

# What may be counted of purchases and of events: an SQL aggregate over the rows of `fact`.
MEASURES = {
    "count": SQL("COUNT(DISTINCT fact.document)"),
    "amount": SQL("COALESCE(SUM(fact.amount), 0)"),
    "quantity": SQL("COALESCE(SUM(fact.quantity), 0)"),
}
ANSWERS = {
    "sent": "campaign_sent",
    "opened": "campaign_opened",
    "clicked": "campaign_clicked",
    "answered": "campaign_answered",
    "bounced": "campaign_bounced",
}


class CrmSegmentCondition(models.Model):
    """One condition of a segment, or a group of them.

    Other addons add a kind with `_select_<kind>` and `_describe_<kind>`.
    """

    _name = "crm.segment.condition"
    _description = "Condition of a Segment"
    _order = "sequence, id"
    _rec_name = "summary"

    segment_id = fields.Many2one(
        "crm.segment",
        "Of Segment",
        compute="_compute_segment_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        ondelete="cascade",
    )
    parent_id = fields.Many2one("crm.segment.condition", "Group", index="btree_not_null", ondelete="cascade")
    child_ids = fields.One2many("crm.segment.condition", "parent_id", "Conditions in the Group")
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [
            ("partner", "Customer is"),
            ("purchase", "Has bought"),
            ("deal", "Has a deal"),
            ("event", "Something happened"),
            ("answer", "Reacted to campaigns"),
            ("consent", "Allows contact"),
            ("segment", "Belongs to a segment"),
            ("group", "Group of conditions"),
        ],
        required=True,
        default="partner",
    )
    is_negated = fields.Boolean("Not", help="The condition holds for everybody else.")
    match = fields.Selection(
        [("all", "All conditions hold"), ("any", "One condition holds")], required=True, default="all"
    )
    partner_domain = fields.Char("Customer Condition", default="[]")
    deal_domain = fields.Char("Deal Condition", default="[]")
    days = fields.Integer("Within Days", help="Only what happened in the last days; 0 for always.")
    measure = fields.Selection(
        [
            ("count", "How often"),
            ("amount", "For how much"),
            ("quantity", "How many"),
            ("last", "Days since the last time"),
        ],
        required=True,
        default="count",
    )
    comparison = fields.Selection([("least", "At least"), ("most", "At most")], required=True, default="least")
    value = fields.Float(default=1.0)
    product_ids = fields.Many2many("product.product", string="Products", help="Empty: whatever he bought.")
    category_id = fields.Many2one("product.category", "Product Category", help="This category and those below it.")
    type_id = fields.Many2one("crm.event.type", "Event", ondelete="cascade")
    answer = fields.Selection(
        [
            ("sent", "Got a message"),
            ("opened", "Opened"),
            ("clicked", "Clicked"),
            ("answered", "Answered"),
            ("bounced", "Message came back"),
        ],
        default="clicked",
    )
    campaign_id = fields.Many2one("utm.campaign", help="Empty: any campaign.")
    channel = fields.Selection(CHANNELS, default="email")
    purpose_id = fields.Many2one("crm.consent.purpose", ondelete="restrict")
    other_segment_id = fields.Many2one("crm.segment", "Segment", index="btree_not_null", ondelete="restrict")
    summary = fields.Char("In Words", compute="_compute_summary")

    @api.depends("parent_id")
    def _compute_segment_id(self):
        for condition in self:
            condition.segment_id = condition.parent_id.segment_id or condition.segment_id

    @api.depends(
        "kind", "is_negated", "match", "partner_domain", "deal_domain", "days", "measure", "comparison", "value",
        "product_ids", "category_id", "type_id", "answer", "campaign_id", "channel", "purpose_id", "other_segment_id",
    )  # fmt: skip
    @api.depends_context("lang")
    def _compute_summary(self):
        for condition in self:
            text = getattr(condition, f"_describe_{condition.kind}")() if condition.kind else ""
            condition.summary = self.env._("not: %(condition)s", condition=text) if condition.is_negated else text

    @api.constrains("kind", "partner_domain", "deal_domain")
    def _check_domains(self):
        for condition in self:
            try:
                for model, text in (("res.partner", condition.partner_domain), ("crm.lead", condition.deal_domain)):
                    domain = condition._parse(text)
                    domain.validate(self.env[model])
                    check_fields_readable(self.env[model], domain)
            except (ValueError, SyntaxError, TypeError) as error:
                raise ValidationError(self.env._("The condition cannot be used: %(error)s", error=error)) from error

    @api.constrains("type_id")
    def _check_type(self):
        """Who belongs to a segment tells of the event: its author must be among those who may know."""
        if self.type_id.filtered("is_personal") and not self.env.user.has_group("crm_frontoffice.group_personal_data"):
            raise ValidationError(self.env._("Personal facts are for those who may see them."))

    @api.constrains("kind", "type_id", "purpose_id", "other_segment_id", "answer", "channel", "measure")
    def _check_complete(self):
        for condition in self:
            needed = {
                "event": condition.type_id,
                "consent": condition.purpose_id and condition.channel,
                "segment": condition.other_segment_id,
                "answer": condition.answer,
            }
            if not needed.get(condition.kind, True):
                raise ValidationError(
                    self.env._("Complete the condition “%(condition)s”.", condition=condition.summary)
                )

    @api.constrains("other_segment_id", "segment_id")
    def _check_no_circle(self):
        self.segment_id._get_refresh_order()

    @api.constrains("parent_id")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A group cannot be inside itself."))

    @api.model
    def _parse(self, text):
        return Domain(literal_eval(text or "[]"))

    # ---- as SQL: each condition selects ids out of the common table `everybody`

    def _select_joined(self, match):
        """The customers for whom all, or any, of these conditions hold."""
        operator = SQL(" INTERSECT " if match == "all" else " UNION ")
        return SQL("(%s)", operator.join(condition._select() for condition in self))

    def _select(self):
        self.ensure_one()
        chosen = getattr(self, f"_select_{self.kind}")()
        return SQL("(SELECT id FROM everybody EXCEPT %s)", chosen) if self.is_negated else SQL("(%s)", chosen)

    def _select_group(self):
        children = self.child_ids.sorted()
        return children._select_joined(self.match) if children else SQL("SELECT id FROM everybody")

    def _select_partner(self):
        partners = self.env["res.partner"].with_context(active_test=False)._search(self._parse(self.partner_domain))
        return SQL("SELECT id FROM everybody WHERE id IN %s", partners.subselect())

    def _select_deal(self):
        deals = self.env["crm.lead"].with_context(active_test=False)._search(self._parse(self.deal_domain))
        return self._select_customers(
            SQL(
                """SELECT partner.commercial_partner_id FROM crm_lead deal
                     JOIN res_partner partner ON partner.id = deal.partner_id WHERE deal.id IN %s""",
                deals.subselect(),
            )
        )

    def _select_consent(self):
        return SQL(
            """SELECT partner.id FROM everybody JOIN res_partner partner ON partner.id = everybody.id WHERE %s""",
            self.env["res.partner"]._get_consent_condition("partner", self.channel, self.purpose_id),
        )

    def _select_segment(self):
        return SQL(
            """SELECT everybody.id FROM everybody
                 JOIN crm_segment_member member ON member.partner_id = everybody.id
                WHERE member.segment_id = %s AND member.date_left IS NULL""",
            self.other_segment_id.id,
        )

    def _select_purchase(self):
        """Posted invoices and credit notes, in the companies' currencies and without taxes."""
        where = [
            SQL("move.state = 'posted' AND move.move_type IN ('out_invoice', 'out_refund')"),
            SQL("move.commercial_partner_id IS NOT NULL"),
        ]
        if self.segment_id.company_id:
            where.append(SQL("move.company_id = %s", self.segment_id.company_id.id))
        if self.days:
            where.append(SQL("move.invoice_date > %s", fields.Date.subtract(fields.Date.today(), days=self.days)))
        by_line = self.product_ids or self.category_id or self.measure == "quantity"
        facts = self._select_bought_lines(where) if by_line else self._select_bought_documents(where)
        return self._select_counted(facts)

    def _select_bought_documents(self, where):
        return SQL(
            """SELECT move.commercial_partner_id AS customer, move.invoice_date::timestamp AS date,
                      CASE WHEN move.move_type = 'out_invoice' THEN move.id END AS document,
                      move.amount_untaxed_signed AS amount, 0 AS quantity
                 FROM account_move move WHERE %s""",
            SQL(" AND ").join(where),
        )

    def _select_bought_lines(self, where):
        where = [*where, SQL("line.display_type = 'product'")]
        if self.product_ids:
            where.append(SQL("line.product_id = ANY(%s)", self.product_ids.ids))
        if self.category_id:
            products = self.env["product.product"].with_context(active_test=False)
            below = products._search([("categ_id", "child_of", self.category_id.id)])
            where.append(SQL("line.product_id IN %s", below.subselect()))
        return SQL(
            """SELECT move.commercial_partner_id AS customer, move.invoice_date::timestamp AS date,
                      CASE WHEN move.move_type = 'out_invoice' THEN move.id END AS document, -line.balance AS amount,
                      CASE WHEN move.move_type = 'out_invoice' THEN line.quantity ELSE -line.quantity END AS quantity
                 FROM account_move move JOIN account_move_line line ON line.move_id = move.id WHERE %s""",
            SQL(" AND ").join(where),
        )

    def _select_event(self):
        return self._select_happened(self.type_id.ids, SQL("true"))

    def _select_answer(self):
        type_id = self.env["crm.event.type"]._get_ids_by_code().get(ANSWERS[self.answer])
        campaign = SQL("event.campaign_id = %s", self.campaign_id.id) if self.campaign_id else SQL("true")
        if self.answer == "clicked":
            campaign = SQL("%s AND %s", campaign, self.env["link.tracker.click"]._is_by_person("event"))
        return self._select_happened([type_id], campaign)

    def _select_happened(self, type_ids, where):
        if self.days:
            since = fields.Datetime.subtract(fields.Datetime.now(), days=self.days)
            where = SQL("%s AND event.date > %s", where, since)
        if self.segment_id.company_id:
            where = SQL(
                "%s AND (event.company_id IS NULL OR event.company_id = %s)", where, self.segment_id.company_id.id
            )
        # Of the contact where every contact counts for himself.
        customer = "partner_id" if self.segment_id.level == "contact" else "commercial_partner_id"
        facts = SQL(
            """SELECT event.%(customer)s AS customer, event.date, event.id AS document, event.amount, 0 AS quantity
                 FROM crm_event event
                WHERE event.type_id = ANY(%(types)s) AND event.%(customer)s IS NOT NULL AND %(where)s""",
            customer=SQL(customer),
            types=type_ids,
            where=where,
        )
        return self._select_counted(facts, of_contact=self.segment_id.level == "contact")

    def _select_counted(self, facts, *, of_contact=False):
        """The customers whose facts count as much as is asked for; who has none has zero."""
        if self.measure == "last":
            limit = fields.Datetime.subtract(fields.Datetime.now(), days=self.value)
            having = SQL("MAX(fact.date) %s %s", SQL("<=" if self.comparison == "least" else ">="), limit)
            return self._select_customers(self._select_having(facts, having), of_contact=of_contact)
        measure = MEASURES[self.measure]
        if self.comparison == "least" and self.value > 0:
            return self._select_customers(
                self._select_having(facts, SQL("%s >= %s", measure, self.value)), of_contact=of_contact
            )
        outside = SQL("%s %s %s", measure, SQL(">" if self.comparison == "most" else "<"), self.value)
        others = self._select_customers(self._select_having(facts, outside), of_contact=of_contact)
        return SQL("SELECT id FROM everybody EXCEPT %s", others)

    @api.model
    def _select_having(self, facts, having):
        return SQL("SELECT fact.customer FROM (%s) AS fact GROUP BY fact.customer HAVING %s", facts, having)

    @api.model
    def _select_customers(self, found, *, of_contact=False):
        """Out of everybody those who are, or belong to, the customers of a query."""
        own = SQL("everybody.id" if of_contact else "everybody.commercial_partner_id")
        return SQL("SELECT everybody.id FROM everybody WHERE %s IN (%s)", own, found)

    # ---- in words

    def _describe_group(self):
        labels = dict(self._fields["match"]._description_selection(self.env))
        return self.env._("%(match)s:", match=labels[self.match])

    def _describe_partner(self):
        return self.env._("customer: %(what)s", what=self._describe_domain("res.partner", self.partner_domain))

    def _describe_deal(self):
        return self.env._("deal: %(what)s", what=self._describe_domain("crm.lead", self.deal_domain))

    def _describe_domain(self, model, text):
        """The fields, operators and values of a domain, in the reader's language as far as it has words for them."""
        try:
            conditions = list(self._parse(text).iter_conditions())
        except (ValueError, SyntaxError, TypeError):
            return text
        names = self.env["ir.model.fields"].get_field_string(model)
        said = []
        for condition in conditions:
            first, *_rest = condition.field_expr.split(".")
            value = condition.value
            if isinstance(value, (list, tuple, set)) or hasattr(value, "__iter__") and not isinstance(value, str):
                value = ", ".join(map(str, value))
            said.append(f"{names.get(first, first)} {condition.operator} {value}")
        return "; ".join(said) or self.env._("any")

    def _describe_purchase(self):
        what = ", ".join([*self.product_ids.mapped("display_name"), *self.category_id.mapped("display_name")])
        return self.env._(
            "bought %(what)s: %(count)s", what=what or self.env._("anything"), count=self._describe_count()
        )

    def _describe_event(self):
        return self.env._("%(event)s: %(count)s", event=self.type_id.name or "", count=self._describe_count())

    def _describe_answer(self):
        labels = dict(self._fields["answer"]._description_selection(self.env))
        return self.env._(
            "%(reaction)s in %(campaign)s: %(count)s",
            reaction=labels.get(self.answer, ""),
            campaign=self.campaign_id.title or self.env._("any campaign"),
            count=self._describe_count(),
        )

    def _describe_count(self):
        measures = dict(self._fields["measure"]._description_selection(self.env))
        comparisons = dict(self._fields["comparison"]._description_selection(self.env))
        text = f"{measures[self.measure]} {comparisons[self.comparison].lower()} {self.value:g}"
        if self.days and self.measure != "last":
            return self.env._("%(text)s within %(days)s days", text=text, days=self.days)
        return text

    def _describe_consent(self):
        channels = dict(self._fields["channel"]._description_selection(self.env))
        return self.env._(
            "allows %(purpose)s by %(channel)s",
            purpose=self.purpose_id.name or "",
            channel=channels.get(self.channel, ""),
        )

    def _describe_segment(self):
        # sudo: the name of a segment that this one is made of
        return self.env._("belongs to “%(segment)s”", segment=self.other_segment_id.sudo().name or "")
