{
    "name": "CRM Analytics",
    "summary": "Fact tables, dashboards and forecasts over the whole customer history",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "CRM Front Office contributors",
    "website": "https://github.com/crm-frontoffice/crm-frontoffice",
    "license": "LGPL-3",
    "application": True,
    "depends": ["crm_frontoffice", "crm_service_desk", "spreadsheet_dashboard"],
    "data": [],
}
