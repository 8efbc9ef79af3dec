from odoo import models

from ....contexts import LinkMemory


class LinkTracker(models.Model):
    _inherit = "link.tracker"

    def search_or_create(self, vals_list):
        """Of the links of a batch of mails only those that none before had are looked for: most are in every mail."""
        memory = self.env.context.get("crm_link_memory")
        if not isinstance(memory, LinkMemory) or not isinstance(vals_list, list):
            return super().search_or_create(vals_list)
        keys = [tuple(sorted(vals.items())) for vals in vals_list]
        new = {key: vals for key, vals in zip(keys, vals_list, strict=True) if key not in memory}
        if new:
            found = super().search_or_create(list(new.values()))
            memory.update(zip(new, found.ids, strict=True))
        return self.browse([memory[key] for key in keys])
