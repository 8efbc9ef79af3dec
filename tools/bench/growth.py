"""A copy of a company with more lines of orders and invoices than the generator writes, by copying rows in SQL."""

import contextlib

import psycopg2

import odoo
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import SQL

# Table, and the columns that point to rows which are copied as well. Only product lines: the lines of taxes and of
# receivables would cost the reports of stock Odoo more and the facts nothing.
COPIED = (
    ("sale_order", {}, SQL("TRUE")),
    ("sale_order_line", {"order_id"}, SQL("TRUE")),
    ("account_move", {}, SQL("source.move_type IN ('out_invoice', 'out_refund')")),
    ("account_move_line", {"move_id"}, SQL("source.display_type = 'product' AND source.product_id IS NOT NULL")),
    ("crm_fact_order", {"line_id", "order_id"}, SQL("TRUE")),
    ("crm_fact_invoice", {"line_id", "move_id"}, SQL("TRUE")),
)
# What has to be unique says which copy it is.
MARKED = {("account_move", "name")}
STRIDE = 20_000_000  # more than any id of a generated company


@contextlib.contextmanager
def grown(database, lines):
    """The name of a copy with about so many invoice lines; it goes at the end."""
    copy = f"{database}_{lines // 1_000_000}m"
    _maintain(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')
    _maintain(f'CREATE DATABASE "{copy}" TEMPLATE "{database}"')
    try:
        with Registry(copy).cursor() as cr:
            grow(api.Environment(cr, SUPERUSER_ID, {}), lines)
        with odoo.sql_db.db_connect(copy).cursor() as cr:
            cr._cnx.autocommit = True
            cr.execute("VACUUM (ANALYZE)")
        yield copy
    finally:
        Registry.delete(copy)
        odoo.sql_db.close_db(copy)
        _maintain(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')


def grow(env, lines):
    """Copy orders, invoices and their facts until there are so many invoice lines; cubes are added up anew."""
    copies = -(-lines // max(env["crm.fact.invoice"].search_count([]), 1))
    env.cr.execute("SET LOCAL session_replication_role = replica")
    with without_indexes(env, [table for table, _links, _which in COPIED]):
        for table, links, which in COPIED:
            multiply(env, table, links, which, copies)
    for fact in ("crm.fact.invoice", "crm.fact.order"):
        env[fact]._rebuild_cubes()


def multiply(env, table, links, which, copies):
    env.cr.execute(
        """SELECT column_name FROM information_schema.columns
            WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'""",
        [table],
    )
    names = [row[0] for row in env.cr.fetchall()]
    values = [_copied(table, name, links) for name in names]
    env.execute_query(
        SQL(
            "INSERT INTO %s (%s) SELECT %s FROM %s AS source, generate_series(1, %s) AS copy WHERE %s",
            SQL.identifier(table),
            SQL(", ").join(map(SQL.identifier, names)),
            SQL(", ").join(values),
            SQL.identifier(table),
            copies - 1,
            which,
        )
    )


def _copied(table, name, links):
    column = SQL.identifier("source", name)
    if name == "id" or name in links:
        return SQL("%s + copy * %s", column, STRIDE)
    return SQL("%s || '-' || copy", column) if (table, name) in MARKED else column


@contextlib.contextmanager
def without_indexes(env, tables):
    """Secondary indexes are made once, after the rows."""
    env.cr.execute(
        """SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
            WHERE indrelid = ANY(%s::regclass[]) AND NOT indisunique""",
        [tables],
    )
    indexes = env.cr.fetchall()
    for name, _definition in indexes:
        env.cr.execute(f"DROP INDEX {name}")
    yield
    env.cr.execute("SET LOCAL maintenance_work_mem = '512MB'")
    for _name, definition in indexes:
        env.cr.execute(definition)


def _maintain(statement):
    """A statement that runs outside of transactions, from another database."""
    _name, options = odoo.sql_db.connection_info_for("postgres")
    connection = psycopg2.connect(**options)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()
