import threading

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.tests import TransactionCase, tagged

from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.tests.common import trap_jobs

from .sink import Sink


@tagged("post_install", "-at_install")
class TestWebhookWorkers(TransactionCase):
    """Of two jobs for one webhook one sends; the other comes again later."""

    def setUp(self):
        super().setUp()
        self.sink = Sink()
        self.addCleanup(self.sink.stop)
        with self.registry.cursor() as cr, trap_jobs():
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["ir.config_parameter"].set_param("crm_frontoffice.webhook_allow_private", "True")
            visit = env.ref("crm_frontoffice.event_type_visit")
            values = {"name": "Workers", "url": self.sink.url, "type_ids": visit.ids}
            self.webhook_id = env["crm.webhook"].create(values).id
            self.partner_id = env["res.partner"].create({"name": "Webhook Workers"}).id
            env["res.partner"].browse(self.partner_id)._log_event("visit")
        self.addCleanup(self._clean_up)

    def _clean_up(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["ir.config_parameter"].set_param("crm_frontoffice.webhook_allow_private", False)
            env["crm.webhook"].browse(self.webhook_id).unlink()
            env["res.partner"].browse(self.partner_id).unlink()

    def _send(self, cr):
        api.Environment(cr, SUPERUSER_ID, {})["crm.webhook"].browse(self.webhook_id)._send_waiting()

    def test_second_worker_sends_nothing_twice(self):
        arrived, released = threading.Event(), threading.Event()
        self.addCleanup(released.set)

        def answer_when_released(handler):
            arrived.set()
            released.wait(60)
            handler.answer(200)

        def work():
            with self.registry.cursor() as cr:
                self._send(cr)

        self.sink.answers = [answer_when_released]
        first = threading.Thread(target=work)
        with trap_jobs():
            first.start()
            self.assertTrue(arrived.wait(20))
            with self.registry.cursor() as cr, self.assertRaises(RetryableJobError):
                self._send(cr)
            with self.registry.cursor() as late:
                late.execute("SELECT 1")  # a snapshot in which the event still waits
                released.set()
                first.join(60)
                with self.assertRaises(SerializationFailure), self.assertLogs("odoo.sql_db", "ERROR"):
                    self._send(late)
                late.rollback()
            with self.registry.cursor() as cr:
                self._send(cr)
                env = api.Environment(cr, SUPERUSER_ID, {})
                delivery = env["crm.webhook.delivery"].search([("webhook_id", "=", self.webhook_id)])
                self.assertEqual(delivery.state, "sent")
        self.assertEqual(len(self.sink.requests), 1)
