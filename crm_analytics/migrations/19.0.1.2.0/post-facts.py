from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Events learn which deal they belong to."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["crm.fact.event"]._rebuild()
