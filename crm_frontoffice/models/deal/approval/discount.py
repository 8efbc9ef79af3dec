"""How much is taken off a quotation. Plain Python: no database, no Odoo."""


def compute_discount(lines):
    """The discount that somebody must answer for, in percent: that of the dearest line, or of the whole if greater.

    :param lines: tuples of a quantity, the unit price before and the unit price after the discount

    A line with ten percent off, and one that takes a hundred off the sum of a thousand:

    >>> compute_discount([(10, 100.0, 90.0)])
    10.0
    >>> compute_discount([(10, 100.0, 100.0), (1, -100.0, -100.0)])
    10.0

    A price that was raised hides no discount elsewhere, and what costs nothing in the first place is no gift:

    >>> compute_discount([(1, 100.0, 150.0), (1, 100.0, 75.0)])
    25.0
    >>> compute_discount([(1, 0.0, 0.0)])
    0.0
    """
    discounts = [0.0]
    full = charged = 0.0
    for quantity, before, after in lines:
        charged += quantity * after
        if before > 0 and quantity > 0:
            full += quantity * before
            discounts.append(100.0 * (1.0 - after / before))
    if full:
        discounts.append(100.0 * (1.0 - charged / full))
    return round(max(discounts), 2)
