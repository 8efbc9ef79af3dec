"""Fill a fresh database with a company: `python data/generate.py --database NAME --size S|M|L`.

The connection comes from the configuration file named by ODOO_RC. `data/README.md` explains the model of the company.
"""

import argparse
import contextlib
import json
import random
import sys
import time
from datetime import date

from company import finishing, rows, story
from company.clock import utc_today
from company.context import Context
from company.masterdata import make_master_data
from company.parameters import SIZES, Behaviour
from company.specimens import take_specimens
from company.writer import Writer

import odoo
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

MARK = "crm_data.company"


def main(arguments=None):
    options = _parse(arguments)
    odoo.tools.config.parse_config(["--database", options.database, "--no-http", "--log-level", "warn"])
    registry = Registry(options.database)
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"lang": "en_US"})
        refusal = _refusal(env)
        if refusal:
            sys.exit(refusal)
        generate(env, options.size, options.seed, options.today)
    with registry.cursor() as cr:
        finishing.finish(api.Environment(cr, SUPERUSER_ID, {}), SIZES[options.size], options.today, step)
    with step("Vacuum"):
        finishing.vacuum(options.database)


def generate(env, size_name, seed, today):
    """Tell the story of the company and write it, in one transaction after the master data."""
    size, behaviour = SIZES[size_name], Behaviour()
    writer = Writer(env.cr)
    with step("People, teams, products"):
        master = make_master_data(env, size, behaviour, random.Random(f"{seed}:master"))
        env.cr.commit()
    with step("Specimens"):
        specimens = take_specimens(env, writer, master, today)
        for name, (table, text) in specimens.items():
            writer.keep(name, table, text)
    with step("Story"):
        context = Context(env, writer, size, seed, master)
        told = story.tell(size, behaviour, today, seed, master.sellers, master.products, context.first_ids)
        context.follow(told)
    for title, write in rows.STEPS:
        with step(title.capitalize()):
            write(writer, told, context)
    with step("Numbers, portal login"):
        finishing.connect(env, context, told)
        mark = {"size": size_name, "seed": seed, "today": str(today)}
        env["ir.config_parameter"].set_param(MARK, json.dumps(mark))
        env.cr.commit()


def _refusal(env):
    """Why this database cannot be filled."""
    mark = env["ir.config_parameter"].get_param(MARK)
    if mark:
        return f"{env.cr.dbname} holds a generated company already ({mark}); make a fresh copy of the template."
    counts = {
        model: env[model].with_context(active_test=False).search_count([]) for model in ("crm.lead", "sale.order")
    }
    if any(counts.values()):
        held = ", ".join(f"{count} of {model}" for model, count in counts.items())
        return f"{env.cr.dbname} is in use ({held}); the company is written into fresh databases only."
    return None


@contextlib.contextmanager
def step(title):
    """One line of progress with the seconds it took."""
    print(f"{title} ... ", end="", flush=True)
    start = time.monotonic()
    yield
    print(f"{time.monotonic() - start:.1f} s", flush=True)


def _parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--database", required=True)
    parser.add_argument("--size", choices=SIZES, default="S")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--today", type=date.fromisoformat, default=None, help="the last day of the story, YYYY-MM-DD")
    options = parser.parse_args(arguments)
    options.today = options.today or utc_today()
    return options


if __name__ == "__main__":
    main()
