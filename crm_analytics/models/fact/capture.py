"""Change capture: the SQL of the triggers that tell the fact tables what changed.

Statement-level triggers with transition tables write the ids of changed rows into the queue `crm_fact_change`. They see
what no `write` override and no watermark sees: raw SQL, cascades of foreign keys, and rows that a long transaction
commits late. One statement that changes 10,000 rows costs one insert.
"""

from dataclasses import dataclass

from odoo.tools import SQL


@dataclass(frozen=True)
class Source:
    """A table that facts are made from.

    :param table: its name in the database
    :param columns: an update that leaves these as they are is of no interest
    :param where: rows for which this does not hold are of no interest; `row` is the row's alias
    :param expand: a query for the ids of the facts' source records, `%s` stands for the array of changed ids;
        none for the table of the source records itself
    """

    table: str
    columns: tuple[str, ...]
    where: str = "TRUE"
    expand: str = ""

    @property
    def is_main(self):
        return not self.expand


def product_source(fact_table, link):
    """Facts whose product gets another category or unit.

    :param link: the column of the fact that holds the id of the source record
    """
    return Source(
        "product_template",
        ("categ_id", "uom_id"),
        expand=f"""SELECT fact.{link} FROM {fact_table} AS fact
                     JOIN product_product AS product ON product.id = fact.product_id
                    WHERE product.product_tmpl_id = ANY(%s)""",
    )


def capture_statements(fact_table, fact_name, source, link):
    """The statements that install the triggers of one source.

    :param link: the column of the fact that holds the id of the source record
    """
    queue = SQL(
        "INSERT INTO crm_fact_change (fact, source, source_id) SELECT %s, %s, row.id FROM", fact_name, source.table
    )
    where = SQL(source.where)
    yield from _trigger(fact_table, source.table, "update", SQL("%s %s", queue, _changed_rows(source, where)))
    if not source.is_main:
        return
    yield from _trigger(fact_table, source.table, "insert", SQL("%s new_rows AS row WHERE %s", queue, where))
    # The fact goes at once, so that no list shows a row without its record; the queue serves a refresh in progress.
    gone = SQL(
        "DELETE FROM %s WHERE %s IN (SELECT id FROM old_rows); %s old_rows AS row",
        SQL.identifier(fact_table),
        SQL.identifier(link),
        queue,
    )
    yield from _trigger(fact_table, source.table, "delete", gone)


def forget_statements(fact_table, master_table, columns):
    """The statements that empty the links of facts to deleted rows of another table."""
    body = SQL("; ").join(
        SQL(
            "UPDATE %s SET %s = NULL WHERE %s IN (SELECT id FROM old_rows)",
            SQL.identifier(fact_table),
            SQL.identifier(column),
            SQL.identifier(column),
        )
        for column in columns
    )
    yield from _trigger(fact_table, master_table, "delete", body)


def cube_statements(fact_table, cube_table, keys, sums):
    """The statements that keep a cube: each statement on the facts adds the difference that it made.

    :param keys: the cube's columns, each with its expression over a fact row, whose alias is `row`
    :param sums: the columns that are added up
    """
    columns = SQL(", ").join(map(SQL.identifier, keys))
    exprs = SQL(", ").join(map(SQL, keys.values()))
    names = SQL(", ").join(map(SQL.identifier, sums))
    added = SQL(", ").join(SQL("%s = cube.%s + excluded.%s", *[SQL.identifier(name)] * 3) for name in sums)
    target = SQL(", ").join(unique_key(keys))
    for event, rows in _DIFFERENCES.items():
        figures = SQL(", ").join(SQL("sum(row.sign * %s)", SQL.identifier("row", name)) for name in sums)
        # Named after the cube: a fact may have several.
        yield from _trigger(
            cube_table,
            fact_table,
            event,
            SQL(
                """INSERT INTO %s AS cube (%s, row_count, %s)
                   SELECT %s, sum(row.sign), %s FROM (%s) AS row GROUP BY %s ORDER BY %s
                   ON CONFLICT (%s) DO UPDATE SET row_count = cube.row_count + excluded.row_count, %s;
                   DELETE FROM %s WHERE row_count = 0""",
                SQL.identifier(cube_table),
                columns,
                names,
                exprs,
                figures,
                SQL(rows),
                exprs,
                exprs,
                target,
                added,
                SQL.identifier(cube_table),
            ),
        )


def unique_key(keys):
    """The unique index of a cube: an empty link is a value like any other."""
    return [
        SQL("COALESCE(%s, 0)", SQL.identifier(name)) if name.endswith("_id") else SQL.identifier(name) for name in keys
    ]


_DIFFERENCES = {
    "insert": "SELECT *, 1 AS sign FROM new_rows",
    "update": "SELECT *, 1 AS sign FROM new_rows UNION ALL SELECT *, -1 AS sign FROM old_rows",
    "delete": "SELECT *, -1 AS sign FROM old_rows",
}


def drop_statements(fact_table, source_tables):
    """The statements that remove the functions of a fact table, and with them their triggers."""
    for table in source_tables:
        for event in ("insert", "update", "delete"):
            yield SQL("DROP FUNCTION IF EXISTS %s() CASCADE", SQL.identifier(_name(fact_table, table, event)))


def _changed_rows(source, where):
    new = SQL(", ").join(SQL.identifier("row", column) for column in source.columns)
    old = SQL(", ").join(SQL.identifier("former", column) for column in source.columns)
    before = SQL(source.where.replace("row.", "former."))
    return SQL(
        "new_rows AS row JOIN old_rows AS former ON former.id = row.id WHERE (%s) IS DISTINCT FROM (%s) AND (%s OR %s)",
        new,
        old,
        where,
        before,
    )


def _name(fact_table, table, event):
    return f"{fact_table}_{table}_{event}"


def _trigger(fact_table, table, event, body):
    name = SQL.identifier(_name(fact_table, table, event))
    transition = {
        "insert": SQL("NEW TABLE AS new_rows"),
        "update": SQL("NEW TABLE AS new_rows OLD TABLE AS old_rows"),
        "delete": SQL("OLD TABLE AS old_rows"),
    }[event]
    yield SQL(
        "CREATE OR REPLACE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN %s; RETURN NULL; END $$",
        name,
        body,
    )
    yield SQL(
        "CREATE OR REPLACE TRIGGER %s AFTER %s ON %s REFERENCING %s FOR EACH STATEMENT EXECUTE FUNCTION %s()",
        name,
        SQL(event),
        SQL.identifier(table),
        transition,
        name,
    )
