"""Waiting for mail with the server's help (IDLE, RFC 2177), for as long as nobody else wants us."""

import imaplib
import select
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from caseflow.adapters import imap
from caseflow.adapters.imap import NOTHING
from caseflow.clock import monotonic

_SLICE = 0.5  # seconds until somebody who stops is heard
_PIECE = 4096


class News:
    """Waits for mail in one mailbox, again and again."""

    def __init__(self, url: str) -> None:
        """Take the address; raises nothing yet."""
        self._url = url
        self._looked = NOTHING

    def __call__(self, seconds: float, stopping: Callable[[], bool]) -> bool:
        """Wait until the server says that mail came in, at most so many seconds; tell whether it
        did.

        False at once where the server cannot do that. What came between the end of a round and our
        waiting the server tells nobody: it is asked for, and said once, so that a message that
        cannot be taken lets nobody run in circles. Raises MailboxLost, BadMailboxAddress.
        """
        with imap.open_mailbox(self._url) as mailbox, imap.as_lost():
            client = mailbox.client
            if "IDLE" not in client.capabilities:
                return False
            since, self._looked = self._looked, mailbox.end
            if mailbox.waits_since(since):
                return True
            try:
                return _idle(client, monotonic() + seconds, stopping)
            finally:
                # What the server says in the middle of it is for nobody; the next round asks anew.
                with suppress(OSError):
                    client.send(b"DONE\r\n")
                client.shutdown()


def _idle(client: imaplib.IMAP4, until: float, stopping: Callable[[], bool]) -> bool:
    client.send(client._new_tag() + b" IDLE\r\n")
    if not client.readline().startswith(b"+"):
        return False
    sock = client.socket()
    said = _left_over(client, sock)
    while not _is_news(said) and monotonic() < until and not stopping():
        if _readable(sock):
            piece = sock.recv(_PIECE)
            if not piece:
                raise OSError("closed")
            said = said[-_PIECE:] + piece
    return _is_news(said)


def _is_news(said: bytes) -> bool:
    return b" EXISTS" in said or b" RECENT" in said


def _left_over(client: imaplib.IMAP4, sock: socket.socket) -> bytes:
    """Return what the client had read beyond the server's consent."""
    timeout = sock.gettimeout()
    sock.settimeout(0)
    try:
        file: Any = getattr(client, "_file", None) or client.file  # its name in Python 3.14
        return bytes(file.peek())
    except OSError:
        return b""
    finally:
        sock.settimeout(timeout)


def _readable(sock: socket.socket) -> bool:
    pending = getattr(sock, "pending", None)  # what TLS has deciphered is in no queue
    if pending is not None and pending():
        return True
    return bool(select.select([sock], [], [], _SLICE)[0])
