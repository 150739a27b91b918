#!/usr/bin/python3
"""Stands in for Temporal's UI: its health page, while a server is at TEMPORAL_ADDRESS."""

import os
import signal
import socket
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

PORT = 8080


class Health(BaseHTTPRequestHandler):
    """Answers GET /healthz."""

    def do_GET(self) -> None:
        """200 for the health page while the server can be reached, else 404 or 503."""
        status = 404
        if self.path == "/healthz":
            status = 200 if server_answers() else 503
        self.send_response(status)
        self.end_headers()


def server_answers() -> bool:
    host, _, port = os.environ["TEMPORAL_ADDRESS"].partition(":")
    try:
        socket.create_connection((host, int(port)), timeout=2).close()
    except OSError:
        return False
    return True


if __name__ == "__main__":
    # The first process of a container ignores what it has no handler for.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    HTTPServer(("0.0.0.0", PORT), Health).serve_forever()  # noqa: S104  (of the container)
