from odoo import api, fields, models
from odoo.tools import SQL

NEAR_PERCENT = "80"  # of the points or of the quantity; with a hundred nothing is ahead
# Points on the card and those of the customer's open quotations; what the card has paid for begins a new collection.
NEAR_REWARDS = """
    (SELECT card.id, card.partner_id, card.company_id, reward.id AS reward_id, spent.id AS spent_id, held.points,
            reward.required_points, reward.description, program.name
       FROM loyalty_card card
       JOIN loyalty_program program ON program.id = card.program_id AND program.active
        AND program.applies_on = 'both' AND COALESCE(program.date_from, %(today)s) <= %(today)s
       LEFT JOIN (%(coming)s) coming ON coming.card_id = card.id
       JOIN LATERAL (SELECT card.points + COALESCE(coming.points, 0) AS points) held ON held.points > 0
       JOIN LATERAL (
            SELECT known.id, known.required_points, known.description FROM loyalty_reward known
             WHERE known.program_id = program.id AND known.active AND known.required_points > held.points
             ORDER BY known.required_points, known.id LIMIT 1) reward ON TRUE
       LEFT JOIN LATERAL (
            SELECT MAX(id) AS id FROM loyalty_history WHERE card_id = card.id AND used > 0) spent ON TRUE
      WHERE card.active AND COALESCE(card.expiration_date, %(today)s) >= %(today)s
        AND COALESCE(program.date_to, %(today)s) >= %(today)s
        AND held.points >= reward.required_points * %(percent)s / 100.0) document
    JOIN res_partner partner ON partner.id = document.partner_id"""
COMING_POINTS = """
    SELECT given.coupon_id AS card_id, SUM(given.points) AS points
      FROM sale_order_coupon_points given
      JOIN sale_order sale ON sale.id = given.order_id AND sale.state IN ('draft', 'sent')
     GROUP BY given.coupon_id"""
# The next quantity with a rule of its own, in the product's unit, and what a unit costs in the quotation as it is.
NEAR_STEPS = """
    SELECT sale.id, sale.company_id, sale.pricelist_id, line.product_id, step.quantity, step.quantity - line.quantity,
           line.price
      FROM sale_order sale
      LEFT JOIN crm_lead deal ON deal.id = sale.opportunity_id
      JOIN LATERAL (
           SELECT own.product_id, template.id AS template_id, category.parent_path,
                  own.product_uom_qty * unit.factor / basic.factor AS quantity,
                  own.price_unit * (1 - own.discount / 100) * basic.factor / unit.factor AS price
             FROM sale_order_line own
             JOIN product_product product ON product.id = own.product_id
             JOIN product_template template ON template.id = product.product_tmpl_id
             JOIN uom_uom unit ON unit.id = own.product_uom_id
             JOIN uom_uom basic ON basic.id = template.uom_id
             LEFT JOIN product_category category ON category.id = template.categ_id
            WHERE own.order_id = sale.id AND own.product_uom_qty > 0 AND own.price_unit > 0
              AND own.is_downpayment IS NOT TRUE) line ON TRUE
      JOIN LATERAL (
           SELECT MIN(item.min_quantity) AS quantity FROM product_pricelist_item item
             LEFT JOIN product_category above ON above.id = item.categ_id
            WHERE item.pricelist_id = sale.pricelist_id AND item.min_quantity > line.quantity
              AND item.min_quantity * %(percent)s / 100.0 <= line.quantity
              AND COALESCE(item.product_id, line.product_id) = line.product_id
              AND COALESCE(item.product_tmpl_id, line.template_id) = line.template_id
              AND (above.id IS NULL OR starts_with(line.parent_path, above.parent_path))
              AND COALESCE(item.date_start, %(now)s) <= %(now)s AND COALESCE(item.date_end, %(now)s) >= %(now)s
           ) step ON step.quantity IS NOT NULL
     WHERE sale.state = 'sent' AND (deal.id IS NULL OR (deal.active AND deal.won_status = 'pending'))
       AND NOT EXISTS (
           SELECT FROM crm_event known WHERE known.dedupe_key = 'price_step_near:sale.order:' || sale.id OFFSET 0)"""
CHEAPER_STEPS = """
    unnest(%s::int[], %s::int[], %s::numeric[], %s::numeric[], %s::numeric[], %s::numeric[])
        AS step(order_id, product_id, quantity, missing, price, saved)
    JOIN sale_order document ON document.id = step.order_id
    JOIN res_partner partner ON partner.id = document.partner_id
    JOIN res_company company ON company.id = document.company_id
    JOIN product_product product ON product.id = step.product_id
    JOIN product_template template ON template.id = product.product_tmpl_id"""


