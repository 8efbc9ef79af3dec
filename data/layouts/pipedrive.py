"""Pipedrive: People or Deals as a list, three dots, "Export filter results", CSV."""

from .layout import Layout

LAYOUT = Layout(
    name="pipedrive",
    contacts={
        "id": ("Person - ID", "Person - Pipedrive System ID", "ID"),
        "name": ("Person - Name", "Name"),
        "first": ("Person - First name", "First name"),
        "last": ("Person - Last name", "Last name"),
        "company": ("Person - Organization", "Organization - Name", "Organization name", "Organization"),
        "email": (
            "Person - Email - Work", "Person - Email (Work)", "Person - Email - Home", "Person - Email (Home)",
            "Person - Email - Other", "Person - Email", "Email",
        ),  # fmt: skip
        "phone": (
            "Person - Phone - Work", "Person - Phone (Work)", "Person - Phone - Mobile", "Person - Phone (Mobile)",
            "Person - Phone - Home", "Person - Phone (Home)", "Person - Phone - Other", "Person - Phone", "Phone",
        ),  # fmt: skip
        "street": ("Organization - Address - Street/road name of Address", "Organization - Address"),
        "city": ("Organization - Address - City/town/village/locality of Address",),
        "zip": ("Organization - Address - ZIP/Postal code of Address",),
        "country": ("Organization - Address - Country of Address",),
        "function": ("Person - Job title", "Person - Position"),
        "owner": ("Person - Owner", "Owner"),
        "tags": ("Person - Label", "Person - Labels", "Label"),
        "comment": ("Person - Notes",),
    },
    deals={
        "id": ("Deal - ID", "Deal - Pipedrive System ID"),
        "title": ("Deal - Title", "Title"),
        "stage": ("Deal - Stage", "Deal - Stage (pipeline)", "Stage"),
        "status": ("Deal - Status", "Status"),
        "amount": ("Deal - Value", "Value"),
        "currency": ("Deal - Currency of Value", "Deal - Currency", "Currency"),
        "close": ("Deal - Expected close date", "Expected close date"),
        "owner": ("Deal - Owner", "Owner"),
        "company": ("Deal - Organization", "Organization - Name", "Organization"),
        "contact": ("Deal - Contact person", "Person - Name", "Contact person"),
        "contact_id": ("Person - ID", "Person - Pipedrive System ID"),
        "email": ("Person - Email - Work", "Person - Email"),
        "phone": ("Person - Phone - Work", "Person - Phone"),
        "source": ("Deal - Source channel", "Deal - Lead Source"),
        "tags": ("Deal - Label", "Deal - Labels", "Label"),
        "comment": ("Deal - Notes",),
    },
    won=frozenset({"won"}),
    lost=frozenset({"lost"}),
)
