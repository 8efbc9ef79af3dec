from odoo import fields, models
from odoo.tools import SQL

SAMPLE = 20


class CrmSegmentPreview(models.TransientModel):
    """Who would belong to a segment if it were refreshed now, counted in one query; nothing is written."""

    _name = "crm.segment.preview"
    _description = "Preview of a Segment"
    _rec_name = "segment_id"

    segment_id = fields.Many2one("crm.segment", required=True, readonly=True, ondelete="cascade")
    count = fields.Integer("Would Belong", readonly=True)
    entering_count = fields.Integer("Would Enter", readonly=True)
    leaving_count = fields.Integer("Would Leave", readonly=True)
    email_count = fields.Integer("With E-mail", readonly=True)
    phone_count = fields.Integer("With Phone", readonly=True)
    sample_ids = fields.Many2many("res.partner", string="Some of Them", readonly=True)

    def _measure(self):
        self.ensure_one()
        segment = self.segment_id
        [row] = self.env.execute_query_dict(
            SQL(
                """WITH %(everybody)s,
                        wanted AS MATERIALIZED (SELECT id FROM %(wanted)s AS wanted(id)),
                        present AS MATERIALIZED (
                            SELECT partner_id FROM crm_segment_member
                             WHERE segment_id = %(segment)s AND date_left IS NULL)
                   SELECT COUNT(partner.id) AS count,
                          COUNT(*) FILTER (WHERE present.partner_id IS NULL) AS entering_count,
                          COUNT(*) FILTER (WHERE wanted.id IS NULL) AS leaving_count,
                          COUNT(partner.email_normalized) AS email_count, COUNT(partner.phone_sanitized) AS phone_count,
                          (SELECT array_agg(id) FROM (
                              SELECT id FROM wanted ORDER BY md5(id::text) LIMIT %(sample)s) AS chosen) AS sample
                     FROM wanted FULL JOIN present ON present.partner_id = wanted.id
                     LEFT JOIN res_partner partner ON partner.id = wanted.id""",
                everybody=segment._with_everybody(),
                wanted=segment._select_wanted(),
                segment=segment.id,
                sample=SAMPLE,
            )
        )
        readable = self.env["res.partner"].browse(row.pop("sample") or [])._filtered_access("read")
        self.write({**row, "sample_ids": [(6, 0, readable.ids)]})