class CrmEventScan(models.AbstractModel):
    """A discount that is just ahead: a few points to the next reward, a few pieces to the next price."""

    _inherit = "crm.event.scan"

    @api.model
    def _get_scans(self):
        return [*super()._get_scans(), "_scan_near_rewards", "_scan_near_price_steps"]

    @api.model
    def _get_default_days(self):
        near = {"_scan_near_rewards": NEAR_PERCENT, "_scan_near_price_steps": NEAR_PERCENT}
        return {**super()._get_default_days(), **near}

    @api.model
    def _get_labels(self):
        return {
            **super()._get_labels(),
            "_scan_near_rewards": self.env._("Loyalty cards with so many percent of the points of the next reward"),
            "_scan_near_price_steps": self.env._("Quotations with so many percent of the quantity of a lower price"),
        }

    # ---- points

    @api.model
    def _scan_near_rewards(self):
        """Once per card and reward, and anew after points were spent."""
        read = ["loyalty.card", "loyalty.program", "loyalty.reward", "loyalty.history", "sale.order"]
        coming = SQL("SELECT NULL::int AS card_id, 0 AS points")
        if "sale.order.coupon.points" in self.env:  # of Odoo's own addon between sales and loyalty
            coming = SQL(COMING_POINTS)
            read.append("sale.order.coupon.points")
        for model in read:
            self.env[model].flush_model()
        columns = {
            "date": SQL("%s", fields.Datetime.now()),
            "partner_id": SQL("document.partner_id"),
            "commercial_partner_id": SQL("partner.commercial_partner_id"),
            "company_id": SQL("document.company_id"),
            "user_id": SQL("partner.user_id"),
            "dedupe_key": SQL(
                """'reward_near:loyalty.card:' || document.id || ':' || document.reward_id || ':'
                   || COALESCE(document.spent_id, 0)"""
            ),
            "payload": SQL(
                """jsonb_build_object(
                       'subject', %s || ': ' || %s, 'points', document.points,
                       'missing', document.required_points - document.points)""",
                self._in_language("document.name"),
                self._in_language("document.description"),
            ),
        }
        tables = SQL(
            NEAR_REWARDS,
            today=fields.Date.context_today(self),
            coming=coming,
            percent=max(self._get_days("_scan_near_rewards"), default=100),
        )
        return self._append("reward_near", "loyalty.card", columns, tables, SQL("TRUE"))

    @api.model
    def _in_language(self, column):
        """SQL of a translated text as the customer reads it."""
        return SQL("COALESCE(%(text)s->>partner.lang, %(text)s->>'en_US', '')", text=SQL(column))

    # ---- quantities

    @api.model
    def _scan_near_price_steps(self):
        """Once per quotation that the customer has: for the product with which he would save most."""
        columns = {
            "date": SQL("%s", fields.Datetime.now()),
            "partner_id": SQL("document.partner_id"),
            "commercial_partner_id": SQL("partner.commercial_partner_id"),
            "company_id": SQL("document.company_id"),
            "user_id": SQL("document.user_id"),
            "team_id": SQL("document.team_id"),
            "currency_id": SQL("company.currency_id"),
            "amount": SQL("step.saved / COALESCE(NULLIF(document.currency_rate, 0), 1)"),
            "dedupe_key": SQL("'price_step_near:sale.order:' || document.id"),
            "payload": SQL(
                """jsonb_build_object(
                       'subject', %s, 'quantity', step.quantity, 'missing', step.missing, 'price', step.price)""",
                self._in_language("template.name"),
            ),
        }
        steps = self._find_cheaper_steps()
        tables = SQL(CHEAPER_STEPS, *([list(values) for values in zip(*steps, strict=True)] or [[]] * 6))
        return self._append("price_step_near", "sale.order", columns, tables, SQL("TRUE"))

    @api.model
    def _find_cheaper_steps(self):
        """The best step of each quotation; what it would cost Odoo's price lists say, a query for each list and step.

        :return: list of (order, product, quantity, what is missing to it, price of a unit, what is saved by it)
        """
        for model in ("sale.order", "sale.order.line", "product.template", "product.pricelist.item", "crm.lead"):
            self.env[model].flush_model()
        percent = max(self._get_days("_scan_near_price_steps"), default=100)
        near = self.env.execute_query(SQL(NEAR_STEPS, percent=percent, now=fields.Datetime.now()))
        grouped, best = {}, {}
        for order_id, company_id, pricelist_id, product_id, quantity, missing, paid in near:
            lines = grouped.setdefault((company_id, pricelist_id, quantity), [])
            lines.append((order_id, product_id, missing, paid))
        for (company_id, pricelist_id, quantity), lines in grouped.items():
            pricelist = self.env["product.pricelist"].with_company(company_id).browse(pricelist_id)
            products = pricelist.env["product.product"].browse({line[1] for line in lines})
            prices = pricelist._get_products_price(products, quantity)
            for order_id, product_id, missing, paid in lines:
                price = pricelist.currency_id.round(prices[product_id])
                saved = (paid - price) * quantity
                known = best.get(order_id)
                if pricelist.currency_id.compare_amounts(saved, 0) > 0 and (not known or saved > known[-1]):
                    best[order_id] = (order_id, product_id, quantity, missing, price, saved)
        return list(best.values())
