import logging

from odoo import api, models

from .mail_headers import is_automatic

_logger = logging.getLogger(__name__)


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def message_route(self, message, message_dict, model=None, thread_id=None, custom_values=None):
        """Automatic replies open no ticket; in an existing ticket they are kept for reading, and wake nobody."""
        routes = super().message_route(message, message_dict, model, thread_id, custom_values)
        if not any(route[0] == "service.ticket" for route in routes) or not is_automatic(message):
            return routes
        kept = [route for route in routes if route[0] != "service.ticket" or route[1]]
        if len(kept) < len(routes):
            _logger.info("Automatic message %s opens no ticket", message_dict.get("message_id"))
        if any(route[0] == "service.ticket" for route in kept):
            message_dict["message_type"] = "out_of_office"
        return kept
