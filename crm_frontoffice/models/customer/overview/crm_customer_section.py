from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

ROWS = 5  # documents that a section shows; the rest is one click away


class CrmCustomerSection(models.AbstractModel):
    """The kinds of documents on a customer's screen: open deals, orders, deliveries, invoices.

    An addon adds its own by extending `_get_sections`.
    """

    _name = "crm.customer.section"
    _description = "Section of the Customer Overview"

    @api.model
    def _get_sections(self):
        """The sections in their order: dicts by key.

        `model`; `title`; `icon`; `action`, the action that opens the list; `domain`, which documents are shown;
        `partner`, the path to the customer; `order`; `date`, `state` and `amount`, names of fields; `late`, a domain
        of what needs attention; `groups`, who gets the section at all.
        """
        return {**self._get_sales_sections(), **self._get_stock_sections(), **self._get_account_sections()}

    @api.model
    def _get_sales_sections(self):
        return {
            "deals": {
                "model": "crm.lead",
                "title": self.env._("Open deals"),
                "icon": "fa-star-o",
                "action": "crm.crm_lead_opportunities",
                "domain": Domain("won_status", "=", "pending") & Domain("active", "=", True),
                "order": "date_deadline, id desc",
                "date": "date_deadline",
                "state": "stage_id",
                "amount": "expected_revenue",
                "currency": "company_currency",
                "late": Domain("date_deadline", "<", fields.Date.context_today(self)),
            },
            **self._get_order_sections(),
        }

    @api.model
    def _get_order_sections(self):
        shared = {"model": "sale.order", "order": "date_order desc, id desc", "amount": "amount_total"}
        return {
            "quotations": {
                **shared,
                "title": self.env._("Quotations"),
                "icon": "fa-file-text-o",
                "action": "sale.action_quotations",
                "domain": Domain("state", "in", ("draft", "sent")),
                "date": "validity_date",
                "state": "state",
                "late": Domain("validity_date", "<", fields.Date.context_today(self)),
            },
            "orders": {
                **shared,
                "title": self.env._("Orders in progress"),
                "icon": "fa-shopping-cart",
                "action": "sale.action_orders",
                "domain": Domain("state", "=", "sale")
                & (
                    Domain("invoice_status", "=", "to invoice")
                    | Domain("delivery_status", "in", ("pending", "started", "partial"))
                ),
                "date": "date_order",
                "state": "delivery_status",
                "late": Domain.FALSE,
            },
        }

    @api.model
    def _get_stock_sections(self):
        return {
            "deliveries": {
                "model": "stock.picking",
                "title": self.env._("Open deliveries"),
                "icon": "fa-truck",
                "action": "stock.action_picking_tree_all",
                "domain": Domain("state", "in", ("confirmed", "waiting", "assigned")),
                "order": "scheduled_date, id",
                "date": "scheduled_date",
                "state": "state",
                "late": Domain("scheduled_date", "<", fields.Datetime.now()),
            },
        }

    @api.model
    def _get_account_sections(self):
        shared = {
            "model": "account.move",
            "partner": "commercial_partner_id",
            "order": "invoice_date_due, id",
            "date": "invoice_date_due",
            "state": "payment_state",
            "amount": "amount_residual_signed",
            "currency": "company_currency_id",
            "late": Domain("invoice_date_due", "<", fields.Date.context_today(self)),
        }
        unpaid = Domain("state", "=", "posted") & Domain("payment_state", "in", ("not_paid", "partial"))
        return {
            "invoices": {
                **shared,
                "title": self.env._("Open invoices"),
                "icon": "fa-pencil-square-o",
                "action": "account.action_move_out_invoice_type",
                "domain": Domain("move_type", "in", ("out_invoice", "out_refund")) & unpaid,
            },
            "bills": {
                **shared,
                "title": self.env._("Open vendor bills"),
                "icon": "fa-file-o",
                "action": "account.action_move_in_invoice_type",
                "domain": Domain("move_type", "in", ("in_invoice", "in_refund")) & unpaid,
                "groups": "account.group_account_invoice,account.group_account_readonly",
            },
        }

    @api.model
    def _get_readable_sections(self):
        return {
            key: section
            for key, section in self._get_sections().items()
            if self.env[section["model"]].has_access("read")
            and (not section.get("groups") or self.env.user.has_groups(section["groups"]))
        }

    @api.model
    def _get_domain(self, section, partner):
        """The documents of the section for a company with all its contacts, or for a contact alone."""
        path = section.get("partner", "partner_id")
        if partner == partner.commercial_partner_id:
            own = Domain(path if path == "commercial_partner_id" else f"{path}.commercial_partner_id", "=", partner.id)
        else:
            own = Domain("partner_id", "=", partner.id)
        return own & section["domain"]

    @api.model
    def _get_family_domain(self, section, partner):
        """The same customer for a search: who belongs to the company is a subquery, which costs Odoo no thought."""
        path = section.get("partner", "partner_id")
        if partner != partner.commercial_partner_id or path == "commercial_partner_id":
            return Domain(path if partner == partner.commercial_partner_id else "partner_id", "=", partner.id)
        return Domain(path, "in", SQL("(SELECT id FROM res_partner WHERE commercial_partner_id = %s)", partner.id))

    @api.model
    def _read(self, partner):
        """What the sections show to this reader; those with nothing in them are left out."""
        found = (self._read_section(key, section, partner) for key, section in self._get_readable_sections().items())
        return [section for section in found if section["count"]]

    @api.model
    def _read_section(self, key, section, partner):
        """The first rows, how many there are and how much they are together: in one query, without loading records."""
        found = self._select_section(section, partner)
        answer = {"key": key, "title": section["title"], "icon": section["icon"], "model": section["model"]}
        if not found:
            return {**answer, "count": 0, "totals": [], "rows": []}
        totals = []
        if section.get("amount"):
            totals = [{"currency_id": found[0]["currency"], "amount": float(found[0]["total"] or 0.0)}]
            if found[0]["has_currencies"]:
                totals = self._sum_by_currency(section, partner)
        names = self._get_names(section, found)
        states = self._get_state_names(section, found)
        rows = [self._format(row, section, names, states) for row in found]
        return {**answer, "count": found[0]["count"], "totals": totals, "rows": rows}

    @api.model
    def _select_section(self, section, partner):
        model = self.env[section["model"]]
        domain = self._get_family_domain(section, partner) & section["domain"]
        query = model._search(domain, order=section["order"], limit=ROWS)
        amount, currency = section.get("amount"), section.get("currency", "currency_id")

        def column(field):
            return model._field_to_sql(model._table, field, query) if field else SQL("NULL")

        currency = column(currency) if amount else SQL("NULL::int")
        columns = {
            "id": SQL.identifier(model._table, "id"),
            "name": model._get_name_sql(model._table, query) or SQL("NULL::text"),
            "date": column(section["date"]),
            "state": column(section["state"]),
            "amount": column(amount),
            "currency": currency,
            "late": section["late"].optimize_full(model)._to_sql(model, model._table, query),
            "count": SQL("COUNT(*) OVER ()"),
            "total": SQL("SUM(%s) OVER ()", column(amount)) if amount else SQL("NULL"),
            "has_currencies": SQL("MIN(%s) OVER () IS DISTINCT FROM MAX(%s) OVER ()", currency, currency),
        }
        selected = [SQL("%s AS %s", expression, SQL.identifier(name)) for name, expression in columns.items()]
        return self.env.execute_query_dict(query.select(*selected))

    @api.model
    def _sum_by_currency(self, section, partner):
        currency, amount = section.get("currency", "currency_id"), section["amount"]
        groups = self.env[section["model"]]._read_group(
            self._get_domain(section, partner), [currency], [f"{amount}:sum"]
        )
        return [{"currency_id": group.id, "amount": total} for group, total in groups]

    @api.model
    def _get_names(self, section, found):
        """The names of the documents by id; from the records themselves where SQL does not know them."""
        unnamed = self.env[section["model"]].browse(row["id"] for row in found if not row["name"])
        unnamed.fetch(["display_name"])
        return {row["id"]: row["name"] for row in found} | {record.id: record.display_name for record in unnamed}

    @api.model
    def _get_state_names(self, section, found):
        """What the states in the rows are called."""
        field = self.env[section["model"]]._fields[section["state"]]
        if field.type == "selection":
            return dict(field._description_selection(self.env))
        if field.relational:
            states = self.env[field.comodel_name].browse({row["state"] for row in found if row["state"]})
            states.fetch(["display_name"])
            return {state.id: state.display_name for state in states}
        return {}

    @api.model
    def _format(self, row, section, names, states):
        has_amount = bool(section.get("amount"))
        return {
            "id": row["id"],
            "name": names[row["id"]],
            "date": fields.Date.to_string(row["date"]) if row["date"] else False,
            "state": states.get(row["state"], "") if row["state"] else "",
            "amount": float(row["amount"] or 0.0) if has_amount else False,
            "currency_id": row["currency"] if has_amount else False,
            "late": bool(row["late"]),
        }
