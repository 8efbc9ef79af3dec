"""What figures of a customer mean for whoever talks to him: go on, take care, or stop."""

OK, WATCH, STOP = "ok", "watch", "stop"


def rate_credit(overdue_days, owed, limit, *, watch_days, stop_days):
    """How the customer pays: state and reason.

    :param overdue_days: age of the oldest overdue amount in days; None when nothing is overdue
    :param owed: all that he owes, due or not, in the company's currency
    :param limit: how much he may owe; 0 for no limit

    >>> rate_credit(None, 500, 0, watch_days=1, stop_days=30)
    ('ok', 'paid')
    >>> rate_credit(3, 500, 0, watch_days=1, stop_days=30)
    ('watch', 'overdue')
    >>> rate_credit(30, 500, 0, watch_days=1, stop_days=30)
    ('stop', 'overdue')
    >>> rate_credit(None, 500, 400, watch_days=1, stop_days=30)
    ('stop', 'limit')
    >>> rate_credit(None, 370, 400, watch_days=1, stop_days=30)
    ('watch', 'limit')
    """
    if overdue_days is not None and overdue_days >= stop_days:
        return STOP, "overdue"
    if limit > 0 and owed > limit:
        return STOP, "limit"
    if overdue_days is not None and overdue_days >= watch_days:
        return WATCH, "overdue"
    if limit > 0 and owed > 0.9 * limit:
        return WATCH, "limit"
    return OK, "paid"


def rate_deliveries(late, waiting, count):
    """How the deliveries to the customer go: state and reason.

    >>> rate_deliveries(late=1, waiting=0, count=3)
    ('stop', 'late')
    >>> rate_deliveries(late=0, waiting=2, count=3)
    ('watch', 'waiting')
    >>> rate_deliveries(late=0, waiting=0, count=0)
    ('ok', 'none')
    """
    if late:
        return STOP, "late"
    if waiting:
        return WATCH, "waiting"
    return OK, "on_time" if count else "none"


def rate_contact(days, *, is_planned, quiet_days=60):
    """Whether somebody looks after the customer: state and reason.

    :param days: since the last contact in either direction; None when there was none

    >>> rate_contact(5, is_planned=False)
    ('ok', 'recent')
    >>> rate_contact(90, is_planned=True)
    ('ok', 'planned')
    >>> rate_contact(90, is_planned=False)
    ('watch', 'quiet')
    >>> rate_contact(None, is_planned=False)
    ('watch', 'never')
    """
    if days is not None and days <= quiet_days:
        return OK, "recent"
    if is_planned:
        return OK, "planned"
    return WATCH, "never" if days is None else "quiet"
