import json

from odoo import api, models
from odoo.tools import SQL


class CrmMatchSnapshot(models.AbstractModel):
    """What a merge of partners is about to move, so that it can be moved back: ids only, unless rows may be deleted.

    Works on tables, as Odoo's merge does: foreign keys to partners, pairs of model and id, and reference texts.
    """

    _name = "crm.match.snapshot"
    _description = "Snapshot of a Merge"

    # Derived from the partners, and made anew.
    _SKIPPED = frozenset({"crm_match_key", "crm_match_merge"})

    # ---- taking

    @api.model
    def _take(self, source_ids, target_id):
        """A dict that `_restore` understands."""
        self.env.flush_all()
        unique = self._get_unique_tables()
        snapshot = {
            "target": target_id,
            "sources": list(source_ids),
            "partners": self._read_rows("res_partner", "id", source_ids),
            "target_before": self._read_rows("res_partner", "id", [target_id])[0],
            "columns": [],
            "rows": [],
            "links": [],
            "pairs": self._take_pairs(source_ids),
            "pictures": self._take_pictures(source_ids),
            "pictures_before": self._take_pictures([target_id]),
            "texts": self._take_texts(source_ids),
            "by_company": self._take_by_company(source_ids),
        }
        for table, column, columns in self._get_foreign_keys():
            if "id" not in columns:
                snapshot["links"] += self._take_links(table, column, columns, source_ids, target_id)
                continue
            if table in unique:
                # Rows that say the same as another are deleted; of our tables it may be the one of the target.
                ids = [*source_ids, target_id] if table in self._get_our_tables() else source_ids
                if rows := self._read_rows(table, column, ids):
                    snapshot["rows"].append([table, column, rows])
            elif ids := self._read_ids(table, column, source_ids):
                snapshot["columns"].append([table, column, ids])
        return snapshot

    @api.model
    def _take_after(self, target_id):
        """What the merge made of the target, to be added to the snapshot."""
        return {
            "target_after": self._read_rows("res_partner", "id", [target_id])[0],
            "pictures_after": self._take_pictures([target_id]),
        }

    @api.model
    def _get_foreign_keys(self):
        """Table, column and all columns of each foreign key to partners."""
        wizard = self.env["base.partner.merge.automatic.wizard"]
        keys = [key for key in wizard._get_fk_on("res_partner") if "base_partner_merge_" not in key[0]]
        columns = dict(
            self.env.execute_query(
                SQL(
                    """SELECT cls.relname, array_agg(att.attname::text ORDER BY att.attnum)
                         FROM pg_class cls JOIN pg_attribute att ON att.attrelid = cls.oid
                        WHERE cls.relnamespace = current_schema::regnamespace AND cls.relname = ANY(%s)
                          AND att.attnum > 0 AND NOT att.attisdropped
                        GROUP BY cls.relname""",
                    [table for table, _column in keys],
                )
            )
        )
        return [(table, column, columns[table]) for table, column in keys if table not in self._SKIPPED]

    @api.model
    def _get_unique_tables(self):
        """Tables of which a merge may delete rows: those with a unique index or a check besides the id's."""
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT cls.relname FROM pg_class cls
                     JOIN pg_constraint con ON con.conrelid = cls.oid AND con.contype = 'f'
                          AND con.confrelid = 'res_partner'::regclass
                    WHERE cls.relnamespace = current_schema::regnamespace AND cls.relname <> 'res_partner' AND (
                          EXISTS (SELECT FROM pg_index idx WHERE idx.indrelid = cls.oid AND idx.indisunique
                                     AND NOT idx.indisprimary
                                     AND (con.conkey[1] = ANY(idx.indkey) OR idx.indexprs IS NOT NULL))
                       OR EXISTS (SELECT FROM pg_constraint chk WHERE chk.conrelid = cls.oid AND chk.contype = 'c'
                                     AND con.conkey[1] = ANY(chk.conkey)))"""
            )
        )
        return {row[0] for row in rows} | {"mail_followers"}

    @api.model
    def _get_our_tables(self):
        return {model._table for model in self.env["base.partner.merge.automatic.wizard"]._get_premerged_models()}

    @api.model
    def _read_rows(self, table, column, ids):
        query = "SELECT to_jsonb(found) FROM %s found WHERE %s = ANY(%s) ORDER BY id"
        rows = self.env.execute_query(SQL(query, SQL.identifier(table), SQL.identifier(column), list(ids)))
        return [row[0] for row in rows]

    @api.model
    def _read_ids(self, table, column, ids, where=None):
        """The ids of the rows per value of the column, as pairs."""
        return self.env.execute_query(
            SQL(
                "SELECT %s, array_agg(id ORDER BY id) FROM %s WHERE %s = ANY(%s) AND %s GROUP BY 1",
                SQL.identifier(column),
                SQL.identifier(table),
                SQL.identifier(column),
                list(ids),
                where or SQL("true"),
            )
        )

    @api.model
    def _take_links(self, table, column, columns, source_ids, target_id):
        """Rows of a relation table, and whether the target had the same link before."""
        [other] = [name for name in columns if name != column] if len(columns) == 2 else [None]
        if other is None:
            return []
        rows = self.env.execute_query(
            SQL(
                """SELECT moved.%(column)s, moved.%(other)s, EXISTS (
                          SELECT FROM %(table)s kept WHERE kept.%(column)s = %(target)s
                             AND kept.%(other)s = moved.%(other)s)
                     FROM %(table)s moved WHERE moved.%(column)s = ANY(%(sources)s)""",
                table=SQL.identifier(table),
                column=SQL.identifier(column),
                other=SQL.identifier(other),
                sources=list(source_ids),
                target=target_id,
            )
        )
        return [[table, column, other, rows]] if rows else []

    @api.model
    def _take_pairs(self, source_ids):
        """Rows that name a partner by model and id: of followers whole rows, of the rest the ids."""
        pairs = []
        for field in self.env["base.partner.merge.automatic.wizard"]._get_reference_fields():
            table = self.env[field.model_name]._table
            where = SQL("%s = 'res.partner'", SQL.identifier(field.model_field))
            if table == "ir_attachment":
                where = SQL("%s AND res_field IS NULL", where)
            if table not in self._SKIPPED and (ids := self._read_ids(table, field.name, source_ids, where)):
                pairs.append([table, field.name, ids, []])
        # Followers name the document by a plain number.
        if followers := self._read_ids("mail_followers", "res_id", source_ids, SQL("res_model = 'res.partner'")):
            ids = [row_id for _source, row_ids in followers for row_id in row_ids]
            pairs.append(["mail_followers", "res_id", followers, self._read_rows("mail_followers", "id", ids)])
        return pairs

    @api.model
    def _take_pictures(self, source_ids):
        where = SQL("res_model = 'res.partner' AND res_field IS NOT NULL")
        return self._read_ids("ir_attachment", "res_id", source_ids, where)

    @api.model
    def _take_texts(self, source_ids):
        """Reference fields, which hold texts such as "res.partner,7"."""
        texts = [f"res.partner,{source_id}" for source_id in source_ids]
        found = []
        for model in self.env.registry.values():
            if not model._auto or model._abstract or model._transient:
                continue
            for field in model._fields.values():
                is_text = field.type == "reference" and field.store and field.compute is None
                if is_text and (ids := self._read_ids(model._table, field.name, texts)):
                    found.append([model._table, field.name, ids])
        return found

    @api.model
    def _take_by_company(self, source_ids):
        """Links to partners that differ by company, which are JSON columns."""
        found = []
        for field in self.env.registry.many2one_company_dependents["res.partner"]:
            table = self.env[field.model_name]._table
            rows = self.env.execute_query(
                SQL(
                    """SELECT id, %(column)s FROM %(table)s WHERE %(column)s IS NOT NULL AND EXISTS (
                           SELECT FROM jsonb_each_text(%(column)s) WHERE value::int = ANY(%(sources)s))""",
                    table=SQL.identifier(table),
                    column=SQL.identifier(field.name),
                    sources=list(source_ids),
                )
            )
            if rows:
                found.append([table, field.name, rows])
        return found

    # ---- restoring

    @api.model
    def _restore(self, snapshot, log):
        """Bring the merged partners back under their old ids, and what they had."""
        target = snapshot["target"]
        self._insert_rows("res_partner", snapshot["partners"])
        self._restore_target(snapshot)
        for table, column, ids in snapshot["columns"]:
            self._move_back(table, column, ids, target)
        for table, column, rows in snapshot["rows"]:
            self._restore_rows(table, column, rows)
        for table, column, other, rows in snapshot["links"]:
            self._restore_links(table, column, other, rows, target)
        for table, column, ids, deleted in snapshot["pairs"]:
            self._move_back(table, column, ids, target)
            self._insert_rows(table, deleted)
        for table, column, ids in snapshot["texts"]:
            self._move_back(table, column, ids, f"res.partner,{target}")
        self._restore_by_company(snapshot["by_company"])
        self._restore_pictures(snapshot, log)
        self.env.invalidate_all(flush=False)
        for model in self.env["base.partner.merge.automatic.wizard"]._get_premerged_models():
            if hasattr(model, "_part_partners"):
                rows = [row for table, _column, found in snapshot["rows"] if table == model._table for row in found]
                model._part_partners(snapshot["sources"], target, log.create_date, rows)
        self._derive(snapshot)

    @api.model
    def _restore_by_company(self, found):
        for table, column, rows in found:
            for row_id, value in rows:
                query = "UPDATE %s SET %s = %s::jsonb WHERE id = %s"
                names = SQL.identifier(table), SQL.identifier(column)
                self.env.cr.execute(SQL(query, *names, json.dumps(value), row_id))

    @api.model
    def _restore_pictures(self, snapshot, log):
        for source_id, row_ids in snapshot["pictures"]:
            self.env.cr.execute(
                SQL(
                    "UPDATE ir_attachment SET res_model = 'res.partner', res_id = %s"
                    " WHERE id = ANY(%s) AND res_model = %s AND res_id = %s",
                    source_id,
                    row_ids,
                    log._name,
                    log.id,
                )
            )
        before = {row_id for _target, ids in snapshot["pictures_before"] for row_id in ids}
        copied = {row_id for _target, ids in snapshot["pictures_after"] for row_id in ids} - before
        self.env["ir.attachment"].browse(copied).exists().unlink()

    @api.model
    def _derive(self, snapshot):
        partners = self.env["res.partner"].browse([*snapshot["sources"], snapshot["target"]])
        self.env["base.partner.merge.automatic.wizard"]._refresh_commercial_partners(partners)
        self.env["crm.match.key"]._refresh(partners)
        self.env["crm.match.candidate"]._group(partners.ids)

    @api.model
    def _move_back(self, table, column, ids, current):
        """Rows that somebody gave to a third one since stay there.

        :param ids: pairs of the value that the column had and the ids of its rows
        """
        for previous, row_ids in ids:
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s WHERE id = ANY(%s) AND %s = %s",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    previous,
                    row_ids,
                    SQL.identifier(column),
                    current,
                )
            )

    @api.model
    def _get_columns(self, table):
        rows = self.env.execute_query(
            SQL(
                """SELECT attname::text FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0
                      AND NOT attisdropped AND attgenerated = ''""",
                table,
            )
        )
        return [row[0] for row in rows]

    @api.model
    def _insert_rows(self, table, rows):
        """Rows as they were, those excepted that are there; columns that came later get their default."""
        if not rows:
            return
        columns = SQL(", ").join(SQL.identifier(name) for name in self._get_columns(table) if name in rows[0])
        conflict = SQL("") if table == "res_partner" else SQL("ON CONFLICT DO NOTHING")
        self.env.cr.execute(
            SQL(
                "INSERT INTO %(table)s (%(columns)s) SELECT %(columns)s"
                " FROM jsonb_populate_recordset(NULL::%(table)s, %(rows)s::jsonb) %(conflict)s",
                table=SQL.identifier(table),
                columns=columns,
                rows=json.dumps(rows),
                conflict=conflict,
            )
        )

    @api.model
    def _restore_rows(self, table, column, rows):
        """Rows of a table with unique indexes: they get their partners back, the deleted ones come back."""
        self.env.cr.execute(
            SQL(
                """UPDATE %(table)s row SET %(column)s = given.%(column)s
                     FROM jsonb_populate_recordset(NULL::%(table)s, %(rows)s::jsonb) given
                    WHERE row.id = given.id AND row.%(column)s IS DISTINCT FROM given.%(column)s""",
                table=SQL.identifier(table),
                column=SQL.identifier(column),
                rows=json.dumps(rows),
            )
        )
        self._insert_rows(table, rows)

    @api.model
    def _restore_links(self, table, column, other, rows, target):
        names = {
            "table": SQL.identifier(table),
            "column": SQL.identifier(column),
            "other": SQL.identifier(other),
        }
        self.env.cr.execute(
            SQL(
                """INSERT INTO %(table)s (%(column)s, %(other)s)
                   SELECT * FROM unnest(%(partners)s::int[], %(others)s::int[]) ON CONFLICT DO NOTHING""",
                **names,
                partners=[row[0] for row in rows],
                others=[row[1] for row in rows],
            )
        )
        self.env.cr.execute(
            SQL(
                "DELETE FROM %(table)s WHERE %(column)s = %(target)s AND %(other)s = ANY(%(others)s)",
                **names,
                target=target,
                others=[row[1] for row in rows if not row[2]],
            )
        )

    @api.model
    def _restore_target(self, snapshot):
        """The values that the merge gave to the target and nobody changed since."""
        before, after = snapshot["target_before"], snapshot["target_after"]
        [now] = self._read_rows("res_partner", "id", [snapshot["target"]])
        columns = [
            name
            for name in self._get_columns("res_partner")
            if name in before and before[name] != after.get(name) and now[name] == after.get(name)
        ]
        if not columns:
            return
        self.env.cr.execute(
            SQL(
                """UPDATE res_partner partner SET %s FROM jsonb_populate_record(NULL::res_partner, %s::jsonb) given
                    WHERE partner.id = given.id""",
                SQL(", ").join(SQL("%s = given.%s", SQL.identifier(name), SQL.identifier(name)) for name in columns),
                json.dumps(before),
            )
        )
