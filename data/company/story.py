"""The whole story of the company, without a database: customers, deals and orders drawn from one seed."""

import random
from dataclasses import dataclass

from .clock import Clock
from .market import make_customers
from .pipeline import Pipeline, make_prospects
from .trade import Trade


@dataclass(slots=True)
class Story:
    clock: Clock
    behaviour: object
    customers: list
    giant: object
    deals: list
    orders: list

    @property
    def invoices(self):
        return [order for order in self.orders if order.invoiced]


def tell(size, behaviour, today, seed, sellers, products, first_ids):
    """Draw the company; each part has its own stream of chance, so that a change in one leaves the others alone.

    :param first_ids: the first free id of each table
    """

    def stream(name):
        return random.Random(f"{seed}:{name}")

    clock = Clock(today, behaviour)
    categories = sorted({product.category for product in products})
    customers, giant = make_customers(size, behaviour, stream("market"), first_ids["res_partner"], categories)
    pipeline = Pipeline(size, behaviour, clock, stream("pipeline"), sellers, customers, giant)
    deals = pipeline.make_deals(first_ids["crm_lead"])
    trade = Trade(size, behaviour, clock, stream("trade"), products)
    orders = trade.make_orders(pipeline, deals, customers, giant, first_ids["sale_order"], first_ids["sale_order_line"])
    make_prospects(customers, clock, stream("prospects"), pipeline)
    return Story(clock, behaviour, customers, giant, deals, orders)
