from odoo import api, models
from odoo.tools import SQL

# What a status says about the customer. An SMS is "pending" once it has left and "sent" once it was delivered.
EVENTS_BY_STATUS = {
    "pending": "campaign_sent",
    "sent": "campaign_sent",
    "open": "campaign_opened",
    "reply": "campaign_answered",
    "bounce": "campaign_bounced",
}


class MailingTrace(models.Model):
    _inherit = "mailing.trace"

    # Answers and bounces name the message, and Odoo looks for it among all traces that there ever were.
    _event_message_idx = models.Index("(message_id) WHERE message_id IS NOT NULL")

    @api.model_create_multi
    def create(self, vals_list):
        traces = super().create(vals_list)
        for status in {vals.get("trace_status") for vals in vals_list} & EVENTS_BY_STATUS.keys():
            traces.filtered(lambda trace, status=status: trace.trace_status == status)._log_status(status)
        return traces

    def write(self, vals):
        """All of Odoo's ways to note what became of a mailing write here: servers, web pages, mail gateway, SMS."""
        status = vals.get("trace_status")
        changed = self.browse()
        if status in EVENTS_BY_STATUS:
            changed = self.filtered(lambda trace: trace.trace_status != status)
        result = super().write(vals)
        if changed:
            changed._log_status(status)
        return result

    def _log_status(self, status):
        """Tell once for each trace that it reached a status."""
        code = EVENTS_BY_STATUS[status]
        vals_list = [
            {**values, "code": code, "dedupe_key": f"{code}:mailing.trace:{trace.id}"}
            for trace, values in self._prepare_customer_values().items()
        ]
        if vals_list:
            self.env["crm.event"]._append(vals_list)

    def _prepare_customer_values(self):
        """What the event log says about these traces, for those that went to a customer; tests went to nobody.

        :return: dict of column values by trace
        """
        values_by_trace = {}
        # sudo: the event is the system's record; whoever opens a mail or runs the mail gateway may not read traces
        real = self.sudo().filtered(lambda trace: not trace.is_test_trace)
        for model, traces in real.grouped("model").items():
            if model not in self.env:
                continue
            documents = real.env[model].browse(traces.mapped("res_id")).exists()
            by_id = {document.id: document for document in documents}
            partners = self._find_partners(model, traces, by_id)
            for trace in traces:
                if partner := partners.get(trace.id):
                    values_by_trace[trace] = trace._prepare_event(partner, by_id.get(trace.res_id))
        return values_by_trace

    @api.model
    def _find_partners(self, model, traces, documents):
        """The customers of traces by their ids: those of the documents, else by address; a few queries for all."""
        if not documents:
            return {}
        first = next(iter(documents.values()))
        found = {}
        if hasattr(first, "_mail_get_partners"):
            by_document = first.browse(documents)._mail_get_partners()
            # A slice would read its partner alone.
            found = {trace.id: next(iter(by_document.get(trace.res_id) or ()), None) for trace in traces}
        others = traces.filtered(lambda trace: not found.get(trace.id) and trace.email and trace.res_id in documents)
        by_address = self.env["res.partner"]._find_by_address(set(others.mapped("email")))
        return found | {trace.id: by_address.get(trace.email) for trace in others}

    def _prepare_event(self, partner, document):
        mailing = self.mass_mailing_id
        is_told = hasattr(document, "_log_event")
        return {
            "res_model": document._name if is_told else "res.partner",
            "res_id": document.id if is_told else partner.id,
            "partner_id": partner.id,
            "commercial_partner_id": partner.commercial_partner_id.id,
            "company_id": partner.company_id.id,
            "user_id": partner.user_id.id,
            "campaign_id": mailing.campaign_id.id,
            "medium_id": mailing.medium_id.id,
            "source_id": mailing.source_id.id,
            "payload": {"subject": mailing.subject, "mailing_id": mailing.id, "trace_id": self.id},
        }

    # ---- the same as SQL, for the back-fill

    @api.model
    def _get_event_columns(self, code):
        return {
            "res_model": SQL("CASE WHEN deal.id IS NOT NULL THEN 'crm.lead' ELSE 'res.partner' END"),
            "res_id": SQL("COALESCE(deal.id, partner.id)"),
            "partner_id": SQL("partner.id"),
            "commercial_partner_id": SQL("partner.commercial_partner_id"),
            "company_id": SQL("partner.company_id"),
            "user_id": SQL("partner.user_id"),
            "campaign_id": SQL("mailing.campaign_id"),
            "medium_id": SQL("mailing.medium_id"),
            "source_id": SQL("mailing.source_id"),
            "dedupe_key": SQL("%s || trace.id", f"{code}:mailing.trace:"),
            "payload": SQL(
                """jsonb_build_object(
                       'subject', mailing.subject, 'mailing_id', mailing.id, 'trace_id', trace.id)"""
            ),
        }

    @api.model
    def _get_event_tables(self):
        return SQL(
            """mailing_trace trace
               JOIN mailing_mailing mailing ON mailing.id = trace.mass_mailing_id
               LEFT JOIN crm_lead deal ON trace.model = 'crm.lead' AND deal.id = trace.res_id
               LEFT JOIN sale_order quotation ON trace.model = 'sale.order' AND quotation.id = trace.res_id
               LEFT JOIN LATERAL (
                    SELECT MIN(person.id) AS id FROM res_partner person
                     WHERE trace.model <> 'res.partner' AND person.email_normalized = trace.email AND person.active
               ) addressed ON true
               JOIN res_partner partner ON partner.id = COALESCE(
                    CASE WHEN trace.model = 'res.partner' THEN trace.res_id END,
                    deal.partner_id, quotation.partner_id, addressed.id)"""
        )
