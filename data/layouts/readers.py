"""How exports write texts, sums, days and lists; plain values in, what the gateway takes out."""

import csv
import io
import re
from datetime import datetime

DAY_FORMATS = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%Y/%m/%d")
DELIMITERS = ",;\t"
NUMBER = re.compile(r"-?[\d .,'\u00a0\u202f]*\d")


def read_file(content):
    """The headers and the rows of a CSV file, whatever its encoding and its delimiter.

    :param content: bytes
    :return: list of headers, list of (line in the file, dict by header)

    >>> read_file("Имя;Город\\n\\nАнна;Омск\\n".encode("cp1251"))
    (['Имя', 'Город'], [(3, {'Имя': 'Анна', 'Город': 'Омск'})])
    """
    text = _decode(content)
    first = text.lstrip("\r\n").partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(DELIMITERS, key=first.count))
    headers, rows = [], []
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        if headers:
            # Of two columns of the same name the first that is filled counts.
            row = {}
            for header, cell in zip(headers, cells, strict=False):
                row[header] = row.get(header) or cell
            rows.append((reader.line_num, row))
        else:
            headers = [cell.strip() for cell in cells]
    return headers, rows


def _decode(content):
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1251", errors="replace")


def read_sum(text):
    """A sum with any separators and signs of money; what is none stays as it is, for the gateway to refuse.

    >>> [read_sum(text) for text in ("1,234.50", "1 234,50 ₽", "$1,200", "1.234.567", "12,5", "many")]
    ['1234.50', '1234.50', '1200', '1234567', '12.5', 'many']
    """
    found = NUMBER.findall(text)
    if len(found) != 1:
        return text
    digits = re.sub(r"[ '\u00a0\u202f]", "", found[0])
    whole, mark, rest = re.match(r"(.*?)(?:([.,])(\d*))?$", digits).groups()
    if not mark:
        return digits
    last = max(digits.rfind("."), digits.rfind(","))
    thousands = len(digits) - last - 1 == 3 and (digits.count(digits[last]) > 1 or len({*digits} & {".", ","}) == 1)
    if thousands or digits.count(digits[last]) > 1:
        return re.sub(r"[.,]", "", digits)
    return re.sub(r"[.,]", "", digits[:last]) + "." + digits[last + 1 :]


def read_day(text):
    """A day, without the hour that may follow; what is none stays as it is.

    >>> [read_day(text) for text in ("31.12.2026 10:15:00", "2026-12-31 10:15", "2026-12-31T10:15:00Z", "soon")]
    ['2026-12-31', '2026-12-31', '2026-12-31', 'soon']
    """
    day = re.split(r"[ T]", text.strip())[0]
    for written in DAY_FORMATS:
        try:
            return datetime.strptime(day, written).date().isoformat()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return text


def read_first(text):
    """The first of several values in one cell.

    >>> read_first("anna@example.com, anna.k@example.org"), read_first("'+49 30 1234; +49 30 5678")
    ('anna@example.com', '+49 30 1234')
    """
    return re.split(r"[;,\n|]", text)[0].strip().lstrip("'")


def read_tags(text):
    """
    >>> read_tags("VIP, опт; fair")
    ['VIP', 'опт', 'fair']
    """
    return [tag for part in re.split(r"[;,|]", text) if (tag := part.strip())]
