import base64
import tempfile
from pathlib import Path
from unittest.mock import patch

import duckdb

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from .. import child
from .case import AnalyticsCase


@tagged("post_install", "-at_install")
class TestExport(AnalyticsCase):
    """Fact tables leave as Parquet files, whole and with their types, by the hand of an administrator only."""

    def _export(self):
        table = self.env.ref("crm_analytics.fact_table_invoice")
        with trap_jobs() as trap:
            table.action_export()
            trap.assert_jobs_count(1)
            trap.perform_enqueued_jobs()
        return self.env["crm.fact.export"].search([("table_id", "=", table.id)], limit=1)

    def test_file_holds_what_the_table_holds(self):
        self._invoice(100, "2026-03-10")
        self._invoice(40.5, "2026-04-10", team_id=self.retail.id)
        export = self._export()
        self.assertEqual((export.state, export.message), ("done", False))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, export.file_name)
            path.write_bytes(base64.b64decode(export.content))
            rows = duckdb.sql(
                f"SELECT team_id, date, sum(amount) FROM '{path}' WHERE team_id IN "
                f"({self.industry.id}, {self.retail.id}) GROUP BY 1, 2 ORDER BY 2"
            ).fetchall()
        self.assertEqual(
            [(team, str(date), amount) for team, date, amount in rows],
            [(self.industry.id, "2026-03-10", 100.0), (self.retail.id, "2026-04-10", 40.5)],
        )
        self.assertEqual(export.row_count, self.facts.search_count([]))

    def test_missing_package_is_told(self):
        with patch.object(child, "compute", side_effect=child.LibraryMissingError("duckdb")):
            export = self._export()
        self.assertEqual(export.state, "failed")
        self.assertIn("duckdb", export.message)

    def test_only_an_administrator_exports(self):
        with self.assertRaises(AccessError):
            self.env["crm.fact.table"].with_user(self.maria).action_export()
        with self.assertRaises(AccessError):
            self.env["crm.fact.export"].with_user(self.maria).search([])
