from odoo.addons.queue_job.tests.common import trap_jobs

from ...common import FrontofficeCase
from .sink import Sink


class WebhookCase(FrontofficeCase):
    """A webhook for visits, whose receiver listens on a real socket of this host."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param("crm_frontoffice.webhook_allow_private", "True")
        cls.visit = cls.env.ref("crm_frontoffice.event_type_visit")

    def setUp(self):
        super().setUp()
        self.sink = Sink()
        self.addCleanup(self.sink.stop)
        self.webhook = self._create_webhook()

    def _create_webhook(self, **values):
        return (
            self.env["crm.webhook"]
            .with_user(self.maria)
            .create({"name": "Web shop", "url": self.sink.url, "type_ids": self.visit.ids, **values})
            .with_user(self.env.user)
        )

    def _visit(self, partners=None):
        """Something happens; its jobs are not carried out."""
        with trap_jobs():
            return (partners or self.customer)._log_event("visit")

    def _send(self, webhook=None):
        """One run of the job, without those that it asks for."""
        with trap_jobs() as jobs:
            (webhook or self.webhook)._send_waiting()
            return jobs.enqueued_jobs

    def _deliveries(self):
        return self.env["crm.webhook.delivery"].search([("webhook_id", "=", self.webhook.id)], order="event_id.id")
