import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from odoo.addons.crm_frontoffice.models.automation.webhook.webhook_protocol import sign


class Sink(ThreadingHTTPServer):
    """A receiver on a real socket: keeps what comes and answers as told."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests = []  # (headers, body) of each request
        self.answers = []  # what the next requests are answered: a status, or a function of the handler; then 200
        self.url = f"http://127.0.0.1:{self.server_port}/events"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def stop(self):
        self.shutdown()
        self.server_close()

    @property
    def contents(self):
        return [json.loads(body) for _headers, body in self.requests]

    def is_signed(self, secret):
        """Whether all requests bear the signature that a receiver with this secret computes."""
        return all(
            sign(secret, headers["X-CRM-Timestamp"], body) == headers["X-CRM-Signature"]
            for headers, body in self.requests
        )


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append((dict(self.headers), body))
        answer = self.server.answers.pop(0) if self.server.answers else 200
        if callable(answer):
            answer(self)
        else:
            self.answer(answer)

    def do_GET(self):
        self.server.requests.append((dict(self.headers), b"{}"))
        self.answer(200)

    def answer(self, status, text=b"thanks", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_args):
        pass
