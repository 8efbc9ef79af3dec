"""Rows in bulk: specimens made by Odoo itself, copied set-based with other values.

A specimen is one row as the ORM wrote it. Copies of it need to name only the columns that differ, so that a column
which some addon adds later has its right value without being known here.
"""

import contextlib
import io
import re
from datetime import date, datetime

_FILL = re.compile(r"[\\\t\n\r]")
_ESCAPED = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}


class Writer:
    """Writes rows on one cursor."""

    def __init__(self, cr):
        self.cr = cr
        self.columns = {}

    # ---- specimens

    def take(self, table, record_id):
        """A row as text; it survives the rollback of the transaction that made it."""
        self.cr.execute(f"SELECT t::text FROM {table} t WHERE id = %s", [record_id])
        return self.cr.fetchone()[0]

    def keep(self, name, table, text):
        """Make a specimen available to `clone` under a name."""
        self.cr.execute(f"CREATE TEMP TABLE specimen_{name} AS SELECT (%s::{table}).*", [text])

    def columns_of(self, table):
        if table not in self.columns:
            self.cr.execute(
                "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
                " AND attgenerated = ''",
                [table],
            )
            self.columns[table] = [name for (name,) in self.cr.fetchall()]
        return self.columns[table]

    def clone(self, table, specimen, source, **values):
        """Insert one copy of the specimen for each row `g` of the source.

        :param source: a table or a query in brackets
        :param values: SQL expressions over `g` (the source) and `t` (the specimen) by column
        """
        columns = self.columns_of(table)
        unknown = set(values) - set(columns)
        if unknown:
            raise ValueError(f"{table} has no column {', '.join(sorted(unknown))}")
        names = ", ".join(f'"{name}"' for name in columns)
        expressions = ", ".join(values.get(name, f't."{name}"') for name in columns)
        self.cr.execute(
            f"INSERT INTO {table} ({names}) SELECT {expressions} FROM {source} g CROSS JOIN specimen_{specimen} t"
        )

    def link(self, table, columns, query):
        self.cr.execute(f"INSERT INTO {table} ({columns}) {query}")

    # ---- rows from Python

    def stage(self, name, columns, rows):
        """A temporary table filled by COPY; `columns` as in CREATE TABLE."""
        self.cr.execute(f"CREATE TEMP TABLE {name} ({columns})")
        self.cr.copy_from(_Lines(rows), name, size=1 << 16)
        self.cr.execute(f"ANALYZE {name}")

    def keep_table(self, name, kept):
        """A temporary table becomes one that stays, outside of Odoo's models."""
        self.cr.execute(f"DROP TABLE IF EXISTS {kept}; CREATE TABLE {kept} AS SELECT * FROM {name}")

    # ---- the tables around

    def next_id(self, table):
        self.cr.execute(f"SELECT COALESCE(MAX(id), 0) + 1 FROM {table}")
        return self.cr.fetchone()[0]

    def advance(self, *tables):
        """Let Odoo go on after the ids written here."""
        for table in tables:
            self.cr.execute(f"SELECT setval('{table}_id_seq', (SELECT COALESCE(MAX(id), 1) FROM {table}))")

    @contextlib.contextmanager
    def bulk(self, tables):
        """Without triggers and secondary indexes while the rows go in: the rows are right by construction."""
        self.cr.execute(
            """SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
                WHERE indrelid = ANY(%s::regclass[]) AND NOT indisunique AND NOT indisprimary""",
            [list(tables)],
        )
        indexes = self.cr.fetchall()
        set_triggers(self.cr, fire=False, scope="LOCAL")
        for name, _ in indexes:
            self.cr.execute(f"DROP INDEX {name}")
        yield
        self.cr.execute("SET LOCAL maintenance_work_mem = '512MB'")
        for _, definition in indexes:
            self.cr.execute(definition)
        set_triggers(self.cr, fire=True, scope="LOCAL")


def set_triggers(cr, *, fire, scope):
    """Silence the triggers of a session or a transaction; only a superuser may."""
    cr.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    if cr.fetchone()[0]:
        cr.execute(f"SET {scope} session_replication_role = {'DEFAULT' if fire else 'replica'}")


class _Lines(io.TextIOBase):
    """A file for COPY over an iterator of rows, so that they never lie in memory together."""

    def __init__(self, rows):
        self.rows = iter(rows)
        self.rest = ""

    def read(self, size=-1):
        parts, length = [self.rest], len(self.rest)
        for row in self.rows:
            line = "\t".join(map(_text, row)) + "\n"
            parts.append(line)
            length += len(line)
            if length >= size > 0:
                break
        text = "".join(parts)
        self.rest = text[size:] if size > 0 else ""
        return text[:size] if size > 0 else text


def _text(value):
    if value is None:
        return "\\N"
    if isinstance(value, (int, float, date, datetime)):
        return str(value)
    return _FILL.sub(lambda match: _ESCAPED[match.group()], value)
