"""An IMAP server with the ways of Chinese mail providers, which Dovecot has not.

Like 163.com it refuses SELECT to a client that did not say who it is, and it knows no keywords.
It holds one mailbox and speaks just enough of RFC 3501 for our client.
"""

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.servers import LOOPBACK

_SEARCH = re.compile(rb"SEARCH (\d+):(\d+|\*) .*UNFLAGGED")
_FETCH = re.compile(rb"FETCH (\d+) .*<(\d+)\.(\d+)>")
_STORE = re.compile(rb"STORE (\d+) \+FLAGS\.SILENT \((.*)\)")


class Provider(socketserver.ThreadingTCPServer):
    """The server and its mailbox: messages, and the flags of each."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, messages: list[bytes]) -> None:
        super().__init__((LOOPBACK, 0), _Conversation)
        self.messages = messages
        self.flags: list[set[bytes]] = [set() for _ in messages]
        self.longest = 0  # uids told in one line

    @property
    def url(self) -> str:
        """The address as CASEFLOW_IMAP_URL wants it."""
        return f"imap://office:secret@{LOOPBACK}:{self.server_address[1]}/INBOX"


class _Conversation(socketserver.StreamRequestHandler):
    server: Provider
    introduced = False

    def handle(self) -> None:
        """Answer command after command."""
        self._say(b"* OK [CAPABILITY IMAP4rev1 ID] ready")
        while line := self.rfile.readline():
            tag, _, command = line.strip().partition(b" ")
            self._say(tag + b" " + self._answer(command))
            if command == b"LOGOUT":
                return

    def _answer(self, command: bytes) -> bytes:
        word = command.removeprefix(b"UID ").split(b" ")[0]
        if word == b"CAPABILITY":
            self._say(b"* CAPABILITY IMAP4rev1 ID")
        elif word == b"ID":
            self.introduced = True
        elif word == b"SELECT":
            if not self.introduced:
                return b"NO SELECT Unsafe Login. Please contact the provider"
            self._say(b"* %d EXISTS" % len(self.server.messages))
            self._say(b"* OK [PERMANENTFLAGS (\\Answered \\Seen \\Flagged)] limited")
        elif word == b"SEARCH":
            uids = list(self._unflagged(command))
            self.server.longest = max(self.server.longest, len(uids))
            self._say(b" ".join([b"* SEARCH", *uids]))
        elif word == b"FETCH":
            self._fetch(command)
        elif word == b"STORE":
            self._store(command)
        return b"OK done"

    def _unflagged(self, command: bytes) -> Iterator[bytes]:
        found = _SEARCH.search(command)
        assert found
        last = len(self.server.flags) if found[2] == b"*" else int(found[2])
        for number, flags in enumerate(self.server.flags, 1):
            if int(found[1]) <= number <= last and b"\\Flagged" not in flags:
                yield b"%d" % number

    def _fetch(self, command: bytes) -> None:
        found = _FETCH.search(command)
        assert found
        uid, offset, size = map(int, found.groups())
        piece = self.server.messages[uid - 1][offset : offset + size]
        size = len(self.server.messages[uid - 1])
        said = b"* %d FETCH (UID %d RFC822.SIZE %d BODY[]<%d> " % (uid, uid, size, offset)
        self._say(said + (b"{%d}\r\n%s" % (len(piece), piece) if piece else b'""') + b")")

    def _store(self, command: bytes) -> None:
        found = _STORE.search(command)
        assert found
        self.server.flags[int(found[1]) - 1] |= set(found[2].split())

    def _say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")


@contextmanager
def provider(*messages: bytes) -> Iterator[Provider]:
    """Serve these messages on a loopback port."""
    with Provider(list(messages)) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
