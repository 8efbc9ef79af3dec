"""From the story to rows: one module for each group of tables."""

from . import customers, deals, deliveries, invoices, orders, planning

# In this order: later tables refer to earlier ones.
STEPS = (
    ("customers", customers.write),
    ("deals, messages, followers", deals.write),
    ("orders", orders.write),
    ("deliveries and stock", deliveries.write),
    ("invoices and payments", invoices.write),
    ("meetings and activities", planning.write),
)
