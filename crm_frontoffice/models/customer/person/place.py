"""Where data about a person lies: one declaration by which it is shown, exported, counted and erased."""

from dataclasses import dataclass, field

from odoo.fields import Domain


@dataclass(frozen=True)
class Subject:
    """Whose data it is: the contact with his addresses, the documents about him, and what he is reached by.

    `documents` are ids by model: records whose messages, files and activities are about him as a whole.
    """

    partner_ids: tuple
    documents: dict
    user_ids: tuple
    emails: tuple
    phones: tuple

    def get_reference_domain(self, model_field="res_model", id_field="res_id"):
        """Rows that name a record by model and id, and mean the contact or one of his documents."""
        return Domain.OR(
            Domain(model_field, "=", model) & Domain(id_field, "in", record_ids)
            for model, record_ids in {"res.partner": self.partner_ids, **self.documents}.items()
        )


@dataclass(frozen=True)
class Place:
    """Records of one model about the person, and what becomes of them.

    `fate` is "blanked" (the row stays for statistics, its columns get the values of `blank`, which may be SQL),
    "deleted", "unlinked" (deleted with all that hangs on it, such as files) or "kept", because the law demands it.
    """

    model: str
    label: str
    domain: Domain
    shown: tuple = ()
    fate: str = "deleted"
    blank: dict = field(default_factory=dict)
