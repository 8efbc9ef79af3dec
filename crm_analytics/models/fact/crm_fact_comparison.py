from odoo import api, fields, models
from odoo.tools import SQL

# How far back something is compared, in months; the first is the month itself.
BACK = {"now": 0, "month": 1, "quarter": 3, "year": 12}
# Each change in percent: what is compared with what.
CHANGES = {
    f"change_{kind}{currency}": (f"amount{currency}", f"amount_{kind}{currency}")
    for kind in ("month", "quarter", "year")
    for currency in ("", "_reporting")
}


class CrmFactComparison(models.AbstractModel):
    """A monthly cube beside itself as it was a month, a quarter and a year before.

    Each cell of the cube is told four times: in its own month, and in those that are compared with it. So a month
    in which nothing was sold shows what was sold a year before it. Months to come are compared with nothing.
    """

    _name = "crm.fact.comparison"
    _description = "Comparison with Former Periods"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "date"

    # The model of the cube, and those of its dimensions that are kept beside the month and the company.
    _compared_cube = ""
    _compared_keys = ()

    date = fields.Date("Month", readonly=True)
    kind = fields.Selection(
        [
            ("now", "Of the Month"),
            ("month", "A Month Before"),
            ("quarter", "A Quarter Before"),
            ("year", "A Year Before"),
        ],
        "Compared",
        readonly=True,
    )
    date_source = fields.Date("Booked in", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Float(readonly=True, help="Without taxes, in the company's currency.")
    amount_month = fields.Float("A Month Before", readonly=True)
    amount_quarter = fields.Float("A Quarter Before", readonly=True)
    amount_year = fields.Float("A Year Before", readonly=True)
    change_month = fields.Float("Change on the Month %", readonly=True, aggregator="sum")
    change_quarter = fields.Float("Change on the Quarter %", readonly=True, aggregator="sum")
    change_year = fields.Float("Change on the Year %", readonly=True, aggregator="sum")
    amount_compared = fields.Float("Side by Side", readonly=True, help="To be grouped by what is compared.")
    amount_reporting = fields.Float("Amount (Reporting Currency)", readonly=True)
    amount_month_reporting = fields.Float("A Month Before (Reporting Currency)", readonly=True)
    amount_quarter_reporting = fields.Float("A Quarter Before (Reporting Currency)", readonly=True)
    amount_year_reporting = fields.Float("A Year Before (Reporting Currency)", readonly=True)
    change_month_reporting = fields.Float("Change on the Month % (Reporting Currency)", readonly=True, aggregator="sum")
    change_quarter_reporting = fields.Float(
        "Change on the Quarter % (Reporting Currency)", readonly=True, aggregator="sum"
    )
    change_year_reporting = fields.Float("Change on the Year % (Reporting Currency)", readonly=True, aggregator="sum")
    amount_compared_reporting = fields.Float("Side by Side (Reporting Currency)", readonly=True)

    def _read_group_select(self, aggregate_spec, query):
        """Changes of sums, not sums of changes; nothing where there was nothing before."""
        name = aggregate_spec.removesuffix(":sum")
        if name not in CHANGES:
            return super()._read_group_select(aggregate_spec, query)
        now, before = (SQL("sum(%s)", self._field_to_sql(self._table, part, query)) for part in CHANGES[name])
        return SQL("100 * (%s - %s) / NULLIF(abs(%s), 0)", now, before, before)

    @property
    def _table_query(self):
        """Filters on month and kind choose among few months first, then cells by their index."""
        kinds = SQL(", ").join(SQL("(%s, %s, %s)", number, *item) for number, item in enumerate(BACK.items()))
        return SQL(
            """SELECT cell.id::bigint * %(count)s + back.number AS id, month.moment::date AS date,
                      cell.date AS date_source, back.kind, cell.company_id, %(keys)s, %(figures)s
                 FROM generate_series((SELECT min(date) FROM %(cube)s)::timestamp, %(today)s, interval '1 month')
                   AS month (moment)
                CROSS JOIN (VALUES %(kinds)s) AS back (number, kind, months)
                 JOIN %(cube)s AS cell ON cell.date = (month.moment - interval '1 month' * back.months)::date""",
            count=len(BACK),
            keys=SQL(", ").join(SQL.identifier("cell", name) for name in self._compared_keys),
            figures=SQL(", ").join(self._get_figures()),
            cube=SQL.identifier(self.env[self._compared_cube]._table),
            today=fields.Date.today(),
            kinds=kinds,
        )

    @api.model
    def _get_figures(self):
        for currency in ("", "_reporting"):
            amount = SQL.identifier("cell", f"amount{currency}")
            yield SQL("%s AS %s", amount, SQL.identifier(f"amount_compared{currency}"))
            for kind in BACK:
                name = f"amount{'' if kind == 'now' else '_' + kind}{currency}"
                yield SQL("CASE WHEN back.kind = %s THEN %s ELSE 0 END AS %s", kind, amount, SQL.identifier(name))
        for name in CHANGES:
            yield SQL("NULL::float8 AS %s", SQL.identifier(name))

    def action_open_facts(self):
        """Open what a row adds up: the facts of the month in which it was booked."""
        self.ensure_one()
        self.check_access("read")
        return self.env[self._compared_cube].browse(self.id // len(BACK)).action_open_facts()
