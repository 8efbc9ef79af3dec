"""`security/access.csv` says who may do what with our models, and the database agrees, both ways."""

import csv
from pathlib import Path

import pytest

from odoo.tests import new_test_user, tagged
from odoo.tests.common import TransactionCase

MATRIX = Path(__file__).resolve().parents[1] / "security" / "access.csv"
ADDONS = ("crm_frontoffice", "crm_service_desk", "crm_analytics")
OPERATIONS = ("read", "write", "create", "unlink")
COLUMNS = ("model", "role", *OPERATIONS, "rules")
ROLES = {
    "salesperson": "sales_team.group_sale_salesman",
    "salesperson, own team": "crm_frontoffice.group_sale_salesman_team",
    "salesperson, teams led": "crm_frontoffice.group_sale_salesman_subtree",
    "salesperson, all documents": "sales_team.group_sale_salesman_all_leads",
    "sales manager": "sales_team.group_sale_manager",
    "marketer": "mass_mailing.group_mass_mailing_user",
    "service agent": "crm_service_desk.group_service_desk_agent",
    "service lead": "crm_service_desk.group_service_desk_lead",
    "service manager": "crm_service_desk.group_service_desk_manager",
    "employee": "base.group_user",
    "customer": "base.group_portal",
    "visitor": "base.group_public",
}


@pytest.fixture(autouse=True, scope="module")
def _options(request):
    TestAccessMatrix.update = request.config.getoption("--update-contracts")


@tagged("post_install", "-at_install")
class TestAccessMatrix(TransactionCase):
    """Every stored model of ours, for every role: the operations allowed, and the record rules that bound them."""

    update = False

    def test_matrix_and_database_agree(self):
        real = sorted(self._read_real_rights())
        if self.update:
            with open(MATRIX, "w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(COLUMNS)
                writer.writerows(real)
        with open(MATRIX, encoding="utf-8", newline="") as file:
            declared = sorted(tuple(row[column] for column in COLUMNS) for row in csv.DictReader(file))
        self.assertEqual(declared, real)

    def test_every_model_that_somebody_may_read_has_rules(self):
        """A model without rules would show every company's and every customer's rows."""
        without = {row[0] for row in self._read_real_rights() if row[2] == "x" and not row[6]}
        # Configuration that every employee may see; it holds nothing about customers.
        configuration = {
            "crm.checklist.item",
            "crm.consent.purpose",
            "crm.contact.role",
            "crm.document.kind",
            "crm.event.progress",
            "crm.event.type",
            "crm.external.ref",
            "crm.fact.table",
            "crm.income.band",
            "crm.interaction.result",
            "crm.match.rule",
            "crm.person.tag",
            "crm.relation.type",
            "crm.stage.gate",
        }
        self.assertLessEqual(without, configuration)

    def _our_models(self):
        data = self.env["ir.model.data"].search([("model", "=", "ir.model"), ("module", "in", ADDONS)])
        models = self.env["ir.model"].browse(data.mapped("res_id"))
        # Once each, however many of our addons extend it.
        ours = {name for name in models.mapped("model") if self.env.registry[name]._original_module in ADDONS}
        return sorted(name for name in ours if not self.env[name]._abstract and not self.env[name]._transient)

    def _read_real_rights(self):
        rows = []
        for role, group in ROLES.items():
            user = new_test_user(self.env, login=f"matrix {role}", groups=group)
            for model in self._our_models():
                rights = [self.env[model].with_user(user).has_access(operation) for operation in OPERATIONS]
                if any(rights):
                    marks = ["x" if right else "" for right in rights]
                    rows.append((model, role, *marks, " ".join(self._rules_for(model, user))))
        return rows

    def _rules_for(self, model, user):
        rules = self.env["ir.rule"].search([("model_id.model", "=", model)])
        applied = rules.filtered(lambda rule: not rule.groups or rule.groups & user.all_group_ids)
        return sorted(name.split(".")[1] for name in applied.get_external_id().values())
