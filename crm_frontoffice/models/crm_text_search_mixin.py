import re
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.sql import escape_psql

from .text_table import TextTable

MOST_WORDS = 8
MENDED_DAYS = 2  # the texts of what was written since are looked at once more each day
LEAST_DIGITS = 4  # of a phone number: with fewer, every customer would be found
PHONE = re.compile(r"[\d\s()+./\\-]+")


class CrmTextSearchMixin(models.AbstractModel):
    """Finds records by words in any of their texts, and by a part of a phone number.

    A condition on several columns at once reads the whole table. Here the texts of a record stand together in a table
    of their own, without accents and capitals, under one index; triggers keep it, whoever writes.
    """

    _name = "crm.text.search.mixin"
    _description = "Search by Words"

    text_search = fields.Char("Text", store=False, search="_search_text_search")

    def init(self):
        result = super().init()
        if not self._abstract:
            # The columns of other models must be there as well.
            self.pool.post_init(self.env[self._name]._prepare_text_table)
        return result

    @api.model
    def _get_text_search_fields(self):
        """Hook: the stored texts that are looked at."""
        return [self._rec_name]

    @api.model
    def _get_text_search_phones(self):
        """Hook: the stored telephone numbers that are looked at."""
        return []

    @api.model
    def _get_text_table(self):
        return TextTable(self._table, self._get_text_search_fields(), self._get_text_search_phones())

    @api.model
    def _prepare_text_table(self):
        self._get_text_table().prepare(self.env)

    @api.autovacuum
    def _mend_texts(self):
        """A text taken over from another record misses what a transaction changed there at the same time."""
        if not self._abstract:
            self._get_text_table().fill(self.env, since=fields.Datetime.now() - timedelta(days=MENDED_DAYS))

    # ---- searching

    @api.model
    def _search_text_search(self, operator, value):
        """Records that have every word somewhere; a text of digits is looked for in phone numbers as well."""
        if operator not in ("ilike", "=ilike", "like") or not isinstance(value, str):
            return NotImplemented
        words = value.replace("\0", "").split()[:MOST_WORDS]
        if not words:
            return Domain.TRUE
        return Domain("id", "in", self._select_by_text(words, self._get_phone_digits(value)))

    @api.model
    def _get_phone_digits(self, value):
        """The digits that any way of writing a number has in common: without signs and leading noughts."""
        if not self._get_text_search_phones() or not PHONE.fullmatch(value):
            return ""
        digits = re.sub(r"\D", "", value).lstrip("0")
        return digits if len(digits) >= LEAST_DIGITS else ""

    @api.model
    def _select_by_text(self, words, digits):
        """The ids of records that have all the words or the digits, as SQL."""
        self.flush_model([*self._get_text_search_fields(), *self._get_text_search_phones()])
        table = SQL.identifier(self._get_text_table().name)
        return self._fence(
            SQL("SELECT found.id FROM %s found WHERE %s", table, self._match_text(SQL("found.text"), words, digits))
        )

    @api.model
    def _fence(self, ids):
        """What the index finds comes first: PostgreSQL may take many rows for cheaper to read in their order."""
        return SQL("(SELECT unnest(ARRAY(%s)))", ids)

    @api.model
    def _match_text(self, text, words, digits):
        """The condition that a text has all the words, or the digits."""
        condition = SQL(" AND ").join(self._match_word(text, word) for word in words)
        return SQL("((%s) OR %s LIKE %s)", condition, text, f"%{digits}%") if digits else condition

    @api.model
    def _match_word(self, text, word):
        pattern = SQL("lower(%s)", self.env.registry.unaccent(SQL("%s", f"%{escape_psql(word)}%")))
        return SQL("%s LIKE %s", text, pattern)
