import logging

from odoo import api, models
from odoo.tools import SQL, email_normalize

from .mail_headers import is_automatic
from .mail_lookups import MailLookups

_logger = logging.getLogger(__name__)


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def message_process(
        self, model, message, custom_values=None, save_original=False, strip_attachments=False, thread_id=None
    ):
        """What is looked up for one message is looked up once."""
        thread = self.with_context(**{MailLookups.KEY: MailLookups()})
        return super(MailThread, thread).message_process(
            model, message, custom_values, save_original, strip_attachments, thread_id
        )

    @api.model
    def message_route(self, message, message_dict, model=None, thread_id=None, custom_values=None):
        """Where messages for the service desk go: programs open no ticket, and a number in the subject finds its one.

        Automatic replies to an existing ticket are kept for reading, and wake nobody.
        """
        routes = super().message_route(message, message_dict, model, thread_id, custom_values)
        if not any(route[0] == "service.ticket" for route in routes):
            return routes
        Ticket = self.env["service.ticket"]
        routes = [Ticket._route_by_number(route, message_dict) for route in routes]
        if not is_automatic(message):
            return routes
        kept = [route for route in routes if route[0] != "service.ticket" or route[1]]
        if len(kept) < len(routes):
            _logger.info("Automatic message %s opens no ticket", message_dict.get("message_id"))
        if any(route[0] == "service.ticket" for route in kept):
            message_dict["message_type"] = "out_of_office"
        return kept

    @api.model
    def _routing_reset_bounce(self, email_message, message_dict):
        """Few addresses have ever bounced: one question over all tables instead of a search in each of them."""
        address = email_normalize(message_dict["email_from"])
        if not address or not self._has_bounced(address):
            return None
        return super()._routing_reset_bounce(email_message, message_dict)

    @api.model
    def _has_bounced(self, address):
        blacklist = self.env.registry["mail.thread.blacklist"]
        models = [model for model in self.env.values() if isinstance(model, blacklist) and model._auto]
        for model in models:
            model.flush_model(["email_normalized", "message_bounce"])
        found = [
            SQL("EXISTS (SELECT FROM %s WHERE email_normalized = %s AND message_bounce > 0)", table, address)
            for table in (SQL.identifier(model._table) for model in models)
        ]
        return bool(found) and self.env.execute_query(SQL("SELECT %s", SQL(" OR ").join(found)))[0][0]

    def _message_compute_real_author(self, author_id):
        """Odoo asks several times for each message whether its author is a person."""
        lookups = MailLookups.of(self.env)
        if lookups is None:
            return super()._message_compute_real_author(author_id)
        find = super()._message_compute_real_author
        found = lookups.once(("author", self.env.uid, author_id), lambda: find(author_id).ids)
        return self.env["res.partner"].browse(found)
