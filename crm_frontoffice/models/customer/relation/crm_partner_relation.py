from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL


class CrmPartnerRelation(models.Model):
    """Two partners and what they are to each other, from when to when."""

    _name = "crm.partner.relation"
    _description = "Relation between Partners"
    _order = "date_to DESC NULLS FIRST, date_from DESC NULLS LAST, id DESC"

    type_id = fields.Many2one("crm.relation.type", "Kind", required=True, index=True, ondelete="restrict")
    first_partner_id = fields.Many2one("res.partner", "First", required=True, index=True, ondelete="cascade")
    second_partner_id = fields.Many2one("res.partner", "Second", required=True, index=True, ondelete="cascade")
    date_from = fields.Date("Since")
    date_to = fields.Date("Until", help="The last day; empty while it lasts.")
    note = fields.Char()

    _open_unique = models.UniqueIndex(
        "(type_id, first_partner_id, second_partner_id) WHERE date_to IS NULL", "This relation is known already."
    )
    _period_check = models.Constraint("CHECK (date_to >= date_from)", "A relation ends after it has begun.")

    @api.depends("type_id", "first_partner_id", "second_partner_id")
    def _compute_display_name(self):
        for relation in self:
            relation.display_name = " ".join(
                filter(
                    None,
                    (
                        relation.first_partner_id.display_name,
                        relation.type_id.name,
                        relation.second_partner_id.display_name,
                    ),
                )
            )

    @api.constrains("type_id", "first_partner_id", "second_partner_id")
    def _check_sides(self):
        """The sides differ, and each is a person or a company where the kind of relation says so."""
        wrong = self.filtered(lambda relation: not relation._fits())
        if wrong:
            names = "\n".join(wrong.mapped("display_name"))
            raise ValidationError(
                self.env._(
                    "These relations cannot be: nobody is related to himself, and some kinds of relations are only for "
                    "persons or only for companies.\n%(names)s",
                    names=names,
                )
            )

    def _fits(self):
        self.ensure_one()
        kinds = ((self.type_id.first_kind, self.first_partner_id), (self.type_id.second_kind, self.second_partner_id))
        return self.first_partner_id != self.second_partner_id and all(
            not kind or partner.is_company == (kind == "company") for kind, partner in kinds
        )

    @api.model_create_multi
    def create(self, vals_list):
        relations = super().create(vals_list)
        relations._order_symmetric()
        self._forget_sides()
        return relations

    def write(self, vals):
        result = super().write(vals)
        if {"type_id", "first_partner_id", "second_partner_id"} & vals.keys():
            self._order_symmetric()
        self._forget_sides()
        return result

    def unlink(self):
        result = super().unlink()
        self._forget_sides()
        return result

    @api.model
    def _forget_sides(self):
        """The sides are read from this table by the database: what was read before is stale."""
        self.env["crm.partner.relation.side"].invalidate_model()
        self.env["res.partner"].invalidate_model(["relation_ids"])

    @api.model
    def _premerge_partners(self, source_ids, target_id):
        """After a merge of partners each relation stands once, since its earliest day; none is with oneself."""
        merged = set(source_ids) | {target_id}
        relations = self.search(
            ["|", ("first_partner_id", "in", list(merged)), ("second_partner_id", "in", list(merged))],
            order="date_from NULLS FIRST, id",
        )
        kept = {}
        for relation in relations:
            sides = [target_id if side.id in merged else side.id for side in relation._get_sides()]
            if relation.type_id.is_symmetric:
                sides.sort()
            # What has ended may stand there twice, with different days.
            key = (relation.type_id.id, *sides, relation.date_to and relation.id)
            if sides[0] != sides[1]:
                kept.setdefault(key, relation)
        (relations - self.concat(*kept.values())).unlink()
        for (_type_id, first_id, second_id, _ended), relation in kept.items():
            # Not by `write`: a relation that does not fit the merged partner any more is for people to mend.
            self.env.cr.execute(
                SQL(
                    "UPDATE crm_partner_relation SET first_partner_id = %s, second_partner_id = %s WHERE id = %s",
                    first_id,
                    second_id,
                    relation.id,
                )
            )
        self.invalidate_model()
        self._forget_sides()

    def _get_sides(self):
        return self.first_partner_id, self.second_partner_id

    def _order_symmetric(self):
        """A relation that is the same from both sides is kept one way round: so the database sees when it is double."""
        for relation in self:
            if relation.type_id.is_symmetric and relation.first_partner_id.id > relation.second_partner_id.id:
                relation.write(
                    {
                        "first_partner_id": relation.second_partner_id.id,
                        "second_partner_id": relation.first_partner_id.id,
                    }
                )
