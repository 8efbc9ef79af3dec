from odoo import fields, models

from ...fields import FactMany2one


class CrmFactEventDay(models.Model):
    """Customer events per day, type and team: how busy everybody was, and over which channel."""

    _name = "crm.fact.event.day"
    _description = "Daily Customer Events"
    _inherit = "crm.fact.cube"
    _log_access = False
    _order = "date desc, id desc"
    _rec_name = "date"

    _cube_fact = "crm.fact.event"
    _cube_keys = {
        "date": "row.date::date",
        "company_id": "row.company_id",
        "type_id": "row.type_id",
        "user_id": "row.user_id",
        "team_id": "row.team_id",
    }
    _cube_sums = ("amount",)
    _cube_period = {"days": 1}
    _cube_action = "crm_analytics.crm_fact_event_action"

    date = fields.Date("Day")
    row_count = fields.Integer("Events")
    type_id = FactMany2one("crm.event.type", "Event", readonly=True)
    user_id = FactMany2one("res.users", "Salesperson", readonly=True)
    team_id = FactMany2one("crm.team", "Sales Team", readonly=True)
    amount = fields.Float(readonly=True, help="In the company's currency.")

    _cell_unique = models.UniqueIndex(
        "(date, COALESCE(company_id, 0), COALESCE(type_id, 0), COALESCE(user_id, 0), COALESCE(team_id, 0))"
    )
    _empty_idx = models.Index("(id) WHERE row_count = 0")
