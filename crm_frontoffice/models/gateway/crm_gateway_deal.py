from odoo import api, models

from .row_format import RowField


class CrmGatewayDeal(models.AbstractModel):
    """Deals of the pipeline."""

    _name = "crm.gateway.deal"
    _description = "Gateway Import of Deals"
    _inherit = "crm.gateway.import"

    _target = "crm.lead"

    @api.model
    def _get_row_fields(self):
        return {
            "external_id": RowField("external_id", "key", required=True),
            "name": RowField("name", required=True),
            "customer_external_id": RowField("partner_id", "reference", model="res.partner"),
            "contact_name": RowField("contact_name"),
            "email": RowField("email_from", "email"),
            "phone": RowField("phone"),
            "expected_revenue": RowField("expected_revenue", "number"),
            "stage": RowField("stage_id", "lookup", model="crm.stage", key="name"),
            "salesperson": RowField("user_id", "lookup", model="res.users", key="login"),
            "team": RowField("team_id", "lookup", model="crm.team", key="name"),
            "date_deadline": RowField("date_deadline", "date"),
            "source": RowField("source_id", "lookup", model="utm.source", key="name", create_missing=True),
            "medium": RowField("medium_id", "lookup", model="utm.medium", key="name", create_missing=True),
            "campaign": RowField("campaign_id", "lookup", model="utm.campaign", key="name", create_missing=True),
            "tags": RowField("tag_ids", "names", model="crm.tag", key="name", create_missing=True),
            "priority": RowField("priority", "choice", choices=("0", "1", "2", "3")),
            "description": RowField("description"),
        }

    @api.model
    def _create_records(self, source, rows):
        return self._create_quietly(
            source, rows, [{"type": "opportunity", "user_id": False, **self._prepare_row(row)} for row in rows]
        )
