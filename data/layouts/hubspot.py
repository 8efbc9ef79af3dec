"""HubSpot: Contacts or Deals, Export, "All properties and associations", CSV."""

from .layout import Layout

LAYOUT = Layout(
    name="hubspot",
    contacts={
        "id": ("Record ID", "Record ID - Contact", "Contact ID"),
        "name": ("Full name",),
        "first": ("First Name",),
        "last": ("Last Name",),
        "company": (
            "Associated Company (Primary)",
            "Associated Company",
            "Primary Associated Company",
            "Company Name",
        ),
        "company_id": (
            "Associated Company IDs (Primary)",
            "Associated Company IDs",
            "Associated Company ID",
            "Primary Associated Company ID",
        ),
        "email": ("Email", "Work email"),
        "phone": ("Phone Number", "Mobile Phone Number"),
        "street": ("Street Address",),
        "city": ("City",),
        "zip": ("Postal Code",),
        "country": ("Country/Region Code", "Country/Region", "Country"),
        "function": ("Job Title",),
        "owner": ("Contact owner",),
        "tags": ("Lifecycle Stage",),
        "comment": ("Message", "Notes"),
    },
    deals={
        "id": ("Record ID", "Record ID - Deal", "Deal ID"),
        "title": ("Deal Name",),
        "stage": ("Deal Stage",),
        "amount": ("Amount", "Amount in company currency"),
        "currency": ("Currency",),
        "close": ("Close Date",),
        "owner": ("Deal owner",),
        "company": ("Associated Company (Primary)", "Associated Company", "Primary Associated Company"),
        "company_id": (
            "Associated Company IDs (Primary)",
            "Associated Company IDs",
            "Associated Company ID",
            "Primary Associated Company ID",
        ),
        "contact": ("Associated Contact",),
        "contact_id": ("Associated Contact IDs", "Associated Contact ID"),
        "source": ("Original Traffic Source", "Original Source Type"),
        "tags": ("Deal Type",),
        "comment": ("Deal Description",),
    },
    won=frozenset({"closed won", "closedwon"}),
    lost=frozenset({"closed lost", "closedlost"}),
)
