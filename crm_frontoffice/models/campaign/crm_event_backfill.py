from odoo import api, models
from odoo.tools import SQL


class CrmEventBackfill(models.AbstractModel):
    _inherit = "crm.event.backfill"

    @api.model
    def _get_backfills(self):
        return {
            **super()._get_backfills(),
            "_backfill_mailings": "mailing_trace",
            "_backfill_clicks": "link_tracker_click",
            "_backfill_loyalty_cards": "loyalty_card",
        }

    @api.model
    def _get_labels(self):
        return {
            **super()._get_labels(),
            "_backfill_mailings": self.env._("Mailings"),
            "_backfill_clicks": self.env._("Clicks in mailings"),
            "_backfill_loyalty_cards": self.env._("Loyalty cards"),
        }

    @api.model
    def _backfill_mailings(self, above, up_to):
        trace = self.env["mailing.trace"]
        count = 0
        for code, date, where in (
            ("campaign_sent", SQL("trace.sent_datetime"), SQL("trace.sent_datetime IS NOT NULL")),
            ("campaign_opened", SQL("trace.open_datetime"), SQL("trace.open_datetime IS NOT NULL")),
            ("campaign_answered", SQL("trace.reply_datetime"), SQL("trace.reply_datetime IS NOT NULL")),
            ("campaign_bounced", SQL("trace.write_date"), SQL("trace.trace_status = 'bounce'")),
        ):
            columns = {**trace._get_event_columns(code), "date": date}
            tables = SQL("%s JOIN mailing_trace document ON document.id = trace.id", trace._get_event_tables())
            where = SQL("%s AND trace.is_test_trace IS NOT TRUE", where)
            count += self._fill_in(code, None, columns, tables, where, above, up_to)
        return count

    @api.model
    def _backfill_clicks(self, above, up_to):
        trace, code = self.env["mailing.trace"], "campaign_clicked"
        columns = {
            **trace._get_event_columns(code),
            "date": SQL("document.create_date"),
            "dedupe_key": SQL("%s || trace.id || ':' || document.link_id", f"{code}:mailing.trace:"),
        }
        tables = SQL(
            "%s JOIN link_tracker_click document ON document.mailing_trace_id = trace.id", trace._get_event_tables()
        )
        where = SQL("trace.is_test_trace IS NOT TRUE AND document.machine_reason IS NULL")
        return self._fill_in(code, None, columns, tables, where, above, up_to)

    @api.model
    def _backfill_loyalty_cards(self, above, up_to):
        columns = self._get_document_columns(
            date=SQL("document.create_date"), user_id=SQL("partner.user_id"), team_id=SQL("NULL")
        )
        tables = SQL("loyalty_card document JOIN res_partner partner ON partner.id = document.partner_id")
        return self._fill_in("loyalty_card_issued", "loyalty.card", columns, tables, SQL("true"), above, up_to)
