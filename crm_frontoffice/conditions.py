"""Conditions that people write and the system evaluates later, with more rights than they have."""

from odoo.fields import Domain


def check_fields_readable(model, domain):
    """Refuse a domain over fields that its author may not read: whether it holds would tell what they contain.

    :raise AccessError: naming the field
    """
    author = model.sudo(False)  # constraints run with the rights of the system
    for condition in domain.iter_conditions():
        current = author
        for name in condition.field_expr.split("."):
            field = current._fields.get(name)
            if field is None:
                break  # such as a part of a date, "date.month_number"
            current._check_field_access(field, "read")
            current = current.env[field.comodel_name] if field.relational else current
        if condition.operator in ("any", "not any"):
            check_fields_readable(current, Domain(condition.value))
