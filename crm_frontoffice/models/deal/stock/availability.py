"""Whether there is enough of a product for a deal."""

AVAILABLE, LATE, SHORT = "available", "late", "short"
# From good to bad: a deal is as good as the worst of its products.
ORDER = (AVAILABLE, LATE, SHORT)


def rate_stock(quantity, free, forecast):
    """The state of one product.

    :param quantity: how much the deal needs
    :param free: what is there now and nobody else's
    :param forecast: what will be there once everything that is ordered has come and gone

    >>> rate_stock(5, free=5, forecast=5)
    'available'
    >>> rate_stock(5, free=2, forecast=12)
    'late'
    >>> rate_stock(5, free=2, forecast=2)
    'short'
    """
    if quantity <= free:
        return AVAILABLE
    return LATE if quantity <= forecast else SHORT


def find_worst(states):
    """
    >>> find_worst(["available", "short", "late"])
    'short'
    >>> find_worst([]) is None
    True
    """
    return max(states, key=ORDER.index, default=None)
