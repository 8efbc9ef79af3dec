"""Birthdays as whole numbers MMDD, which an index finds without looking at years."""

from calendar import isleap
from datetime import timedelta

LEAP_DAY = 229
LONGEST_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def get_key(month, day):
    """The key of a birthday, or 0 when there is no such day in any year.

    >>> get_key(3, 7), get_key(2, 29), get_key(2, 30), get_key(0, 1)
    (307, 229, 0, 0)
    """
    if not 1 <= month <= 12 or not 1 <= day <= LONGEST_MONTHS[month - 1]:
        return 0
    return month * 100 + day


def get_keys_of_day(day):
    """Whose birthday a day is; in a year without a leap day those of February 29 celebrate on the 28th.

    >>> from datetime import date
    >>> get_keys_of_day(date(2027, 2, 28)), get_keys_of_day(date(2028, 2, 28)), get_keys_of_day(date(2028, 2, 29))
    ([228, 229], [228], [229])
    """
    keys = [day.month * 100 + day.day]
    return [*keys, LEAP_DAY] if keys == [228] and not isleap(day.year) else keys


def get_keys_within(today, first, last):
    """The keys of the birthdays that are `first` to `last` days ahead, over the end of the year.

    >>> from datetime import date
    >>> get_keys_within(date(2026, 12, 30), 0, 3)
    [1230, 1231, 101, 102]
    """
    days = range(max(first, 0), min(last, 365) + 1)
    return [key for offset in days for key in get_keys_of_day(today + timedelta(days=offset))]


def count_days_until(today, key):
    """Days until the next birthday, 0 on the day itself; None without a birthday.

    >>> from datetime import date
    >>> count_days_until(date(2026, 12, 30), 102), count_days_until(date(2027, 2, 28), 229)
    (3, 0)
    >>> count_days_until(date(2027, 3, 1), 229)  # the next one is in a leap year
    365
    """
    if not key:
        return None
    return next(n for n in range(367) if key in get_keys_of_day(today + timedelta(days=n)))


def get_age(today, year, key):
    """Full years; 0 when the year is not known.

    >>> from datetime import date
    >>> get_age(date(2026, 6, 15), 1985, 615), get_age(date(2026, 6, 15), 1985, 616), get_age(date(2026, 6, 15), 0, 615)
    (41, 40, 0)
    """
    if not year:
        return 0
    had = today.month * 100 + today.day >= key or LEAP_DAY == key in get_keys_of_day(today)
    return today.year - year - (not had)
