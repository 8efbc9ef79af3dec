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
    def _read(self, partner):
        """What the sections show to this reader; those with nothing in them are left out."""
        found = (self._read_section(key, section, partner) for key, section in self._get_readable_sections().items())
        return [section for section in found if section["count"]]

    @api.model
    def _read_section(self, key, section, partner):
        """The first rows, how many there are and how much they are together: in one query."""
        model = self.env[section["model"]]
        domain = self._get_domain(section, partner)
        query = model._search(domain, order=section["order"], limit=ROWS)
        amount, currency = section.get("amount"), section.get("currency", "currency_id")
        is_mixed = amount and model._fields[currency].store
        total = SQL("SUM(%s) OVER ()", model._field_to_sql(model._table, amount, query)) if amount else SQL("NULL")
        by_currency = model._field_to_sql(model._table, currency, query) if is_mixed else SQL("NULL::int")
        found = self.env.execute_query(
            query.select(
                SQL.identifier(model._table, "id"),
                SQL("COUNT(*) OVER ()"),
                total,
                SQL("MIN(%s) OVER () IS DISTINCT FROM MAX(%s) OVER ()", by_currency, by_currency),
            )
        )
        records = model.browse(row[0] for row in found)
        answer = {"key": key, "title": section["title"], "icon": section["icon"], "model": section["model"]}
        if not records:
            return {**answer, "count": 0, "totals": [], "rows": []}
        _id, count, total, has_currencies = found[0]
        totals = [{"currency_id": records[0][currency].id, "amount": total}] if amount else []
        if has_currencies:
            groups = model._read_group(domain, [currency], [f"{amount}:sum"])
            totals = [{"currency_id": group.id, "amount": sum_of_group} for group, sum_of_group in groups]
        late = set(records.filtered_domain(section["late"])._ids)
        rows = [{**self._format(record, section), "late": record.id in late} for record in records]
        return {**answer, "count": count, "totals": totals, "rows": rows}

    @api.model
    def _format(self, record, section):
        state_field = record._fields[section["state"]]
        state = record[section["state"]]
        if state_field.type == "selection":
            state = dict(state_field._description_selection(self.env)).get(state, "")
        elif state_field.relational:
            state = state.display_name
        amount, date = section.get("amount"), record[section["date"]]
        return {
            "id": record.id,
            "name": record.display_name,
            "date": fields.Date.to_string(date) if date else False,
            "state": state or "",
            "amount": record[amount] if amount else False,
            "currency_id": record[section.get("currency", "currency_id")].id if amount else False,
        }
