from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_amount

from .traffic_light import rate_contact, rate_deliveries

PEOPLE = 6
ACTIVITIES = 8
DOCUMENTS = 5
CAMPAIGN_DAYS = 90
SHOWN_OF_ACTIVITY = ("summary", "activity_type_id", "date_deadline", "user_id", "res_model", "res_id", "res_name")
MOST_CHECKED = 50  # planned steps whose documents are looked at for one screen
SEES_AMOUNTS = "account.group_account_invoice,account.group_account_readonly"


class CrmCustomerOverview(models.AbstractModel):
    """All that is known about a customer on one screen, as one reader may see it."""

    _name = "crm.customer.overview"
    _description = "Customer Overview"

    @api.model
    def _read(self, partner):
        """See `res.partner.get_customer_overview`; the reader may read the partner."""
        activities = self._read_activities(partner)
        sections = self.env["crm.customer.section"]._read(partner)
        return {
            "customer": self._read_customer(partner),
            "lights": [
                self._get_credit_light(partner.commercial_partner_id),
                self._get_delivery_light(partner),
                self._get_contact_light(partner, activities),
            ],
            "people": self._read_people(partner),
            "relations": self._read_relations(partner),
            "sections": sections,
            "campaigns": self._read_campaigns(partner),
            "documents": self._read_documents(partner, sections),
            "activities": activities,
        }

    @api.model
    def _read_customer(self, partner):
        parent = partner.commercial_partner_id if partner != partner.commercial_partner_id else partner.browse()
        return {
            "id": partner.id,
            "name": partner.name or partner.display_name,
            "is_company": partner.is_company,
            "parent": {"id": parent.id, "name": parent.name} if parent else False,
            "function": partner.function or "",
            "phone": partner.phone or "",
            "email": partner.email or "",
            "place": ", ".join(filter(None, (partner.city, partner.country_id.name))),
            "salesperson": partner.user_id.name or "",
            "tags": partner.category_id.mapped("name"),
            "habit": partner.contact_habit or "",
            "refused": self._read_refusals(partner),
            "roles": (partner.role_summary or "").split(" · ") if partner.role_summary else [],
        }

    @api.model
    def _read_refusals(self, partner):
        """Over which channels the customer wants no advertising: for everybody who is about to write or call."""
        # sudo: what the customer has forbidden binds everybody who talks to him
        consents = self.env["crm.consent"].sudo()
        refused = consents.search(
            [("partner_id", "=", partner.id), ("state", "=", "refused"), ("purpose_id.is_advertising", "=", True)]
        )
        channels = dict(consents._fields["channel"]._description_selection(self.env))
        return [channels[channel] for channel in dict.fromkeys(refused.mapped("channel"))]

    # ---- lights

    @api.model
    def _get_credit_light(self, customer):
        # sudo: the state is for every employee; amounts are told only to those who keep the books
        credit = customer.sudo()._get_credit()[customer.id]
        days = credit["overdue_days"]
        texts = {
            "overdue": self.env._("Invoices overdue for %(days)s days", days=days),
            "limit": self.env._("The credit limit is reached"),
            "paid": self.env._("Pays on time") if days is None else self.env._("Due since %(days)s days", days=days),
        }
        text = texts[credit["reason"]]
        if days == 1 and credit["reason"] != "limit":
            text = self.env._("Invoices overdue since yesterday")
        light = {"key": "credit", "title": self.env._("Payment"), "state": credit["state"], "text": text, "more": ""}
        if self.env.user.has_groups(SEES_AMOUNTS) and credit["owed"]:
            currency = self.env.company.currency_id
            currency.fetch(["symbol", "position", "rounding", "decimal_places"])
            light["more"] = self.env._(
                "Owes %(owed)s, overdue %(overdue)s",
                owed=format_amount(self.env, credit["owed"], currency),
                overdue=format_amount(self.env, credit["overdue"], currency),
            )
        return light

    @api.model
    def _get_delivery_light(self, partner):
        count, late, waiting = self._count_deliveries(partner)
        state, reason = rate_deliveries(late, waiting, count)
        text = {
            "late": self.env._("Late deliveries: %(count)s", count=late),
            "waiting": self.env._("Deliveries waiting for goods: %(count)s", count=waiting),
            "on_time": self.env._("Deliveries on time: %(count)s", count=count),
            "none": self.env._("Nothing to deliver"),
        }[reason]
        return {"key": "delivery", "title": self.env._("Delivery"), "state": state, "text": text, "more": ""}

    @api.model
    def _count_deliveries(self, partner):
        self.env["stock.picking"].flush_model(["state", "partner_id", "scheduled_date", "picking_type_id"])
        return self.env.execute_query(
            SQL(
                """SELECT COUNT(*), COUNT(*) FILTER (WHERE picking.scheduled_date < %s),
                          COUNT(*) FILTER (WHERE picking.state IN ('confirmed', 'waiting'))
                     FROM stock_picking picking
                     JOIN stock_picking_type operation ON operation.id = picking.picking_type_id
                    WHERE operation.code = 'outgoing' AND picking.state IN ('confirmed', 'waiting', 'assigned')
                      AND picking.partner_id IN (%s) AND picking.company_id = ANY(%s)""",
                fields.Datetime.now(),
                self._select_family(partner),
                self.env.companies.ids,
            )
        )[0]

    @api.model
    def _get_contact_light(self, partner, activities):
        last = self._find_last_contact(partner)
        days = (fields.Datetime.now() - last).days if last else None
        state, reason = rate_contact(days, is_planned=bool(activities))
        recent = {0: self.env._("Last contact today"), 1: self.env._("Last contact yesterday")}
        text = {
            "recent": recent.get(days) or self.env._("Last contact %s days ago", days),
            "planned": self.env._("The next step is planned"),
            "quiet": self.env._("No contact for %s days, nothing planned", days),
            "never": self.env._("No contact yet, nothing planned"),
        }[reason]
        return {"key": "contact", "title": self.env._("Contact"), "state": state, "text": text, "more": ""}

    @api.model
    def _find_last_contact(self, partner):
        # sudo: kinds of events are no secret, and the day of the last contact is for every colleague of the company
        types = self.env["crm.event.type"].sudo().search([("is_contact", "=", True)])
        column = "commercial_partner_id" if partner == partner.commercial_partner_id else "partner_id"
        rows = self.env.execute_query(
            SQL(
                """SELECT event.date FROM crm_event event
                    WHERE event.%s = %s AND event.type_id = ANY(%s) AND event.date <= %s
                      AND (event.company_id IS NULL OR event.company_id = ANY(%s))
                    ORDER BY event.date DESC, event.id DESC LIMIT 1""",
                SQL.identifier(column),
                partner.id,
                types.ids,
                fields.Datetime.now(),
                self.env.companies.ids,
            )
        )
        return rows[0][0] if rows else None

    # ---- people, relations, campaigns, documents

    @api.model
    def _select_family(self, partner):
        """The ids of a company with its contacts, or of a contact alone, as SQL."""
        if partner == partner.commercial_partner_id:
            return SQL("SELECT id FROM res_partner WHERE commercial_partner_id = %s", partner.id)
        return SQL("%s", partner.id)

    @api.model
    def _read_people(self, partner):
        people = partner.search_fetch(
            [("parent_id", "=", partner.commercial_partner_id.id), ("type", "=", "contact"), ("id", "!=", partner.id)],
            ["name", "function", "phone"],
            order="name",
            limit=PEOPLE,
        )
        return [
            {"id": person.id, "name": person.name or "", "function": person.function or "", "phone": person.phone or ""}
            for person in people
        ]

    @api.model
    def _read_relations(self, partner):
        sides = self.env["crm.partner.relation.side"].search_fetch(
            [("partner_id", "in", (partner | partner.commercial_partner_id).ids)]
            + ["|", ("date_to", "=", False), ("date_to", ">=", fields.Date.context_today(self))],
            ["side", "type_id", "other_partner_id"],
            limit=PEOPLE,
        )
        sides.type_id.fetch(["name", "inverse_name", "is_symmetric"])
        others = sides.other_partner_id
        others.fetch(["complete_name"])
        names = {other.id: other.complete_name for other in others}
        return [
            {"id": side.other_partner_id.id, "label": side.label, "name": names[side.other_partner_id.id]}
            for side in sides
        ]

    @api.model
    def _read_campaigns(self, partner):
        """How often campaigns reached the customer lately, and how he answered: a number by type of event."""
        column = "commercial_partner_id" if partner == partner.commercial_partner_id else "partner_id"
        rows = self.env.execute_query(
            SQL(
                """SELECT event.type_id, COUNT(*) FROM crm_event event
                     JOIN crm_event_type type ON type.id = event.type_id AND type.kind = 'campaign'
                    WHERE event.%s = %s AND event.date >= %s
                      AND (event.company_id IS NULL OR event.company_id = ANY(%s))
                    GROUP BY event.type_id, type.sequence ORDER BY type.sequence, event.type_id""",
                SQL.identifier(column),
                partner.id,
                fields.Datetime.now() - timedelta(days=CAMPAIGN_DAYS),
                self.env.companies.ids,
            )
        )
        # sudo: the names of event types are no secret
        types = self.env["crm.event.type"].sudo().browse(row[0] for row in rows)
        return [{"name": event_type.name, "count": count} for event_type, (_id, count) in zip(types, rows, strict=True)]

    @api.model
    def _read_documents(self, partner, sections):
        """The latest files on the customer, his contacts, and the documents that the screen shows."""
        family = partner.with_context(active_test=False)
        if partner == partner.commercial_partner_id:
            family = family.search([("commercial_partner_id", "=", partner.id)], limit=200, order="id")
        domain = Domain("res_model", "=", "res.partner") & Domain("res_id", "in", family.ids)
        for section in sections:
            shown = [row["id"] for row in section["rows"]]
            domain |= Domain("res_model", "=", section["model"]) & Domain("res_id", "in", shown)
        domain &= Domain("res_field", "=", False)
        files = self.env["ir.attachment"].search(domain, order="id desc", limit=DOCUMENTS)
        return [
            {
                "id": file.id,
                "name": file.name,
                "mimetype": file.mimetype or "",
                "date": fields.Date.to_string(file.create_date),
            }
            for file in files
        ]

    # ---- activities

    @api.model
    def _get_activity_sources(self):
        """Models whose activities concern a customer: the column that points to the partner, and which documents.

        The condition is about the table `document`; what is paid long since is left out, since it is many.
        """
        everything = SQL("TRUE")
        unpaid = SQL(
            """document.state = 'posted' AND document.payment_state IN ('not_paid', 'partial')
               AND document.move_type IN ('out_invoice', 'out_refund')"""
        )
        return {
            "res.partner": ("id", everything),
            "crm.lead": ("partner_id", SQL("document.active IS TRUE")),
            "sale.order": ("partner_id", SQL("document.state <> 'cancel'")),
            "account.move": ("commercial_partner_id", unpaid),
            "stock.picking": ("partner_id", SQL("document.state IN ('confirmed', 'waiting', 'assigned')")),
        }

    @api.model
    def _read_activities(self, partner):
        """What is planned with the customer, the most urgent first."""
        family = self._select_family(partner)
        self.env["mail.activity"].flush_model()
        sources = [
            SQL(
                """SELECT activity.id, activity.date_deadline FROM mail_activity activity
                     JOIN %s document ON document.id = activity.res_id
                    WHERE activity.active AND activity.res_model = %s AND document.%s IN (%s) AND %s""",
                SQL.identifier(self.env[model]._table),
                model,
                SQL.identifier(column),
                family,
                condition,
            )
            for model, (column, condition) in self._get_activity_sources().items()
            if self.env[model].has_access("read")
        ]
        found = SQL(" UNION ALL ").join(sources or [SQL("SELECT NULL::int, NULL::date WHERE false")])
        rows = self.env.execute_query(SQL("%s ORDER BY date_deadline, id LIMIT %s", found, MOST_CHECKED))
        activities = self._filter_activities(self.env["mail.activity"].browse(row[0] for row in rows))
        activities.activity_type_id.fetch(["name", "icon"])
        today = fields.Date.context_today(self)
        return [
            {
                "id": activity.id,
                "name": activity.summary or activity.activity_type_id.name or "",
                "icon": activity.icon or "fa-clock-o",
                "date": fields.Date.to_string(activity.date_deadline),
                "is_late": activity.date_deadline < today,
                "user": activity.user_id.name or "",
                "model": activity.res_model,
                "res_id": activity.res_id,
                "record": activity.res_name or "",
            }
            for activity in activities
        ]

    @api.model
    def _filter_activities(self, activities):
        """The first of the activities that the reader may see."""
        shown = activities.browse()
        # Mostly the first look is enough.
        for start in range(0, len(activities), ACTIVITIES):
            some = activities[start : start + ACTIVITIES]
            # sudo: it only loads what is shown; what the reader may not see falls out at once
            some.sudo().fetch(SHOWN_OF_ACTIVITY)
            shown |= some._filtered_access("read")
            if len(shown) >= ACTIVITIES:
                break
        return shown[:ACTIVITIES]
