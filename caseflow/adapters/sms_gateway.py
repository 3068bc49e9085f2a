"""Any text message gateway that takes one small JSON document (docs/telephone.md).

What it says in words is never passed on: it may quote a number. No redirect is followed, so that
the token goes nowhere else.
"""

import http.client
import json
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from caseflow.outbox.transport import (
    Outgoing,
    PermanentFailure,
    TemporaryFailure,
    TransportDown,
)

TIMEOUT = 20.0
_MOST = 64 * 1024
_KNOWN = 409
_NO_NUMBER = 422
_OURS = frozenset({401, 403, 404, 405, 408, 425, 429})


@dataclass(frozen=True)
class SmsGateway:
    """The address that takes messages, and the token it knows us by."""

    url: str
    token: str = field(repr=False)

    def send(self, address: str, message: Outgoing) -> None:
        """Hand one message over: done when it was answered 2xx, or 409 for one it has already.

        Raises PermanentFailure for 422 (the number takes none), TransportDown when it cannot be
        reached or does not let us in, TemporaryFailure for any other refusal.
        """
        said = {"id": message.message_id, "to": address, "text": message.text}
        body = json.dumps(said, ensure_ascii=False).encode()
        try:
            status = self._post(body)
        except (OSError, http.client.HTTPException) as error:
            raise TransportDown(f"gateway: {type(error).__name__}") from None
        if 200 <= status < 300 or status == _KNOWN:
            return
        if status == _NO_NUMBER:
            raise PermanentFailure(f"gateway {status}: recipient")
        if status in _OURS or status >= 500 or 300 <= status < 400:
            raise TransportDown(f"gateway {status}")
        raise TemporaryFailure(f"gateway {status}")

    def _post(self, body: bytes) -> int:
        at = urlsplit(self.url)
        kind = http.client.HTTPSConnection if at.scheme == "https" else http.client.HTTPConnection
        link = kind(at.hostname or "localhost", at.port, timeout=TIMEOUT)
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json; charset=utf-8",
        }
        path = (at.path or "/") + (f"?{at.query}" if at.query else "")
        try:
            link.request("POST", path, body, headers)
            answer = link.getresponse()
            with suppress(OSError, http.client.HTTPException):
                answer.read(_MOST)  # what it says is nothing to us
            return answer.status
        finally:
            link.close()
