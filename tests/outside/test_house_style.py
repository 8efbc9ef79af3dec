"""What the style guide says and a machine can check."""

import ast
import csv
import doctest
import re
from pathlib import Path

import polib
import pytest

from tools import readme

ROOT = Path(__file__).resolve().parents[2]
ADDONS = ("crm_frontoffice", "crm_service_desk", "crm_analytics")
LONGEST_FUNCTION = 40  # lines
LONGEST_FILE = 400  # lines


def python_files(*, with_tests):
    for addon in ADDONS:
        for path in sorted((ROOT / addon).rglob("*.py")):
            if with_tests or "tests" not in path.relative_to(ROOT).parts:
                yield path
    if with_tests:
        for folder in ("data", "tests", "tools"):
            yield from sorted((ROOT / folder).rglob("*.py"))


def relative(path):
    return str(path.relative_to(ROOT))


def model_name(class_node):
    """The model that a class defines or extends, or None."""
    for node in class_node.body:
        if isinstance(node, ast.Assign) and node.targets[0].id in ("_name", "_inherit"):
            value = node.value
            if isinstance(value, ast.Constant):
                return value.value
            if isinstance(value, ast.List) and len(value.elts) == 1:
                return value.elts[0].value
    return None


def test_one_model_per_file_named_after_it():
    wrong = []
    for path in python_files(with_tests=False):
        if "models" not in path.parts and "wizard" not in path.parts:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        models = [name for node in tree.body if isinstance(node, ast.ClassDef) and (name := model_name(node))]
        expected = path.stem.replace("_", ".")
        if len(models) > 1 or (
            models and models[0].replace("_", ".") != expected and not _is_wizard(models[0], expected)
        ):
            wrong.append(f"{relative(path)}: {models}")
    assert not wrong, "\n".join(wrong)


def _is_wizard(model, expected):
    # Odoo's own file of this wizard is called so: base_partner_merge.py.
    return model.startswith(expected)


def test_functions_fit_a_screen():
    wrong = [
        f"{relative(path)}:{node.lineno} {node.name}"
        for path in python_files(with_tests=True)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and node.end_lineno - node.lineno + 1 - _docstring_lines(node) > LONGEST_FUNCTION
    ]
    assert not wrong, "\n".join(wrong)


def _docstring_lines(node):
    return len(ast.get_docstring(node).splitlines()) if ast.get_docstring(node) else 0


def test_files_stay_short():
    wrong = [
        f"{relative(path)}: {count} lines"
        for path in python_files(with_tests=False)
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    ]
    assert not wrong, "\n".join(wrong)


def test_every_sudo_says_why():
    wrong = []
    for path in python_files(with_tests=False):
        lines = path.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines):
            if ".sudo()" in line and "# sudo:" not in " ".join(lines[max(0, number - 2) : number + 1]):
                wrong.append(f"{relative(path)}:{number + 1}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        (r"\.commit\(\)", "jobs and crons commit, methods do not"),
        (r"(from|import) odoo\.orm", "addons import odoo.models, odoo.fields, odoo.api"),
        (r"_sql_constraints\b", "ignored by Odoo 19"),
        (r"\bdatetime\.now\(\)", "fields.Datetime.now() follows the frozen clock"),
        (r"\b(TODO|FIXME|XXX)\b", "finished work has none"),
    ],
)
def test_forbidden(pattern, reason):
    wrong = [
        f"{relative(path)}:{number}"
        for path in python_files(with_tests=False)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(pattern, line)
    ]
    assert not wrong, f"{reason}:\n" + "\n".join(wrong)


@pytest.mark.parametrize("addon", ADDONS)
def test_manifest_lists_every_data_file(addon):
    manifest = ast.literal_eval((ROOT / addon / "__manifest__.py").read_text(encoding="utf-8"))
    listed = set(manifest["data"])
    present = {
        str(path.relative_to(ROOT / addon))
        for folder in ("security", "data", "views", "wizard", "report")
        for path in (ROOT / addon / folder).rglob("*")
        if path.suffix in (".xml", ".csv")
    }
    assert listed == present


@pytest.mark.parametrize("addon", ADDONS)
def test_access_rows_are_sorted_by_model(addon):
    with open(ROOT / addon / "security" / "ir.model.access.csv", encoding="utf-8") as file:
        models = [row["model_id:id"] for row in csv.DictReader(file)]
    assert models == sorted(models)


@pytest.mark.parametrize("addon", ADDONS)
def test_russian_translation_is_complete(addon):
    template = polib.pofile(str(ROOT / addon / "i18n" / f"{addon}.pot"))
    russian = {entry.msgid: entry for entry in polib.pofile(str(ROOT / addon / "i18n" / "ru.po"))}
    missing = [
        entry.msgid
        for entry in template
        if entry.msgid not in russian or not russian[entry.msgid].msgstr or russian[entry.msgid].fuzzy
    ]
    assert not missing, f"{len(missing)} texts without Russian:\n" + "\n".join(missing[:20])


@pytest.mark.parametrize("addon", ADDONS)
def test_addon_explains_itself(addon):
    for name in ("DESCRIPTION.md", "USAGE.md", "DEVELOP.md", "ROADMAP.md"):
        assert (ROOT / addon / "readme" / name).read_text(encoding="utf-8").strip(), name
    assert (ROOT / addon / "static" / "description" / "icon.png").exists()


@pytest.mark.parametrize("addon", ADDONS)
def test_readme_is_up_to_date(addon):
    text = (ROOT / addon / "README.rst").read_text(encoding="utf-8")
    assert text == readme.build(addon), "run: python -m tools.readme"


def test_examples_of_the_readme_script_hold():
    result = doctest.testmod(readme)
    assert result.attempted and not result.failed


def test_every_threat_names_a_test_that_exists():
    text = (ROOT / "security" / "THREATS.md").read_text(encoding="utf-8")
    named = re.findall(r"`([\w/]+\.py)::(\w+)`", text)
    wrong = [
        f"{path}::{test}"
        for path, test in named
        if not (ROOT / path).exists() or f"def {test}(" not in (ROOT / path).read_text(encoding="utf-8")
    ]
    assert len(named) > 40
    assert not wrong, "\n".join(wrong)
