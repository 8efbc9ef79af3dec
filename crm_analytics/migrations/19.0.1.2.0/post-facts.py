from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Events learn which deal they belong to, and past revenue is divided among the touches of marketing."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["crm.fact.event"]._rebuild()
    env["crm.marketing.credit"]._rebuild()
