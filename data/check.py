"""Ask Odoo whether the generated rows are what it would have written: `python data/check.py --database NAME`.

Random records of the main models are read with all their fields, as a form might; then every stored computed field is
computed anew and compared with what the database holds.
"""

import argparse
import random
import sys
from dataclasses import dataclass

import odoo
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import float_compare

MODELS = (
    "res.partner", "crm.lead", "sale.order", "sale.order.line", "stock.picking", "stock.move", "stock.move.line",
    "account.move", "account.move.line", "account.payment", "mail.activity", "calendar.event", "product.product",
)  # fmt: skip

# Fields that differ for a reason: what is computed there is a default of the moment, not a function of the record.
EXCEPTIONS = {
    ("sale.order", "validity_date"): "counted from the day of computing",
    ("account.payment", "outstanding_account_id"): "chosen when the payment is posted",
    ("account.move.line", "balance"): "an input; its compute only proposes what is missing",
    ("account.move.line", "sequence"): "taken over from the line of the order",
    ("crm.lead", "automated_probability"): "lost deals keep zero, though the score would be higher",
    ("crm.lead", "contact_name"): "typed by hand on deals without a customer",
    ("crm.lead", "partner_name"): "typed by hand on deals without a customer",
    ("product.product", "write_date"): "the later one of product and variant",
}


@dataclass(frozen=True)
class Mismatch:
    model: str
    record_id: int
    field: str
    stored: object
    computed: object

    def __str__(self):
        return (
            f"{self.model}({self.record_id}).{self.field}: {self.stored!r} in the database, {self.computed!r} by Odoo"
        )


def find_mismatches(env, per_model=60, seed=1):
    """The stored fields of random records that Odoo computes otherwise; unreadable fields count as well."""
    rng = random.Random(seed)
    found = []
    for model in MODELS:
        ids = env[model].with_context(active_test=False).search([]).ids
        records = env[model].browse(sorted(rng.sample(ids, min(per_model, len(ids)))))
        found += _unreadable(records)
        for name, field in records._fields.items():
            if field.store and field.compute and field.column_type and (model, name) not in EXCEPTIONS:
                found += _differing(records, name)
    return found


def _unreadable(records):
    """Fields that cannot be read, which would break a form."""
    for name in records._fields:
        try:
            records.read([name])
        except Exception as error:
            yield Mismatch(records._name, records.ids[0], name, "unreadable", f"{type(error).__name__}: {error}")
            records.env.invalidate_all(flush=False)


def _differing(records, name):
    """Compute one field anew inside a savepoint that is taken back."""
    env, field = records.env, records._fields[name]
    stored = {record.id: record[name] for record in records}
    with env.cr.savepoint(flush=False) as savepoint:
        env.add_to_compute(field, records)
        computed = {record.id: record[name] for record in records}
        savepoint.rollback()
    env.invalidate_all(flush=False)
    env.transaction.tocompute.clear()
    for record_id, value in stored.items():
        if not _same(field, value, computed[record_id]):
            yield Mismatch(records._name, record_id, name, value, computed[record_id])


def _same(field, left, right):
    if field.type in ("float", "monetary"):
        return float_compare(left or 0.0, right or 0.0, precision_digits=4) == 0
    return (left or False) == (right or False)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--database", required=True)
    parser.add_argument("--per-model", type=int, default=60)
    options = parser.parse_args(arguments)
    odoo.tools.config.parse_config(["--database", options.database, "--no-http", "--log-level", "critical"])
    with Registry(options.database).cursor() as cr:
        mismatches = find_mismatches(api.Environment(cr, SUPERUSER_ID, {}), options.per_model)
        cr.rollback()
    for mismatch in mismatches:
        print(mismatch)
    print(f"{len(mismatches)} mismatches in {options.per_model} records of each of {len(MODELS)} models")
    return 1 if mismatches else 0


if __name__ == "__main__":
    sys.exit(main())
