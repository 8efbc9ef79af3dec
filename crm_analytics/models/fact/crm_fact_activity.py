from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...fields import FactMany2one
from .capture import Source


class CrmFactActivity(models.Model):
    """Activities: one row per planned or finished activity, without what was written in it."""

    _name = "crm.fact.activity"
    _description = "Activities"
    _inherit = "crm.fact"
    _log_access = False
    _order = "date_deadline desc, id desc"
    _rec_name = "activity_type_id"

    _fact_link = "activity_id"
    _fact_date = "date_created"
    _fact_measures = ("days_late", "done_count")
    _fact_sources = (
        Source(
            "mail_activity",
            ("active", "activity_type_id", "user_id", "date_deadline", "date_done", "res_model", "res_id"),
        ),
        Source(
            "crm_lead",
            ("team_id", "partner_id", "company_id"),
            expand="SELECT id FROM mail_activity WHERE res_model = 'crm.lead' AND res_id = ANY(%s)",
        ),
    )

    activity_id = FactMany2one("mail.activity", "Activity", required=True, readonly=True)
    activity_type_id = FactMany2one("mail.activity.type", "Type", readonly=True)
    res_model = fields.Char("Document Model", readonly=True)
    res_id = fields.Many2oneReference("Document", model_field="res_model", readonly=True)
    lead_id = FactMany2one("crm.lead", "Deal", readonly=True, context={"active_test": False})
    date_created = fields.Datetime("Planned on", readonly=True)
    date_deadline = fields.Date("Due on", readonly=True)
    date_done = fields.Date("Done on", readonly=True)
    status = fields.Selection([("open", "Open"), ("done", "Done")], readonly=True)
    company_id = FactMany2one("res.company", "Company", readonly=True)
    user_id = FactMany2one("res.users", "Assigned to", readonly=True)
    team_id = FactMany2one("crm.team", "Sales Team", readonly=True)
    commercial_partner_id = FactMany2one("res.partner", "Customer", readonly=True)
    days_late = fields.Integer(readonly=True, aggregator="avg", help="Of what is done; negative when early.")
    late_count = fields.Integer("Done Late", readonly=True)
    done_count = fields.Integer("Done", readonly=True)

    _activity_unique = models.Constraint("UNIQUE(activity_id)", "An activity is counted once.")
    _deadline_idx = models.Index("(date_deadline)")
    _created_idx = models.Index("(date_created)")
    _user_idx = models.Index("(user_id, status)")

    def _get_source_document(self):
        if self.res_model not in self.env:
            raise UserError(self.env._("The document of this activity is gone."))
        return self.env[self.res_model].browse(self.res_id)

    @api.model
    def _get_fact_query(self, where):
        return SQL(
            """SELECT source.id AS activity_id, source.activity_type_id, source.res_model, source.res_id,
                      lead.id AS lead_id, source.create_date AS date_created, source.date_deadline, source.date_done,
                      CASE WHEN source.active THEN 'open' ELSE 'done' END AS status,
                      COALESCE(lead.company_id, partner.company_id) AS company_id, source.user_id, lead.team_id,
                      COALESCE(partner.commercial_partner_id, partner.id) AS commercial_partner_id,
                      source.date_done - source.date_deadline AS days_late,
                      COALESCE(source.date_done > source.date_deadline, FALSE)::int AS late_count,
                      (NOT source.active)::int AS done_count
                 FROM mail_activity AS source
                 LEFT JOIN crm_lead AS lead ON source.res_model = 'crm.lead' AND lead.id = source.res_id
                 LEFT JOIN res_partner AS partner ON partner.id = CASE WHEN source.res_model = 'res.partner'
                                                                       THEN source.res_id ELSE lead.partner_id END
                WHERE source.res_model IS NOT NULL AND %s""",
            where,
        )
