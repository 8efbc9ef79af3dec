"""How the fields of a gateway row are read: plain values in, typed values or a reason out; nothing here knows Odoo."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime

EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;.]+")
MOST_CHARACTERS = 100_000  # of a text; a text for people is shorter by far
MOST_KEY_CHARACTERS = 200  # of what is looked up in an index: an external id, a name
MOST_NAMES = 100  # of one list
CLEAR = "clear"  # names the fields to be emptied
TRUE, FALSE = {"1", "true", "yes"}, {"0", "false", "no", ""}


@dataclass(frozen=True)
class RowField:
    """One field of a row.

    `column` is the field of the target model that receives the value. `kind` names a reader of `READERS`, or `lookup`
    and `reference`, which need the database: a lookup finds records of `model` by `key`, a reference finds what an
    earlier row of the same source brought in.
    """

    column: str
    kind: str = "text"
    required: bool = False
    model: str = ""
    key: str = ""
    choices: tuple = field(default=())
    create_missing: bool = False


class RowError(ValueError):
    """A value that cannot be used: `reason` is one of the keys of `REASONS`, `hint` what would be right."""

    def __init__(self, reason, hint=""):
        super().__init__(reason)
        self.reason = reason
        self.hint = hint


def is_empty(value):
    """Whether a row says nothing about a field.

    >>> [is_empty(value) for value in ("", "  ", None, False, 0, [])]
    [True, True, True, True, False, True]
    """
    return value is None or value is False or value == [] or (isinstance(value, str) and not value.strip())


def read_text(value, _field, most=MOST_CHARACTERS):
    """Texts that PostgreSQL can keep.

    >>> read_text("  Anna   Karenina ", None)
    'Anna   Karenina'
    >>> read_text("broken\\x00", None)  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
        ...
    RowError: text
    """
    if isinstance(value, (dict, list)):
        raise RowError("text")
    text = str(value).strip()
    if len(text) > most:
        raise RowError("long", str(most))
    try:
        text.encode()  # half a character has no encoding
    except UnicodeEncodeError:
        raise RowError("text") from None
    if "\0" in text:
        raise RowError("text")
    return text


def read_key(value, _field):
    """
    >>> read_key(4711, None)
    '4711'
    """
    return read_text(value, _field, MOST_KEY_CHARACTERS)


def read_email(value, _field):
    """
    >>> read_email("Anna@Example.com", None)
    'Anna@Example.com'
    >>> read_email("anna at example", None)  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
        ...
    RowError: email
    """
    text = read_key(value, _field)
    if not EMAIL.fullmatch(text):
        raise RowError("email", "name@example.com")
    return text


def read_boolean(value, _field):
    """
    >>> read_boolean("yes", None), read_boolean(1, None), read_boolean("0", None)
    (True, True, False)
    """
    text = str(value).strip().lower()
    if text not in TRUE | FALSE:
        raise RowError("boolean", "1 / 0")
    return text in TRUE


def read_number(value, _field):
    """Numbers that are not negative; no thousands separators, a point for decimals.

    >>> read_number("1200.50", None)
    1200.5
    """
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise RowError("number", "1200.50") from None
    if not 0 <= number < 1e15:
        raise RowError("negative", "1200.50")
    return number


def read_integer(value, row_field):
    """
    >>> read_integer("15", None)
    15
    """
    number = read_number(value, row_field)
    if number != int(number):
        raise RowError("number", "15")
    return int(number)


def read_date(value, _field):
    """
    >>> read_date("2026-02-28", None)
    '2026-02-28'
    """
    try:
        return date.fromisoformat(str(value).strip()).isoformat()
    except ValueError:
        raise RowError("date", "2026-12-31") from None


def read_datetime(value, _field):
    """Moments in UTC.

    >>> read_datetime("2026-02-28 09:30:00", None)
    '2026-02-28 09:30:00'
    """
    try:
        moment = datetime.strptime(str(value).strip(), "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - moments are UTC by contract
    except ValueError:
        raise RowError("datetime", "2026-12-31 15:45:00") from None
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def read_choice(value, row_field):
    """
    >>> read_choice("Call", RowField("kind", "choice", choices=("call", "visit")))
    'call'
    """
    text = str(value).strip().lower()
    if text not in row_field.choices:
        raise RowError("choice", ", ".join(row_field.choices))
    return text


def read_names(value, _field):
    """Several names, as a list or parted by semicolons.

    >>> read_names("VIP; wholesale;", None)
    ['VIP', 'wholesale']
    """
    parts = value if isinstance(value, list) else read_text(value, _field).split(";")
    names = [name for part in parts if (name := read_key(part, _field))]
    if len(names) > MOST_NAMES:
        raise RowError("many", str(MOST_NAMES))
    return names


def read_pairs(value, row_field):
    """Several choices with a name each, as a list or parted by semicolons.

    >>> read_pairs("email:news; sms:news", RowField("", "pairs", choices=("email", "sms")))
    ['email:news', 'sms:news']
    >>> read_pairs("fax:news", RowField("", "pairs", choices=("email",)))  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
        ...
    RowError: choice
    """
    pairs = read_names(value, row_field)
    for pair in pairs:
        choice, _separator, name = pair.partition(":")
        if choice not in row_field.choices or not name:
            raise RowError("choice", ", ".join(f"{choice}:..." for choice in row_field.choices))
    return pairs


READERS = {
    "text": read_text,
    "key": read_key,
    "email": read_email,
    "boolean": read_boolean,
    "number": read_number,
    "integer": read_integer,
    "date": read_date,
    "datetime": read_datetime,
    "choice": read_choice,
    "names": read_names,
    "pairs": read_pairs,
    "lookup": read_key,
    "reference": read_key,
}


def read_cleared(row, fields):
    """The fields that a row wants emptied: those that it names in `clear`, and says nothing else about.

    :return: list of field names, and errors as (field name, value, reason, hint)

    >>> known = {"name": RowField("name", required=True), "phone": RowField("phone")}
    >>> read_cleared({"clear": ["phone"]}, known), read_cleared({"clear": "name"}, known)
    ((['phone'], []), ([], [('clear', 'name', 'not_cleared', 'phone')]))
    """
    given = row.get(CLEAR)
    if is_empty(given):
        return [], []
    may = [name for name, field in fields.items() if not field.required and field.kind not in ("key", "pairs")]
    try:
        names = read_names(given, None)
    except RowError as error:
        return [], [(CLEAR, given, error.reason, error.hint)]
    wrong = [name for name in names if name not in may or not is_empty(row.get(name))]
    return [name for name in names if name not in wrong], [
        (CLEAR, ", ".join(wrong), "not_cleared", ", ".join(may)) for _once in wrong[:1]
    ]


def read_row(row, fields):
    """Read one row.

    :param row: what the caller sent, a dict by field name
    :param fields: dict of field name to `RowField`
    :return: the values of the fields that are not empty, and errors as (field name, value, reason, hint)

    >>> read_row({"name": "Anna", "age": 3}, {"name": RowField("name", required=True)})
    ({'name': 'Anna'}, [('age', 3, 'unknown_field', 'name')])
    """
    values, errors = {}, []
    errors += [(name, row[name], "unknown_field", ", ".join(fields)) for name in row.keys() - fields.keys() - {CLEAR}]
    for name, row_field in fields.items():
        value = row.get(name)
        # Some clients send False for "nothing"; of a yes or no it is the answer.
        if is_empty(value) and not (value is False and row_field.kind == "boolean"):
            if row_field.required:
                errors.append((name, "", "required", ""))
            continue
        try:
            values[name] = READERS[row_field.kind](value, row_field)
        except RowError as error:
            errors.append((name, value, error.reason, error.hint))
    return values, sorted(errors, key=lambda error: error[0])
