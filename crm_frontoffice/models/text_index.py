"""Indexes for parts of words, as `index="trigram"` makes them, beside the index that a field has already."""

from odoo import models


def text_index(column):
    """An index that finds a part of a text, whatever its accents; none where PostgreSQL lacks the extension."""

    def define(registry):
        return f"USING gin ({registry.unaccent(column)} gin_trgm_ops)" if registry.has_trigram else ""

    return models.Index(define)
