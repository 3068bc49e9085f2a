"""A text message gateway on the loopback, as docs/telephone.md describes one."""

import json
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self

TOKEN = "the token that the gateway knows us by"


@dataclass
class FakeGateway:
    """Takes messages, each once. `refuse`: by number, the status that it answers."""

    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    refuse: dict[str, int] = field(default_factory=dict)
    down: bool = False

    def __enter__(self) -> Self:
        fake = self

        class Handler(_Handler):
            gateway = fake

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/send?v=1"
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def take(self, path: str, authorization: str, said: dict[str, Any]) -> int:
        """Return the status of an answer."""
        if self.down:
            return 503
        if path != "/send?v=1" or authorization != f"Bearer {TOKEN}":
            return 401
        if said["to"] in self.refuse:
            return self.refuse[said["to"]]
        if said["id"] in self.messages:
            return 409
        self.messages[said["id"]] = said
        return 202


class _Handler(BaseHTTPRequestHandler):
    gateway: FakeGateway

    def do_POST(self) -> None:
        """Take one message."""
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status = self.gateway.take(self.path, self.headers.get("Authorization", ""), said)
        self.send_response(status)
        self.send_header("Content-Length", "0")
        if status == 302:
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
        self.end_headers()

    def log_message(self, *_said: object) -> None:
        """Say nothing."""
