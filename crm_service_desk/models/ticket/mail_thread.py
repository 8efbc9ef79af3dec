import logging

from odoo import api, models

from .mail_headers import is_automatic

_logger = logging.getLogger(__name__)


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def message_process(
        self, model, message, custom_values=None, save_original=False, strip_attachments=False, thread_id=None
    ):
        """What is looked up for one message is looked up once."""
        thread = self.with_context(service_known_aliases={})
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
