"""The search for duplicates against duplicates that are known: of 1,500 customers some come in a second time."""

import random
import sys
from pathlib import Path

from odoo.tests import TransactionCase, tagged

ROOT = Path(__file__).resolve().parents[1]
COLUMNS = ("name", "email", "phone", "vat", "street", "zip", "city")
LEAST_FOUND, MOST_FALSE = 0.95, 0.02
SEED = 2026


@tagged("post_install", "-at_install")
class TestKnownDuplicates(TransactionCase):
    """At least 95 per cent are found, at most 2 per cent of what is proposed is wrong; households, colleagues, branches
    and namesakes are among those that are asked for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        sys.path.append(str(ROOT / "data"))
        cls.addClassCleanup(sys.path.remove, str(ROOT / "data"))
        cls.rng = random.Random(SEED)
        cls.customers = cls.env["res.partner"].create(cls._make_customers())

    @classmethod
    def _make_customers(cls):
        from company import names, twins

        cls.twins = twins
        rows = []
        for number in range(1_500):
            row = twins.make_stranger(cls.rng)
            if row["is_company"]:
                row["name"] += f" {number // 25}"
                row["email"] = f"info@{names.slug(row['name'])}.example"
                row["vat"] = f"{cls.rng.randrange(10**9, 10**10)}" if number % 3 else ""
            rows.append(row)
        return rows

    def test_nearly_all_are_found_and_hardly_any_is_wrong(self):
        given = []
        for number, customer in enumerate(self.customers.read([*COLUMNS, "is_company"])):
            row = {name: customer[name] or "" for name in COLUMNS} | {"is_company": customer["is_company"]}
            given.append((customer["id"], self.twins.make_twin(row, self.rng)))
            if number % 2:
                given.append((None, self.twins.make_lookalike(row, self.rng)))
            else:
                given.append((None, self.twins.make_stranger(self.rng)))
        answers = []
        for start in range(0, len(given), 1_000):
            answers += self.env["res.partner"].find_duplicates([row for _id, row in given[start : start + 1_000]])
        missed, wrong, proposed = [], [], 0
        for (truth, row), matches in zip(given, answers, strict=True):
            ids = [match["id"] for match in matches if match["id"] in self.customers._ids]
            proposed += len(ids)
            if truth and truth not in ids:
                missed.append(row)
            wrong += [(row, match) for match in matches if match["id"] in self.customers._ids and match["id"] != truth]
        self.assertGreater(proposed, 1_400)
        self.assertLessEqual(len(missed), (1 - LEAST_FOUND) * len(self.customers), missed[:20])
        self.assertLessEqual(len(wrong), MOST_FALSE * proposed, wrong[:20])
