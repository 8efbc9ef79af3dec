from odoo import api, models
from odoo.exceptions import MissingError
from odoo.tools import SQL


class CrmEventSource(models.AbstractModel):
    """For documents whose life is told in the event log: they say who the customer is, and when something happens."""

    _name = "crm.event.source"
    _description = "Source of Customer Events"

    def _log_event(self, code, *, key=None, **values):
        """Append one event per record, all in one statement.

        :param code: the code of the event type
        :param key: names the occasion when it must be told only once per record, such as "overdue"
        :param values: columns of `crm.event` that differ from what `_prepare_event_values` says
        :return: the events written
        """
        vals_list = []
        # sudo: the event is the system's record of what the user was allowed to do
        for record in self.sudo():
            try:
                vals = {"code": code, "res_model": self._name, "res_id": record.id, **record._prepare_event_values()}
            except MissingError:
                continue  # what happened was that the document went away
            if key:
                vals["dedupe_key"] = f"{code}:{self._name}:{record.id}:{key}"
            vals_list.append({**vals, **values})
        return self.env["crm.event"]._append(vals_list)

    def _prepare_event_values(self):
        """What the event log says about this document: customer, company, salesperson, team, amount, campaign."""
        self.ensure_one()
        fields_by_column = {
            "partner_id": "partner_id",
            "company_id": "company_id",
            "user_id": "user_id",
            "team_id": "team_id",
            "campaign_id": "campaign_id",
            "medium_id": "medium_id",
            "source_id": "source_id",
        }
        return {
            column: self[name].id for column, name in fields_by_column.items() if name in self._fields and self[name]
        }

    @api.model
    def _get_event_search_fields(self):
        """Hook: stored texts of the documents by which the timeline finds their events."""
        name = self._fields.get(self._rec_name)
        return (
            [self._rec_name] if name is not None and name.store and name.type == "char" and not name.translate else []
        )

    @api.model
    def _get_name_sql(self, alias, query):
        """Hook: the display name of a document as SQL that is NULL where only `display_name` knows; None for never.

        Lists of many kinds of documents get all names with one query by it.
        """
        return

    @api.model
    def _select_names(self, ids):
        """The model, id and name of those documents that the reader may read, as SQL; None without a name in SQL."""
        query = self.with_context(active_test=False)._search([("id", "in", list(ids))])
        name = self._get_name_sql(self._table, query)
        if name is None:
            return None
        # The model stands in the text and not among the values: it is a name of ours.
        return query.select(SQL("%s::text", self._name), SQL.identifier(self._table, "id"), SQL("(%s)::text", name))
