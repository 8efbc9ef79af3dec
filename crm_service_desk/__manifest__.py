{
    "name": "CRM Service Desk",
    "summary": "Tickets from every channel, answer times that hold, customers who see them",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "CRM Front Office contributors",
    "website": "https://github.com/crm-frontoffice/crm-frontoffice",
    "license": "LGPL-3",
    "application": True,
    "depends": ["crm_frontoffice", "im_livechat", "portal", "rating", "resource"],
    "data": [],
}
