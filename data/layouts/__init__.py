"""How other CRMs write their exports: one module per product, each with its `LAYOUT`."""

from . import amocrm, bitrix24, hubspot, pipedrive

LAYOUTS = {module.LAYOUT.name: module.LAYOUT for module in (hubspot, bitrix24, amocrm, pipedrive)}
