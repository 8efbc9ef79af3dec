"""Filling a table with copies of one row: what is there before something is measured costs no more than it must."""

from odoo.tools import SQL


def multiply(env, table, source_id, count, **changes):
    """Copy a row so many times by one statement; `changes` are expressions in SQL over the number `n` of the copy."""
    columns = _list_columns(env, table)
    env.execute_query(
        SQL(
            "INSERT INTO %s (%s) SELECT %s FROM %s source, generate_series(1, %s) n WHERE source.id = %s",
            SQL.identifier(table),
            SQL(", ").join(map(SQL.identifier, columns)),
            SQL(", ").join(_value_of(column, changes) for column in columns),
            SQL.identifier(table),
            count,
            source_id,
        )
    )
    env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))


def multiply_parts(env, table, column, parent, source_id, **changes):
    """Give each copy in the table `parent` what hangs on the row that it was copied from; the copy is called `owner`.

    :param column: says in `table` whose part a row is
    """
    columns = _list_columns(env, table)
    changes[column] = "owner.id"
    env.execute_query(
        SQL(
            "INSERT INTO %s (%s) SELECT %s FROM %s source JOIN %s owner ON owner.id > source.%s WHERE source.%s = %s",
            SQL.identifier(table),
            SQL(", ").join(map(SQL.identifier, columns)),
            SQL(", ").join(_value_of(name, changes) for name in columns),
            SQL.identifier(table),
            SQL.identifier(parent),
            SQL.identifier(column),
            SQL.identifier(column),
            source_id,
        )
    )
    env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))


def _list_columns(env, table):
    rows = env.execute_query(
        SQL("SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name <> 'id'", table)
    )
    return [column for (column,) in rows]


def _value_of(column, changes):
    return SQL(changes[column].replace("%", "%%")) if column in changes else SQL.identifier("source", column)
