from odoo import models
from odoo.tools import SQL, float_round


class MailingMailing(models.Model):
    _inherit = "mailing.mailing"

    def _compute_clicks_ratio(self):
        """Of the messages that arrived those in which a person followed a link; Odoo counts machines, too."""
        self.env["mailing.trace"].flush_model(["mass_mailing_id", "links_click_datetime", "trace_status"])
        query = SQL(
            """SELECT mass_mailing_id, 100.0 * COUNT(links_click_datetime) / COUNT(*) FROM mailing_trace
                WHERE mass_mailing_id = ANY(%s) AND trace_status NOT IN ('bounce', 'cancel', 'error') GROUP BY 1""",
            self.ids,
        )
        ratios = dict(self.env.execute_query(query))
        for mailing in self:
            mailing.clicks_ratio = float_round(float(ratios.get(mailing.id, 0)), precision_digits=2)
