from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Fill the new fact tables, and the new columns of the old ones."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["crm.lead.move"]._begin_past()
    env["crm.fact.table"]._get_all()._rebuild()
