"""Ticket numbers in the subject of a message; plain Python, no ORM."""

import re

NUMBER = re.compile(r"\b[A-Z]{1,5}[0-9]{5,}\b")
MOST = 5


def find_numbers(subject):
    """What may be the number of a ticket, in the order of the subject.

    >>> find_numbers("Re: [T00042] The printer smokes (was T00041)")
    ['T00042', 'T00041']
    >>> find_numbers("Order S00012 from 2026"), find_numbers(None)
    (['S00012'], [])
    """
    return NUMBER.findall(subject or "")[:MOST]
