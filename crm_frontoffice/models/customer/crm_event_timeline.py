from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.sql import escape_psql

MAX_TEXT = 100  # characters that one searches for
MAX_PAGES = 3  # looks at the log for one answer when most events are not for this reader
GROWTH = 5  # times more rows with every look


class CrmEventTimeline(models.AbstractModel):
    """How a reader sees the event log of one customer."""

    _name = "crm.event.timeline"
    _description = "Customer Timeline"

    @api.model
    def _read_page(self, partner, cursor, limit, kinds, text=None):
        """See `res.partner.get_customer_timeline`; the reader may read the partner."""
        shown, last, has_more = [], self._parse_cursor(cursor), True
        for page in range(MAX_PAGES):
            # Who may read little of the customer gets his page with few, larger looks.
            wanted = (limit - len(shown)) * GROWTH**page
            rows = self._select_timeline_page(partner, last, wanted + 1, kinds, text)
            has_more = len(rows) > wanted
            readable = self._filter_readable(rows[:wanted])
            taken = readable[: limit - len(shown)]
            shown += taken
            if len(taken) < len(readable):
                has_more, rows = True, taken
            else:
                rows = rows[:wanted]
            if rows:
                last = (rows[-1]["date"], rows[-1]["id"])
            if not has_more or len(shown) == limit:
                break
        return {
            "events": self._format_timeline(shown),
            "customer": partner.display_name,
            # With microseconds, which rows of a back-fill have: cut off, the rest of their second would be passed over.
            "cursor": f"{last[0].isoformat(sep=' ')}|{last[1]}" if has_more else False,
        }

    @api.model
    def _parse_cursor(self, cursor):
        if not cursor:
            return None
        date, _separator, event_id = cursor.partition("|") if isinstance(cursor, str) else ("", "", "")
        try:
            return datetime.fromisoformat(date).replace(tzinfo=None), int(event_id)
        except ValueError:
            raise UserError(self.env._("The cursor is what the page before gave, unchanged.")) from None

    @api.model
    def _select_timeline_page(self, partner, last, limit, kinds, text):
        """Rows of the log below a point, by its index: a late page costs what the first one costs."""
        if partner.is_company:
            conditions = [SQL("event.commercial_partner_id = %s", partner.id)]
        elif partner == partner.commercial_partner_id:
            # With what he did for a company that he has left.
            conditions = [SQL("(event.commercial_partner_id = %(id)s OR event.partner_id = %(id)s)", id=partner.id)]
        else:
            conditions = [SQL("event.partner_id = %s", partner.id)]
        conditions.append(SQL("(event.company_id IS NULL OR event.company_id = ANY(%s))", self.env.companies.ids))
        if not self.env.user.has_group("crm_frontoffice.group_personal_data"):
            personal = self.env["crm.event.type"]._get_personal_ids()
            conditions.append(SQL("event.type_id <> ALL(%s)", list(personal)))
        if last:
            conditions.append(SQL("(event.date, event.id) < (%s, %s)", *last))
        if kinds:
            # sudo: types are public to staff; the kinds come from the timeline's own filter
            types = self.env["crm.event.type"].sudo().search([("kind", "in", kinds)])
            conditions.append(SQL("event.type_id = ANY(%s)", types.ids))
        if text:
            conditions.append(self._match_text(text))
        return self.env.execute_query_dict(
            SQL(
                """SELECT event.id, event.date, event.type_id, event.res_model, event.res_id, event.amount,
                          event.currency_id, event.payload, contact.name AS contact_name, person.name AS user_name
                     FROM crm_event event
                LEFT JOIN res_partner contact ON contact.id = event.partner_id
                LEFT JOIN res_users ON res_users.id = event.user_id
                LEFT JOIN res_partner person ON person.id = res_users.partner_id
                    WHERE %s
                    ORDER BY event.date DESC, event.id DESC LIMIT %s""",
                SQL(" AND ").join(conditions),
                limit,
            )
        )

    @api.model
    def _check_text(self, text):
        """What somebody looks for in a history, cut and stripped; None for nothing."""
        if text is not None and not isinstance(text, str):
            raise UserError(self.env._("What to search for is a text."))
        return (text or "").replace("\0", "").strip()[:MAX_TEXT] or None

    @api.model
    def _match_text(self, text):
        """Events whose kind, subject, contact or document has this text in its name; of one customer, so no index."""
        pattern = f"%{escape_psql(text)}%"
        # sudo: kinds of events are no secret
        types = self.env["crm.event.type"].sudo().search([("name", "ilike", text)])
        matches = [
            SQL("event.type_id = ANY(%s)", types.ids),
            SQL("event.payload->>'subject' ILIKE %s", pattern),
            SQL("contact.name ILIKE %s", pattern),
            *self._match_documents(pattern),
        ]
        return SQL("(%s)", SQL(" OR ").join(matches))

    @api.model
    def _match_documents(self, pattern):
        """One condition for each kind of document; whether the reader may see the document is asked later."""
        for name, model in self.env.registry.items():
            if model._abstract or not hasattr(model, "_get_event_search_fields"):
                continue
            documents = self.env[name]
            named = [
                SQL("document.%s ILIKE %s", SQL.identifier(field), pattern)
                for field in documents._get_event_search_fields()
            ]
            if named:
                documents.flush_model(documents._get_event_search_fields())
                yield SQL(
                    """(event.res_model = %s AND EXISTS (
                        SELECT FROM %s document WHERE document.id = event.res_id AND (%s)))""",
                    name,
                    SQL.identifier(documents._table),
                    SQL(" OR ").join(named),
                )

    @api.model
    def _filter_readable(self, rows):
        """Leave out rows whose source document is gone or not for this reader; give the others its name."""
        ids_by_model = {}
        for row in rows:
            if row["res_model"]:
                ids_by_model.setdefault(row["res_model"], set()).add(row["res_id"])
        names = self._read_names(ids_by_model)
        for row in rows:
            row["document"] = names.get((row["res_model"], row["res_id"]))
        return [row for row in rows if row["document"] is not None or not row["res_model"]]

    @api.model
    def _read_names(self, ids_by_model):
        """The names of documents of many models, as far as the reader may read them.

        :param ids_by_model: dict of sets of ids by the name of the model
        :return: dict of names by (model, id)
        """
        selects, names, unnamed = [], {}, {}
        for model, ids in ids_by_model.items():
            if model in self.env and self.env[model].has_access("read"):
                select = self.env[model]._select_names(ids) if hasattr(self.env[model], "_select_names") else None
                selects += [select] if select else []
                unnamed.update({} if select else {model: set(ids)})
        found = SQL(" UNION ALL ").join(selects)
        for model, document_id, name in self.env.execute_query(found) if selects else ():
            if name:
                names[model, document_id] = name
            else:
                unnamed.setdefault(model, set()).add(document_id)
        for model, ids in unnamed.items():
            documents = self.env[model].with_context(active_test=False)
            for document in documents.search_fetch([("id", "in", list(ids))], ["display_name"]):
                names[model, document.id] = document.display_name
        return names

    @api.model
    def _format_timeline(self, rows):
        types = self.env["crm.event.type"].browse({row["type_id"] for row in rows})
        event_types = {event_type.id: event_type for event_type in types}
        return [
            {
                "id": row["id"],
                "date": fields.Datetime.to_string(row["date"]),
                "code": event_types[row["type_id"]].code,
                "name": event_types[row["type_id"]].name,
                "kind": event_types[row["type_id"]].kind,
                "icon": event_types[row["type_id"]].icon,
                "color": event_types[row["type_id"]].color,
                "direction": event_types[row["type_id"]].direction,
                "model": row["res_model"],
                "res_id": row["res_id"],
                "document": row["document"] or "",
                "contact": row["contact_name"] or "",
                "user": row["user_name"] or "",
                "amount": float(row["amount"]) if row["amount"] is not None else False,
                "currency_id": row["currency_id"] or False,
                "details": {name: value for name, value in (row["payload"] or {}).items() if value is not None},
            }
            for row in rows
        ]
