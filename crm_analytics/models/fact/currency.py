"""The SQL of exchange rates: those of the day on which something was booked, as Odoo finds them."""

from odoo.tools import SQL


def reporting_factor(currency_id, company, date):
    """What an amount in a company's currency is multiplied by; one, without looking, where the currency is the same.

    :param currency_id: the currency that all companies report in
    :param company: alias of a row of `res_company`
    :param date: expression of the day
    """
    return SQL(
        "CASE WHEN %(own)s = %(currency)s THEN 1 ELSE %(target)s / %(source)s END",
        own=SQL.identifier(company, "currency_id"),
        currency=currency_id,
        target=_rate(SQL("%s", currency_id), company, date),
        source=_rate(SQL.identifier(company, "currency_id"), company, date),
    )


def _rate(currency, company, date):
    """The last rate until the day, else the first one after it, else one; a company's own before one for all."""
    rates = SQL(
        """SELECT rate.rate FROM res_currency_rate AS rate
            WHERE rate.currency_id = %s
              AND (rate.company_id IS NULL OR rate.company_id = split_part(%s, '/', 1)::int)""",
        currency,
        SQL.identifier(company, "parent_path"),
    )
    return SQL(
        """COALESCE((%(rates)s AND rate.name <= %(date)s ORDER BY rate.company_id, rate.name DESC LIMIT 1),
                    (%(rates)s ORDER BY rate.company_id, rate.name LIMIT 1), 1)""",
        rates=rates,
        date=date,
    )
