"""Word files with places that a record fills in, by the library docxtpl.

The library is loaded when the first file is made: without it everything else works.
"""

import io
import zipfile
from contextlib import contextmanager

from odoo.tools import format_date, format_datetime, formatLang

MOST_BYTES = 20_000_000  # of all that is packed into a template, unpacked


class WordFileError(Exception):
    """A template that cannot be read or filled in; its text says why."""


class MissingLibraryError(WordFileError):
    """docxtpl is not installed."""


def check(content):
    """Whether a file can serve as a template.

    :param bytes content: of the .docx file
    :raise WordFileError: when it cannot
    """
    with _explained():
        _open(content).get_undeclared_template_variables(_make_environment())


def fill_in(content, record):
    """The template with its places filled in.

    :param bytes content: of the .docx file
    :param record: the record that the template calls `object`
    :raise WordFileError: when it cannot be filled in
    """
    with _explained():
        template = _open(content)
        template.render({"object": Shown(record)}, _make_environment())
        output = io.BytesIO()
        template.save(output)
        return output.getvalue()


@contextmanager
def _explained():
    try:
        yield
    except WordFileError:
        raise
    except Exception as error:  # what a broken file or a wrong expression raises is the library's own choice
        raise WordFileError(str(error) or type(error).__name__) from error


def _open(content):
    try:
        from docxtpl import DocxTemplate
    except ImportError as error:
        raise MissingLibraryError("docxtpl") from error
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(part.file_size for part in archive.infolist()) > MOST_BYTES:
            raise WordFileError(f"> {MOST_BYTES // 1_000_000} MB")
    return DocxTemplate(io.BytesIO(content))


def _make_environment():
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    return SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)


class Shown:
    """A record of which a template reads fields, formatted for people, and nothing else: no methods, no sudo."""

    def __init__(self, record):
        self._record = record

    def __getattr__(self, name):
        if name.startswith("_") or name not in self._record._fields:
            raise AttributeError(f"{self._record._name} has no field {name}")
        return _show(self._record, self._record._fields[name])

    def __str__(self):
        return self._record.display_name or ""

    def __bool__(self):
        return bool(self._record)


def _show(record, field):
    record._check_field_access(field, "read")
    value, env = record[field.name], record.env
    if field.relational:
        return Shown(value) if field.type == "many2one" else [Shown(one) for one in value]
    if field.type == "boolean":
        return value
    if field.type == "monetary":
        return formatLang(env, value, currency_obj=record[field.get_currency_field(record)])
    if field.type == "float":
        return formatLang(env, value)
    if field.type == "integer":
        return value
    if field.type == "date":
        return format_date(env, value)
    if field.type == "datetime":
        return format_datetime(env, value) if value else ""
    if field.type == "selection":
        return dict(field._description_selection(env)).get(value, "")
    return value or ""
