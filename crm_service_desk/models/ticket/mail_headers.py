"""What the headers of a message say about its sender; plain Python, no ORM."""

BULK = {"bulk", "list", "junk", "auto_reply"}


def is_automatic(message):
    """Whether a program wrote the message: an absence note, a newsletter, a receipt.

    :param message: an `email.message.Message` or anything else with a case-blind `get`

    >>> from email import message_from_string as parse
    >>> is_automatic(parse("Auto-Submitted: auto-replied"))
    True
    >>> is_automatic(parse("Auto-Submitted: no"))
    False
    >>> is_automatic(parse("X-Auto-Response-Suppress: All"))
    True

    People whose programs only ask to be spared absence notes, as Odoo's own do, have written themselves:

    >>> is_automatic(parse("X-Auto-Response-Suppress: OOF"))
    False
    >>> is_automatic(parse("Precedence: Bulk"))
    True
    >>> is_automatic(parse("Subject: Out of paper"))
    False

    Some programs use X-Autoreply or X-Autorespond, whatever their value:

    >>> is_automatic(parse("X-Autoreply: yes"))
    True
    """
    submitted = _word(message, "Auto-Submitted")
    suppress = {part.strip() for part in _word(message, "X-Auto-Response-Suppress").split(",")}
    return (
        submitted not in ("", "no")
        or bool(suppress - {"", "none", "oof"})
        or _word(message, "Precedence") in BULK
        or message.get("X-Autoreply") is not None
        or message.get("X-Autorespond") is not None
    )


def _word(message, header):
    return str(message.get(header) or "").split(";")[0].strip().lower()
