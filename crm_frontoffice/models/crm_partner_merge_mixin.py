from odoo import api, models
from odoo.tools import SQL


class CrmPartnerMergeMixin(models.AbstractModel):
    """For tables in which a partner may stand only once per something: what happens to their rows in a merge.

    Odoo's merge moves the rows of a table in one statement; when one of them breaks a unique or check constraint, it
    deletes *all* rows of the merged partners. A model with such a constraint inherits this one and says below which
    rows say the same; its rows have been moved before Odoo looks at the table.
    """

    _name = "crm.partner.merge.mixin"
    _description = "Rows That Survive a Merge of Partners"

    # One entry per unique index with partner columns: its columns, or SQL expressions over them. A row in which one of
    # them is NULL clashes with none, as in PostgreSQL: write COALESCE where the index has it, and the condition of a
    # partial index as "CASE WHEN active THEN true END". Rows in which two partners become one are dropped.
    _partner_merge_keys = ()
    # Of rows that say the same the first in this order stays: "date DESC, id DESC" for "the newest decision counts".
    _partner_merge_order = "id"

    @api.model
    def _premerge_partners(self, source_ids, target_id):
        """Move this table's rows from merged partners to the one that stays; override for rules of another kind.

        Runs before Odoo's own update of foreign keys, with raw SQL and for the whole system, whoever merges.

        :param source_ids: list of the partners that go
        """
        self.flush_model()
        for key in self._partner_merge_keys:
            columns = [name for name in key if self._is_partner_column(name)]
            fates = self.env.execute_query(self._select_fates(key, columns, source_ids, target_id))
            clashing = [(row_id, kept_id) for row_id, kept_id in fates if row_id != kept_id]
            self._absorb_rows([pair for pair in clashing if pair[1]])
            if clashing:
                ids = [row_id for row_id, _kept_id in clashing]
                self.env.cr.execute(SQL("DELETE FROM %s WHERE id = ANY(%s)", SQL.identifier(self._table), ids))
            self._move_rows(columns, source_ids, target_id)
        self.invalidate_model()

    @api.model
    def _absorb_rows(self, pairs):
        """Hook: rows that say the same as another are about to go; what hangs on them goes over to that other.

        :param pairs: list of (id of the row that goes, id of the row that stays)
        """
        wizard = self.env["base.partner.merge.automatic.wizard"]
        for row_id, kept_id in pairs:
            row, kept = self.browse(row_id), self.browse(kept_id)
            wizard._update_foreign_keys_generic(self._name, row, kept)
            if "message_ids" in self._fields:
                wizard._update_reference_fields_generic(self._name, row, kept)

    @api.model
    def _is_partner_column(self, name):
        field = self._fields.get(name)
        return field is not None and field.type == "many2one" and field.comodel_name == "res.partner"

    @api.model
    def _select_fates(self, key, columns, source_ids, target_id):
        """Of each row of these partners its id and that of the row which says the same and stays; NULL for none."""
        after = SQL(", ").join(
            SQL("%s AS key_%s", self._sql_after(name, source_ids, target_id), SQL(str(place)))
            if name in columns
            else SQL("%s AS key_%s", SQL(name), SQL(str(place)))
            for place, name in enumerate(key)
        )
        keys = [SQL("key_%s", SQL(str(place))) for place in range(len(key))]
        partners = [keys[place] for place, name in enumerate(key) if name in columns]
        concerned = SQL(" OR ").join(
            SQL("%s = ANY(%s)", SQL.identifier(name), [*source_ids, target_id]) for name in columns
        )
        collapsed = SQL(" OR ").join(
            SQL("%s = %s", first, second) for place, first in enumerate(partners) for second in partners[place + 1 :]
        )
        return SQL(
            """SELECT id, CASE WHEN %s THEN NULL WHEN %s THEN id
                               ELSE first_value(id) OVER (PARTITION BY %s ORDER BY place) END
                 FROM (SELECT id, row_number() OVER (ORDER BY %s) AS place, %s FROM %s WHERE %s) AS moved""",
            collapsed if len(partners) > 1 else SQL("false"),
            SQL(" OR ").join(SQL("%s IS NULL", column) for column in keys),
            SQL(", ").join(keys),
            SQL(self._partner_merge_order),
            after,
            SQL.identifier(self._table),
            concerned,
        )

    @api.model
    def _sql_after(self, name, source_ids, target_id):
        column = SQL.identifier(name)
        return SQL("CASE WHEN %s = ANY(%s) THEN %s ELSE %s END", column, list(source_ids), target_id, column)

    @api.model
    def _move_rows(self, columns, source_ids, target_id):
        """All partner columns in one statement: between two of them a row could look like another one."""
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s WHERE %s",
                SQL.identifier(self._table),
                SQL(", ").join(
                    SQL("%s = %s", SQL.identifier(name), self._sql_after(name, source_ids, target_id))
                    for name in columns
                ),
                SQL(" OR ").join(SQL("%s = ANY(%s)", SQL.identifier(name), list(source_ids)) for name in columns),
            )
        )
