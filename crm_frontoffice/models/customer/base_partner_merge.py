from psycopg2 import IntegrityError

from odoo import api, models
from odoo.tools import SQL, mute_logger

from ...contexts import INSIDE

# What Odoo's merge moves by itself, by model and id.
MOVED_BY_ODOO = {"ir.attachment", "mail.followers", "mail.activity", "mail.message", "ir.model.data"}


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """No row may vanish in a merge, what is derived from the partner is right afterwards, and it can be undone."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge_bank_accounts(self, src_partners, dst_partner):
        """The first step of Odoo's merge: nothing has been moved yet."""
        # sudo: the log of merges is the system's
        self.env["crm.match.merge"].sudo()._begin(src_partners, dst_partner)
        return super()._merge_bank_accounts(src_partners, dst_partner)

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Odoo deletes all rows of a table in which one clashes: such tables are settled before it looks at them."""
        self.env.flush_all()
        for model in self._get_premerged_models():
            model._premerge_partners(src_partners.ids, dst_partner.id)
        self._premerge_other_tables(src_partners.ids, dst_partner.id)
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _update_reference_fields(self, src_partners, dst_partner):
        """Odoo moves the columns that point to partners; these are pairs of model and id, which it does not know."""
        result = super()._update_reference_fields(src_partners, dst_partner)
        for field in self._get_reference_fields():
            if field.model_name not in MOVED_BY_ODOO:
                self._move_references(field, src_partners.ids, dst_partner.id)
        return result

    def _update_values(self, src_partners, dst_partner):
        """The customer that stays is no duplicate of those that are about to go."""
        wizard = self.with_context(crm_queue_duplicates=INSIDE)
        return super(BasePartnerMergeAutomaticWizard, wizard)._update_values(
            src_partners.with_env(wizard.env), dst_partner.with_env(wizard.env)
        )

    def _log_merge_operation(self, src_partners, dst_partner):
        """All values are final here, and the merged partners are still there."""
        result = super()._log_merge_operation(src_partners, dst_partner)
        self._refresh_commercial_partners(dst_partner)
        dst_partner._refresh_match_keys()
        # sudo: the queue of duplicates and the log of merges are the system's
        system = self.sudo().env
        system["crm.match.candidate"]._group(dst_partner.ids)
        system["crm.match.merge"]._finish(src_partners, dst_partner)
        return result

    # ---- tables with unique indexes

    @api.model
    def _get_premerged_models(self):
        return [
            self.env[name].sudo()  # sudo: every row of the merged partners is concerned, whoever may see it
            for name, model in self.env.registry.items()
            if hasattr(model, "_premerge_partners") and not model._abstract
        ]

    @api.model
    def _premerge_other_tables(self, source_ids, target_id):
        """Rows of other addons' unique tables, such as followers: those that clash with none go over."""
        done = {model._table for model in self._get_premerged_models()}
        for table, column, others in self._get_unique_partner_columns():
            if table in done or "base_partner_merge_" in table:
                continue
            try:
                with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                    self._move_free_rows(table, column, others, source_ids, target_id)
            except IntegrityError:
                continue  # another constraint of that table: as in stock Odoo

    @api.model
    def _get_unique_partner_columns(self):
        """Of each plain unique index with one column that points to partners: table, that column, the others."""
        return self.env.execute_query(
            SQL(
                """SELECT cls.relname, partner.attname, array_agg(att.attname::text)
                     FROM pg_index idx
                     JOIN pg_class cls ON cls.oid = idx.indrelid AND cls.relnamespace = current_schema::regnamespace
                     JOIN pg_constraint con ON con.conrelid = cls.oid AND con.contype = 'f'
                          AND con.confrelid = 'res_partner'::regclass AND array_length(con.conkey, 1) = 1
                     JOIN pg_attribute partner ON partner.attrelid = cls.oid AND partner.attnum = con.conkey[1]
                     JOIN pg_attribute att ON att.attrelid = cls.oid AND att.attnum = ANY(idx.indkey)
                                          AND att.attnum <> partner.attnum
                    WHERE idx.indisunique AND idx.indexprs IS NULL AND idx.indpred IS NULL
                      AND con.conkey[1] = ANY(idx.indkey)
                      AND EXISTS (SELECT FROM pg_attribute id WHERE id.attrelid = cls.oid AND id.attname = 'id')
                    GROUP BY idx.indexrelid, cls.relname, partner.attname"""
            )
        )

    @api.model
    def _move_free_rows(self, table, column, others, source_ids, target_id):
        same = SQL(" AND ").join(
            SQL("kept.%s = moved.%s", SQL.identifier(name), SQL.identifier(name)) for name in others
        )
        self.env.cr.execute(
            SQL(
                """UPDATE %(table)s SET %(column)s = %(target)s WHERE id IN (
                       SELECT DISTINCT ON (%(others)s) id FROM %(table)s moved
                        WHERE moved.%(column)s = ANY(%(sources)s) AND NOT EXISTS (
                              SELECT FROM %(table)s kept WHERE kept.%(column)s = %(target)s AND %(same)s)
                        ORDER BY %(others)s, id)""",
                table=SQL.identifier(table),
                column=SQL.identifier(column),
                others=SQL(", ").join(SQL("moved.%s", SQL.identifier(name)) for name in others),
                sources=list(source_ids),
                target=target_id,
                same=same,
            )
        )

    # ---- pairs of model and id

    @api.model
    def _get_reference_fields(self):
        """The stored ids whose model stands in another column, of all tables."""
        return [
            field
            for model in self.env.registry.values()
            if model._auto and not model._abstract and not model._transient
            for field in model._fields.values()
            if field.type == "many2one_reference" and field.store and self._has_stored_model(model, field)
        ]

    @api.model
    def _has_stored_model(self, model, field):
        model_field = model._fields.get(field.model_field)
        return model_field is not None and model_field.store and model_field.type in ("char", "selection")

    @api.model
    def _move_references(self, field, source_ids, target_id):
        model = self.env[field.model_name]
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                self.env.cr.execute(
                    SQL(
                        "UPDATE %s SET %s = %s WHERE %s = 'res.partner' AND %s = ANY(%s)",
                        SQL.identifier(model._table),
                        SQL.identifier(field.name),
                        target_id,
                        SQL.identifier(field.model_field),
                        SQL.identifier(field.name),
                        list(source_ids),
                    )
                )
        except IntegrityError:
            return  # a unique index of another addon
        model.invalidate_model([field.name])

    # ---- what is derived from the partner

    @api.model
    def _refresh_commercial_partners(self, partners):
        """The customer behind a contact may be another one now; Odoo moves columns without computing anything anew."""
        # sudo: consistency does not depend on what the merging user may see
        family = partners.sudo().with_context(active_test=False).search([("id", "child_of", partners.ids)]) | partners
        self.env.add_to_compute(family._fields["commercial_partner_id"], family)
        self.env.flush_all()
        for model in self._get_models_with_commercial_partner():
            self.env.cr.execute(
                SQL(
                    """UPDATE %(table)s SET commercial_partner_id = partner.commercial_partner_id
                         FROM res_partner partner
                        WHERE partner.id = %(table)s.partner_id AND partner.id = ANY(%(family)s)
                          AND %(table)s.commercial_partner_id IS DISTINCT FROM partner.commercial_partner_id""",
                    table=SQL.identifier(model._table),
                    family=family.ids,
                )
            )
            model.invalidate_model(["commercial_partner_id"])

    @api.model
    def _get_models_with_commercial_partner(self):
        """Those that keep both the contact and the customer; documents that are posted or confirmed keep theirs."""
        own = {"crm_frontoffice", "crm_service_desk", "crm_analytics"}
        for name, model in self.env.registry.items():
            field = model._fields.get("commercial_partner_id")
            contact = model._fields.get("partner_id")
            if (
                field is not None and field.store and field._module in own and model._auto and not model._abstract
                and contact is not None and contact.store and contact.comodel_name == "res.partner"
            ):  # fmt: skip
                yield self.env[name]
