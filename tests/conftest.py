"""What the tests across addons share; the addons' own tests live in the addons.

Tests in this folder run inside Odoo, those in `outside/` meet it as other processes do.
"""


def pytest_addoption(parser):
    parser.addoption("--update-contracts", action="store_true", help="write security/access.csv anew")
    parser.addoption("--retake-screens", action="store_true", help="take the pictures in views/screens anew")
