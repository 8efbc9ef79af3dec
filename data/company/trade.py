"""The orders: first ones from won deals, repeat ones by each customer's rate until it drops out, and their fate."""

import itertools
from datetime import timedelta

from .parameters import WINDOW_DAYS
from .records import Line, Order

MONTH = 30.4375


class Trade:
    """Draws orders with their lines, deliveries, invoices and payments."""

    def __init__(self, size, behaviour, clock, rng, products):
        self.size, self.behaviour, self.clock, self.rng = size, behaviour, clock, rng
        self.products = products
        self.demand = [product.demand for product in products]
        self.by_category = {}
        for product in products:
            self.by_category.setdefault(product.category, []).append(product)

    def make_orders(self, pipeline, deals, customers, giant, first_id, first_line_id):
        """All orders and quotations, numbered in the order of their dates."""
        orders = [order for deal in deals for order in self._of_deal(deal)]
        for customer in customers:
            if customer is not giant:
                orders += self._repeat_orders(customer, pipeline)
        orders += self._giant_orders(giant, pipeline)
        orders.sort(key=lambda order: (order.ordered, order.customer.id))
        line_ids = itertools.count(first_line_id)
        for number, order in enumerate(orders):
            order.id = first_id + number
            for line in order.lines:
                line.id = next(line_ids)
            if order.state == "sale":
                self._fulfil(order)
        return orders

    def _of_deal(self, deal):
        rng, behaviour = self.rng, self.behaviour
        if deal.status == "won":
            yield self._order(deal.customer, deal.contact, deal.seller, deal, deal.closed, "sale", deal.revenue)
        elif deal.stage == len(behaviour.stage_days) - 1 and deal.customer:
            share = behaviour.quotation_share if deal.status == "pending" else behaviour.cancelled_share
            if rng.random() < share:
                state = "cancel" if deal.status == "lost" else rng.choice(("draft", "sent", "sent"))
                moment = deal.moves[-1][1] + timedelta(minutes=20)
                yield self._order(deal.customer, deal.contact, deal.seller, deal, moment, state, deal.revenue)

    def _repeat_orders(self, customer, pipeline):
        """The purchases after the first one."""
        rng = self.rng
        first = self._first_purchase(customer)
        if first is None:
            return []
        orders, day = [], float(first)
        rate = customer.purchase_rate * self.size.purchases_scale / MONTH
        while True:
            day += rng.expovariate(rate) if rate > 1e-5 else WINDOW_DAYS
            if day >= WINDOW_DAYS:
                return orders
            # Thinning: a quiet month lets fewer of the possible purchases happen.
            if rng.random() > self.clock.season(day) / 1.25:
                continue
            basket = customer.segment.median_deal * self.behaviour.basket_share * rng.lognormvariate(0, 0.5)
            seller, contact = pipeline.seller_for(customer), customer.buyer(rng)
            orders.append(self._order(customer, contact, seller, None, self.clock.moment(day, rng), "sale", basket))
            if rng.random() < customer.dropout:
                return orders

    def _first_purchase(self, customer):
        """The day from which the customer buys again; the window's first one for those who bought before it."""
        if customer.first_order is None:
            return None
        return max(0, (customer.first_order.date() - self.clock.first_day).days)

    def _giant_orders(self, giant, pipeline):
        wanted = self.size.giant_invoices
        days = (self.clock.draw_day(self.rng) for _ in range(wanted))
        return [
            self._order(
                giant, giant.buyer(self.rng), pipeline.seller_for(giant), None, self.clock.moment(day, self.rng),
                "sale", giant.segment.median_deal * self.rng.lognormvariate(0, 0.5),
            )
            for day in days
        ]  # fmt: skip

    def _order(self, customer, contact, seller, deal, moment, state, worth):
        lines = self._basket(customer, worth)
        order = Order(0, customer, contact, seller, deal, moment, state, lines)
        if deal and state != "cancel":
            deal.revenue = order.cents / 100
        return order

    def _basket(self, customer, worth):
        """Products of the customer's taste and the quantities that bring the order near its worth."""
        rng = self.rng
        chosen = {}
        for _ in range(min(6, 1 + int(rng.expovariate(0.38)))):
            product = self._product(customer)
            if product.price <= worth:
                chosen[product.id] = product
        if not chosen:
            product = min(rng.choices(self.products, self.demand, k=6), key=lambda product: product.price)
            chosen[product.id] = product
        discount = rng.choice(customer.segment.discounts)
        share = worth / len(chosen)
        return [
            Line(0, product, max(1, round(share / product.price * rng.uniform(0.7, 1.3))), discount)
            for product in chosen.values()
        ]

    def _product(self, customer):
        if self.rng.random() < 0.7:
            return self.rng.choice(self.by_category[self.rng.choice(customer.favourites)])
        return self.rng.choices(self.products, self.demand)[0]

    def _fulfil(self, order):
        """Deliver, invoice and collect, as far as that has happened until today."""
        rng, behaviour, today = self.rng, self.behaviour, self.clock.today
        customer = order.customer
        order.promised = order.ordered + timedelta(days=behaviour.promised_days)
        late = rng.expovariate(1 / behaviour.late_days) if rng.random() < behaviour.late_share else 0
        delivered = order.promised + timedelta(days=late + rng.uniform(-5.0, 0.0))
        if order.has_goods and delivered < self.clock.now:
            order.delivered = delivered.replace(microsecond=0)
        invoiced = (order.ordered + timedelta(days=rng.randrange(0, 4))).date()
        if invoiced >= today:
            return
        customer.invoices += 1
        order.invoiced = invoiced
        order.due = invoiced + timedelta(days=30 if customer.is_company else 0)
        if rng.random() < behaviour.defaults[customer.payer]:
            return
        mean, deviation = behaviour.payer_days[customer.payer]
        paid = max(invoiced, order.due + timedelta(days=round(rng.gauss(mean, deviation))))
        if paid < today:
            order.paid = paid
            total = order.cents + order.tax_cents
            # The second half of a payment in instalments follows within a quarter.
            by_halves = rng.random() < behaviour.instalments and paid > today - timedelta(days=90)
            order.paid_cents = total // 2 if by_halves else total
