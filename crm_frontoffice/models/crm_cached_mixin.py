from odoo import api, models


class CrmCachedMixin(models.AbstractModel):
    """Configuration that is read on every change of a document, and therefore through a cache: edits empty it."""

    _name = "crm.cached.mixin"
    _description = "Cached Configuration"

    _cached_fields = frozenset()  # the fields that the cached answers are made of

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        if self._cached_fields & vals.keys():
            self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()
