"""Processes that run a journey against a database and may be killed at any moment, and the mail server they send to."""

import contextlib
import os
import random
import signal
import socketserver
import threading
import time
from email import message_from_bytes, policy

import odoo.sql_db
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

BATCH = 5  # so small that a kill hits between any two
SENT_AT_ONCE = 3


class MailSink(socketserver.ThreadingTCPServer):
    """Takes mails by SMTP and remembers to whom they went, in the order in which they were accepted."""

    allow_reuse_address = daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.accepted, self.port = [], self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def stop(self):
        self.shutdown()
        self.server_close()


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        # A sender that is killed leaves in the middle of a word.
        with contextlib.suppress(OSError):
            self._talk()

    def _talk(self):
        self._say("220 sink")
        while line := self.rfile.readline():
            word = line.split()[0].upper() if line.split() else b""
            if word == b"DATA":
                self._say("354 go on")
                self._take()
            elif word == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _take(self):
        content = bytearray()
        while (line := self.rfile.readline()) and line != b".\r\n":
            content += line
        if line:
            message = message_from_bytes(bytes(content), policy=policy.default)
            self.server.accepted.append(message["To"].addresses[0].addr_spec)
            self._say("250 accepted")

    def _say(self, text):
        self.wfile.write(f"{text}\r\n".encode())


class Workers:
    """Children that each do one thing over and over; they share what this process has loaded, but no connection."""

    def __init__(self, database, journey_id):
        self.database, self.journey_id = database, journey_id
        Registry(database)
        self.children = {}

    def start(self):
        """Two that take the journey further and make messages, and one that sends mails, as Odoo's one queue does."""
        for name, work in (("engine 1", self._advance), ("engine 2", self._advance), ("mail", self._send)):
            if name not in self.children:
                self.children[name] = self._fork(work)

    def kill_one(self):
        """Kill a worker without a word of warning, or its connection to the database."""
        name = random.choice(sorted(self.children))
        if random.random() < 0.3:
            self._kill_connections()
        child = self.children.pop(name)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return name

    def stop(self):
        for child in self.children.values():
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        self.children = {}

    def _kill_connections(self):
        with odoo.sql_db.db_connect("postgres").cursor() as cr:
            cr.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [self.database])

    def _fork(self, work):
        odoo.sql_db.close_all()
        child = os.fork()
        if child:
            return child
        try:
            while True:
                with contextlib.suppress(Exception):  # the connection is gone, or another worker was faster
                    work()
                time.sleep(0.01)
        finally:
            os._exit(1)

    def _advance(self):
        with Registry(self.database).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            journey = env["crm.journey"].browse(self.journey_id)
            for step in env["crm.journey.step"]._get_due_steps(journey):
                step._tick(BATCH)
                cr.commit()
            for step in journey.version_id.step_ids.filtered("mailing_id"):
                step._hand_over(BATCH)
                cr.commit()

    def _send(self):
        with Registry(self.database).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["mail.mail"].process_email_queue(batch_size=SENT_AT_ONCE)
