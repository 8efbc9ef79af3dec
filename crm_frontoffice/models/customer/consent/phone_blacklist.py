from odoo import models


class PhoneBlacklist(models.Model):
    """A number on the blacklist gets no SMS and no advertising call."""

    _name = "phone.blacklist"
    _inherit = ["crm.blacklist.mixin", "phone.blacklist"]

    _blacklist_address = "number"
    _blacklist_channels = ("sms", "phone")
