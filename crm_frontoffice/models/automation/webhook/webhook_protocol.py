"""What sender and receiver of a webhook agree on: signature, waiting times, which answer means what. Knows no Odoo."""

import hashlib
import hmac
from urllib.parse import urlsplit

WAITS = (60, 5 * 60, 30 * 60, 2 * 3600, 8 * 3600)  # seconds before the second try, the third, ...
JITTER = 0.2  # share by which a wait may be longer: receivers that come back are not called by all at once
# The receiver has read this very body and will never take it: to send it again would only hold up the others.
REFUSALS = frozenset({400, 413, 415, 422})


def sign(secret, timestamp, body):
    """The value of `X-CRM-Signature`: HMAC (RFC 2104) with SHA-256 over the timestamp, a dot and the body.

    The time is signed too: a receiver that refuses old times cannot be sent a recorded request again.

    :param timestamp: text, whole seconds since 1970, as in `X-CRM-Timestamp`
    :param body: bytes, as they travel

    >>> sign("key", "1781517600", b'{"id": "1-2"}')
    'sha256=11fd72406d075c6afb61f69971e5f02135c8210f062e5891ab904a036a403639'
    """
    message = timestamp.encode() + b"." + body
    return "sha256=" + hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def get_wait(attempts, chance):
    """Seconds until the next try after so many failed ones, or None when there is none.

    :param chance: from 0 to 1, what the jitter is made of

    >>> [get_wait(attempts, 0) for attempts in (1, 2, 3, 4, 5, 6)]
    [60, 300, 1800, 7200, 28800, None]
    >>> get_wait(1, 0.5)
    66
    """
    if attempts > len(WAITS):
        return None
    return round(WAITS[attempts - 1] * (1 + JITTER * chance))


def is_url(url):
    """Whether events can be sent there: http or https, a host, a port that exists, no password in the address.

    >>> [is_url(url) for url in ("https://shop.example/crm?x=1", "http://[2001:db8::1]:8080/")]
    [True, True]
    >>> [is_url(url) for url in ("ftp://shop.example", "https://", "https://a:b@shop.example", "https://x:99999/", "")]
    [False, False, False, False, False]
    >>> is_url("https://shop.example/ a"), is_url("https://[1/")
    (False, False)
    """
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        return False
    return bool(usable and "@" not in parts.netloc and url.isascii() and url.isprintable() and " " not in url)
