"""Chance that comes out the same each time: who is in a group is decided by a hash of who he is, and kept nowhere.

>>> bucket("spring", 7) == bucket("spring", 7)
True
>>> share = sum(bucket("spring", number) < 1000 for number in range(20000)) / 20000
>>> abs(share - 0.1) < 0.01
True

Groups of different salts have nothing to do with each other:

>>> both = [bucket("spring", n) < 5000 and bucket("autumn", n) < 5000 for n in range(20000)]
>>> abs(sum(both) / 20000 - 0.25) < 0.02
True
"""

import hashlib

from odoo.tools import SQL

BUCKETS = 10_000


def bucket(salt, number):
    """A number below `BUCKETS` that is as good as drawn by lot, but always the same for a salt and a number."""
    return int(hashlib.md5(f"{salt}:{number}".encode(), usedforsecurity=False).hexdigest()[:8], 16) % BUCKETS


def bucket_sql(salt, number):
    """The same as SQL; `number` is an SQL expression."""
    return SQL("(('x' || substr(md5(%s || ':' || %s), 1, 8))::bit(32)::bigint %% %s)", salt, number, BUCKETS)
