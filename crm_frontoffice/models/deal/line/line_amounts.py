"""What the products of a deal come to."""


def multiply(quantity, price, discount=0.0):
    """The amount of a line.

    :param discount: in percent

    >>> multiply(4, 25.0, 10)
    90.0
    """
    return quantity * price * (1 - discount / 100)


def join_recurring(amounts):
    """Amounts that come back after different numbers of months, as one that comes back after the first of them.

    :param amounts: list of (amount, months); months of 0 are taken for 1
    :return: (amount, months), or None when nothing comes back

    >>> join_recurring([(100.0, 1), (600.0, 12)])
    (150.0, 1)
    >>> join_recurring([(600.0, 12), (100.0, 1)])
    (1800.0, 12)
    >>> join_recurring([]) is None
    True
    """
    if not amounts:
        return None
    first = amounts[0][1] or 1
    return sum(amount / (months or 1) for amount, months in amounts) * first, first
