from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from .capture import capture_statements, cube_statements, drop_statements, forget_statements
from .currency import reporting_factor

# Changes taken from the queue in one transaction: some seconds of work, some megabytes of ids.
REFRESH_BATCH = 20000


class CrmFact(models.AbstractModel):
    """A narrow table with one row per source record, kept fresh from a queue of changes.

    A fact model names its sources, and the query that makes its rows; this mixin does the rest. Nothing is written
    through the ORM: rows come from set-based SQL, and readers meet Odoo's own access rights and views.
    """

    _name = "crm.fact"
    _description = "Fact"

    # The field that holds the id of the source record, unique in the table.
    _fact_link = ""
    # The tables that facts are made from, the one of the source records first.
    _fact_sources = ()
    # The date and the figures that the nightly check adds up per month.
    _fact_date = ""
    _fact_measures = ()
    # The models that add the facts up, kept by the difference that each statement makes.
    _fact_cubes = ()

    def init(self):
        if not self._abstract:
            for statement in self._get_capture_statements():
                self.env.execute_query(statement)
        return super().init()

    def action_open_source(self):
        """Open the document that a row was made from."""
        self.ensure_one()
        return self._get_source_document().get_formview_action()

    def _get_source_document(self):
        """Hook: the document that people know, when it is not the source record itself."""
        return self[self._fact_link]

    @api.model
    def _get_fact_query(self, where):
        """The query that makes rows, with the columns of `_get_fact_columns` in their order.

        :param where: condition on the source rows, whose alias is `source`
        """
        raise NotImplementedError

    @api.model
    def _get_reporting_factor(self, company, date):
        """What an amount of a company is multiplied by, to be in the currency that all companies report in.

        :param company: alias of the company's row
        """
        return reporting_factor(self.env["res.company"]._get_reporting_currency().id, company, date)

    @api.model
    def _get_fact_columns(self):
        return [name for name, field in self._fields.items() if field.store and field.column_type and name != "id"]

    # ---- refresh

    @api.model
    def _refresh(self, limit=REFRESH_BATCH):
        """Bring in what changed.

        :return: the number of changes taken from the queue
        """
        self.env.flush_all()
        changes = self._take_changes(limit)
        source_ids = set()
        for source in self._fact_sources:
            changed = changes.get(source.table)
            if changed and source.is_main:
                source_ids.update(changed)
            elif changed:
                source_ids.update(row[0] for row in self.env.execute_query(SQL(source.expand, list(changed))))
        if source_ids:
            self._recompute_rows(source_ids)
        return sum(map(len, changes.values()))

    @api.model
    def _rebuild(self):
        """Make the whole table anew; rows that are right already are not touched."""
        self.env.flush_all()
        self.env.execute_query(SQL("DELETE FROM crm_fact_change WHERE fact = %s", self._name))
        self._recompute_rows()
        self._rebuild_cubes()

    @api.model
    def _rebuild_cubes(self):
        for name in self._fact_cubes:
            self.env[name]._rebuild()

    @api.model
    def _take_changes(self, limit):
        rows = self.env.execute_query(
            SQL(
                """DELETE FROM crm_fact_change WHERE id IN (
                       SELECT id FROM crm_fact_change WHERE fact = %s ORDER BY id LIMIT %s
                   ) RETURNING source, source_id""",
                self._name,
                limit,
            )
        )
        changes = defaultdict(list)
        for source, source_id in rows:
            changes[source].append(source_id)
        return changes

    @api.model
    def _recompute_rows(self, source_ids=None):
        """Write, correct and delete the facts of source records in one statement.

        :param source_ids: none for all of them
        """
        table, link = SQL.identifier(self._table), SQL.identifier(self._fact_link)
        names = self._get_fact_columns()
        columns = SQL(", ").join(map(SQL.identifier, names))
        own = SQL(", ").join(SQL.identifier("fact", name) for name in names)
        new = SQL(", ").join(SQL.identifier("excluded", name) for name in names)
        ids = None if source_ids is None else sorted(source_ids)
        self.env.execute_query(
            SQL(
                """WITH fresh AS MATERIALIZED (%(query)s), gone AS (
                       DELETE FROM %(table)s AS fact
                        WHERE %(scope)s AND NOT EXISTS (SELECT 1 FROM fresh WHERE fresh.%(link)s = fact.%(link)s)
                   )
                   INSERT INTO %(table)s AS fact (%(columns)s) SELECT %(columns)s FROM fresh
                   ON CONFLICT (%(link)s) DO UPDATE SET (%(columns)s) = ROW(%(new)s)
                   WHERE (%(own)s) IS DISTINCT FROM (%(new)s)""",
                query=self._get_fact_query(SQL("TRUE") if ids is None else SQL("source.id = ANY(%s)", ids)),
                scope=SQL("TRUE") if ids is None else SQL("fact.%s = ANY(%s)", link, ids),
                table=table,
                link=link,
                columns=columns,
                own=own,
                new=new,
            )
        )
        self.invalidate_model(flush=False)

    # ---- nightly check

    @api.model
    def _check_drift(self):
        """Compare count and sum per month with the source, and repair the months that differ.

        :return: the number of months that were wrong
        """
        self._refresh(limit=None)
        months = [row[0] for row in self.env.execute_query(self._get_drift_query())]
        if months:
            self._recompute_rows(self._get_source_ids_of_months(months))
        self._rebuild_cubes()
        return len(months)

    @api.model
    def _get_drift_query(self):
        sums = [SQL("round(sum(%s)::numeric, 2)", SQL.identifier(name)) for name in self._fact_measures]

        def totals(relation):
            return SQL(
                """SELECT date_trunc('month', %s) AS month, count(*) AS rows, ROW(%s) AS total
                     FROM %s AS facts GROUP BY 1""",
                SQL.identifier(self._fact_date),
                SQL(", ").join(sums),
                relation,
            )

        return SQL(
            """SELECT month FROM (%s) AS kept FULL JOIN (%s) AS truth USING (month)
                WHERE (kept.rows, kept.total) IS DISTINCT FROM (truth.rows, truth.total)""",
            totals(SQL.identifier(self._table)),
            totals(SQL("(%s)", self._get_fact_query(SQL("TRUE")))),
        )

    @api.model
    def _get_source_ids_of_months(self, months):
        link, date = SQL.identifier(self._fact_link), SQL.identifier(self._fact_date)
        rows = self.env.execute_query(
            SQL(
                """SELECT %(link)s FROM %(table)s WHERE date_trunc('month', %(date)s) = ANY(%(months)s)
                   UNION SELECT %(link)s FROM (%(query)s) AS r WHERE date_trunc('month', %(date)s) = ANY(%(months)s)""",
                link=link,
                table=SQL.identifier(self._table),
                date=date,
                months=months,
                query=self._get_fact_query(SQL("TRUE")),
            )
        )
        return {row[0] for row in rows}

    # ---- change capture

    @api.model
    def _get_capture_statements(self):
        for source in self._fact_sources:
            yield from capture_statements(self._table, self._name, source, self._fact_link)
        for table, columns in self._get_master_columns().items():
            yield from forget_statements(self._table, table, columns)
        for cube in self._get_cubes():
            yield from cube_statements(self._table, cube._table, cube._cube_keys, cube._cube_sums)

    @api.model
    def _get_cubes(self):
        return [self.env[name] for name in self._fact_cubes]

    @api.model
    def _get_master_columns(self):
        """The tables that facts link to, each with the columns that do."""
        columns = defaultdict(list)
        main_table = self._fact_sources[0].table
        for name, field in self._fields.items():
            if field.type == "many2one" and field.store and self.env[field.comodel_name]._table != main_table:
                columns[self.env[field.comodel_name]._table].append(name)
        return columns

    @api.model
    def _drop_capture(self):
        tables = {source.table for source in self._fact_sources} | set(self._get_master_columns())
        statements = [*drop_statements(self._table, tables)]
        for cube in self._get_cubes():
            statements += drop_statements(cube._table, {self._table})
        for statement in statements:
            self.env.execute_query(statement)
