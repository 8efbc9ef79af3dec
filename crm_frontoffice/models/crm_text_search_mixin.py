import re

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.phone_validation.models.mail_thread_phone import PHONE_REGEX_PATTERN

MOST_WORDS = 8
LEAST_DIGITS = 4  # of a phone number: with fewer, every customer would be found
PHONE = re.compile(r"[\d\s()+./\\-]+")


class CrmTextSearchMixin(models.AbstractModel):
    """Finds records by words in any of their texts, and by a part of a phone number.

    A condition on several columns and on another table at once reads the whole table. Each column alone has an index,
    and so this search asks them one by one and unites what they find.
    """

    _name = "crm.text.search.mixin"
    _description = "Search by Words"

    text_search = fields.Char("Text", store=False, search="_search_text_search")

    @api.model
    def _get_text_search_fields(self):
        """Hook: the stored texts that are looked at; each wants a trigram index."""
        return [self._rec_name]

    @api.model
    def _search_text_search(self, operator, value):
        """Records that have every word somewhere; a text of digits is looked for in phone numbers as well."""
        if operator not in ("ilike", "=ilike", "like") or not isinstance(value, str):
            return NotImplemented
        words = value.replace("\0", "").split()[:MOST_WORDS]
        found = Domain("id", "in", self._select_by_words(words)) if words else Domain.TRUE
        digits = self._get_phone_digits(value)
        return found | Domain("id", "in", self._select_by_phone(digits)) if digits else found

    @api.model
    def _get_phone_digits(self, value):
        """The digits that any way of writing a number has in common: without signs and leading noughts."""
        digits = re.sub(r"\D", "", value).lstrip("0") if PHONE.fullmatch(value) else ""
        return digits if len(digits) >= LEAST_DIGITS else ""

    @api.model
    def _select_by_words(self, words):
        """The ids of records that have all the words, as SQL: found by the longest, since the short ones are many."""
        first, *others = sorted(words, key=len, reverse=True)
        found = self._select_by_word(first)
        if not others:
            return found
        unaccent, text = self.env.registry.unaccent, self._get_text_sql()
        conditions = [SQL("%s ILIKE %s", unaccent(text), unaccent(SQL("%s", f"%{word}%"))) for word in others]
        return SQL(
            "(SELECT document.id FROM %s WHERE document.id IN %s AND %s)",
            self._get_text_table(),
            found,
            SQL(" AND ").join(conditions),
        )

    @api.model
    def _get_text_sql(self):
        """Hook: all texts of a `document` as one."""
        fields_searched = self._get_text_search_fields()
        self.flush_model(fields_searched)
        columns = [SQL("document.%s", SQL.identifier(field)) for field in fields_searched]
        return SQL("CONCAT_WS(' ', %s)", SQL(", ").join(columns))

    @api.model
    def _get_text_table(self):
        """Hook: where the texts of `_get_text_sql` stand."""
        return SQL("%s document", SQL.identifier(self._table))

    @api.model
    def _select_by_word(self, word):
        """The ids of all records with a word, as SQL."""
        return SQL("(%s)", SQL(" UNION ALL ").join(self._get_selects_by_word(word)))

    @api.model
    def _get_selects_by_word(self, word):
        """Hook: one query for each column."""
        # sudo: only ids, for a search that asks itself which of them the reader may see
        records = self.sudo().with_context(active_test=False)
        return [records._search([(field, "ilike", word)]).select() for field in self._get_text_search_fields()]

    @api.model
    def _select_by_phone(self, digits):
        return SQL("(%s)", SQL(" UNION ALL ").join(self._get_selects_by_phone(digits)))

    @api.model
    def _get_selects_by_phone(self, digits):
        """Hook: by the very expression that Odoo has an index on."""
        self.flush_model(["phone"])
        number = SQL("regexp_replace((phone::text), %s::text, ''::text, 'g'::text)", PHONE_REGEX_PATTERN)
        return [
            SQL(
                "SELECT id FROM %s WHERE phone IS NOT NULL AND %s LIKE %s",
                SQL.identifier(self._table),
                number,
                f"%{digits}%",
            )
        ]
