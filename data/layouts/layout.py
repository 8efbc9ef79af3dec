"""What a layout says: which columns of an export tell which of our facts."""

from dataclasses import dataclass, field

# Facts by kind of file; those of a contact and of a deal that the importer understands.
CONTACT = (
    "id", "name", "first", "middle", "last", "company", "company_id", "email", "phone", "street", "city", "zip",
    "country", "function", "owner", "tags", "comment", "type",
)  # fmt: skip
DEAL = (
    "id", "title", "stage", "status", "amount", "currency", "close", "owner", "company", "company_id", "contact",
    "contact_id", "email", "phone", "source", "tags", "comment",
)  # fmt: skip


@dataclass(frozen=True)
class Layout:
    """An export of one product.

    :param contacts: by fact of `CONTACT` the headers that may tell it; the first that is filled counts
    :param deals: the same by fact of `DEAL`
    :param won: what the stage or the status of a won deal is called
    :param lost: what that of a lost deal is called
    """

    name: str
    contacts: dict
    deals: dict
    won: frozenset = field(default=frozenset())
    lost: frozenset = field(default=frozenset())

    def get_kind(self, headers):
        """ "deals", "contacts", or None when these are the headers of something else."""
        known = {fold(header) for header in headers}
        if known & {fold(header) for header in self.deals["title"]}:
            return "deals"
        names = (*self.contacts["name"], *self.contacts["first"], *self.contacts["last"])
        return "contacts" if known & {fold(header) for header in names} else None

    def read(self, kind, row, columns=None):
        """The facts of a row, and the headers that told them.

        :param row: dict by header
        :param columns: what the user said about headers: dict of header to fact
        """
        cells = {fold(header): (header, (text or "").strip()) for header, text in row.items() if header}
        facts, told_by = {}, {}
        for fact, headers in getattr(self, kind).items():
            own = tuple(header for header, said in (columns or {}).items() if said == fact)
            for header in (*own, *headers):
                name, text = cells.get(fold(header), ("", ""))
                if text:
                    facts[fact], told_by[fact] = text, name
                    break
        return facts, told_by


def fold(header):
    """Headers are compared without case, spaces at the ends, and the star of required columns.

    >>> fold(" Deal - Title* ")
    'deal - title'
    """
    return " ".join(header.strip().rstrip("*").split()).casefold().replace("ё", "е")
