"""Sends one message after the other over one connection: shaking hands costs more than a mail.

A connection that was left alone is asked first whether it still stands; where it does not, the
message goes over a new one, and nobody need know.
"""

import smtplib
import threading
from contextlib import suppress

from caseflow.adapters.smtp import SmtpTransport
from caseflow.clock import monotonic
from caseflow.outbox.transport import Outgoing

IDLE = 60.0  # seconds that a connection is kept; mail servers keep one for minutes
MOST = 100  # messages over one connection: some servers count


class SmtpPool:
    """A transport that keeps the connection of the one it is made of. For any number of threads:
    whoever finds it in use has a connection of their own, and one is kept.
    """

    def __init__(self, transport: SmtpTransport, idle: float = IDLE, most: int = MOST) -> None:
        """Use `transport`; no connection is made before the first message."""
        self._transport = transport
        self._idle, self._most = idle, most
        self._lock = threading.Lock()
        self._kept: tuple[smtplib.SMTP, float, int] | None = None

    def send(self, address: str, message: Outgoing) -> None:
        """Hand one message to the server. Raises as `SmtpTransport.send` does."""
        mail = self._transport.compose(address, message)
        link, used = self._standing()
        if link is None:
            link = self._transport.connect()
        try:
            self._transport.hand_over(link, address, mail)
        except BaseException:
            link.close()
            raise
        self._keep(link, used + 1)

    def close(self) -> None:
        """Say goodbye to the server, if there is a connection."""
        with self._lock:
            kept, self._kept = self._kept, None
        if kept:
            _goodbye(kept[0])

    def _standing(self) -> tuple[smtplib.SMTP | None, int]:
        """Return the kept connection, if it still stands, and how often it was used."""
        with self._lock:
            kept, self._kept = self._kept, None
        if kept is None:
            return None, 0
        link, since, used = kept
        if monotonic() - since <= self._idle:
            with suppress(smtplib.SMTPException, OSError):
                if link.noop()[0] == 250:
                    return link, used
        link.close()
        return None, 0

    def _keep(self, link: smtplib.SMTP, used: int) -> None:
        with self._lock:
            if self._kept is None and used < self._most:
                self._kept = link, monotonic(), used
                return
        _goodbye(link)


def _goodbye(link: smtplib.SMTP) -> None:
    """End a connection; the answers to its messages were given."""
    with suppress(smtplib.SMTPException, OSError):
        link.quit()
    link.close()
