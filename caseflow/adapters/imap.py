"""A mailbox on an IMAP server, message by message and piece by piece."""

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import unquote, urlsplit

from caseflow.adapters.imap_names import encoded
from caseflow.errors import CaseflowError
from caseflow.intake.mail import MailboxLost, MessageGone

TAKEN = "CaseflowTaken"
NOTHING = ("", 1)
"""The end of a folder in which nothing lay yet."""
_PIECE = 1024 * 1024
# Messages asked about at a time: imaplib breaks off at an answer of a million bytes, and a uid
# takes up to eleven. Fifty thousand that wait are plenty to choose a round's hundred from.
_WINDOW = 50_000
_PLENTY = 50_000
_SECONDS = 60
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_QUOTED = re.compile(rb'BODY\[\](?:<\d+>)? "((?:\\.|[^"\\])*)"', re.DOTALL)
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)


class BadMailboxAddress(CaseflowError):
    """CASEFLOW_IMAP_URL is not of the form imaps://user:password@host:port/folder."""


@contextmanager
def open_mailbox(url: str) -> Iterator["ImapMailbox"]:
    """Sign in to `imaps://user:password@host:port/folder` and select the folder (default INBOX).

    With `imap://` the connection is encrypted by STARTTLS; without that no password leaves this
    machine. Raises MailboxLost, BadMailboxAddress.
    """
    with as_lost():
        client = _connect(url)
    try:
        with as_lost():
            mailbox = ImapMailbox(client, unquote(urlsplit(url).path.strip("/")) or "INBOX")
        yield mailbox
    finally:
        with suppress(imaplib.IMAP4.error, OSError):  # what was flagged is flagged
            client.logout()
        with suppress(OSError):  # where the server is gone, nobody else closes it
            client.shutdown()


class ImapMailbox:
    """A selected folder. Messages taken carry a keyword, or `Flagged` where none can be made.

    `Seen` alone would not do: whoever opens a new message in a mail program sets it, and the
    message would never be fetched.
    """

    def __init__(self, client: imaplib.IMAP4, folder: str) -> None:
        self.client = self._client = client
        if "ID" in client.capabilities:  # 163.com and 126.com refuse SELECT without it
            client.xatom("ID", '("name" "caseflow")')
        [exist] = self._checked(client.select(encoded(folder)))
        self._count = int(exist or 0)
        _, validity = client.response("UIDVALIDITY")
        self._validity = validity[0].decode() if validity and validity[0] else "0"
        _, allowed = client.response("PERMANENTFLAGS")
        _, following = client.response("UIDNEXT")
        self._next = int(following[0]) if following and following[0] else 0
        keywords = any(b"\\*" in line or TAKEN.encode() in line for line in allowed if line)
        self._flags = f"({TAKEN} \\Seen)" if keywords else "(\\Flagged \\Seen)"
        self._unflagged = ("UNKEYWORD", TAKEN) if keywords else ("UNFLAGGED",)

    def waiting(self) -> list[str]:
        """Return the ids of messages not flagged as taken, oldest first; of very many the oldest.

        An id is the folder's UIDVALIDITY and the uid: a folder that was made anew gives uids anew.

        Asked for window by window: what was taken stays in the folder, so it grows without end.
        """
        uids: list[int] = []
        for first in range(1, self._count + 1, _WINDOW):
            last = first + _WINDOW - 1
            uids += self._searched(f"{first}:{last if last < self._count else '*'}")
            if len(uids) >= _PLENTY:
                break
        return [f"{self._validity}.{uid}" for uid in sorted(uids)]

    @property
    def end(self) -> tuple[str, int]:
        """How far the folder went when it was selected: nothing that came later lies before it."""
        return self._validity, self._next

    def waits_since(self, end: tuple[str, int]) -> bool:
        """Tell whether a message not taken lies behind what was an `end` once; not where the server
        does not say where its folders end.
        """
        first = end[1] if end[0] == self._validity else 1
        if first >= self._next:
            return False
        first = max(first, self._next - _WINDOW)  # an answer that imaplib reads, too
        return any(uid >= first for uid in self._searched(f"UID {first}:*"))

    def _searched(self, window: str) -> list[int]:
        """Return the uids of messages not taken among those with these places in the folder."""
        with as_lost():
            answer = self._client.uid("SEARCH", window, "UNDELETED", *self._unflagged)
            found = self._checked(answer)
        return [int(uid) for line in found if line for uid in line.split()]

    def open(self, message: str, /) -> "ImapStream":
        """Return a message as a stream; nothing is marked as seen by reading it.

        Raises MessageGone for one of a folder that was made anew since.
        """
        return ImapStream(self, self._uid(message))

    def flag(self, message: str, /) -> None:
        """Flag a message as taken."""
        with as_lost():
            uid = self._uid(message)
            self._checked(self._client.uid("STORE", uid, "+FLAGS.SILENT", self._flags))

    def give_up(self, message: str, /) -> None:
        """Flag a message for whoever opens the mailbox, and as taken: it is not tried again."""
        self.flag(message)
        with as_lost():
            uid = self._uid(message)
            self._checked(self._client.uid("STORE", uid, "+FLAGS.SILENT", "(\\Flagged)"))

    def _uid(self, message: str) -> str:
        validity, _, uid = message.partition(".")
        if validity != self._validity:
            raise MessageGone
        return uid

    def fetch(self, message: str, offset: int, size: int) -> tuple[bytes, int]:
        """Return up to `size` bytes from `offset` and the size the server says, 0 if unsaid.

        Raises MessageGone.
        """
        wanted = f"(RFC822.SIZE BODY.PEEK[]<{offset}.{size}>)"
        with as_lost():
            answer = self._checked(self._client.uid("FETCH", message, wanted))
        lines = [part for part in answer if part is not None]
        if not lines:
            raise MessageGone
        said = b" ".join(part[0] if isinstance(part, tuple) else part for part in lines)
        declared = _SIZE.search(said)
        whole = int(declared[1]) if declared else 0
        literal = next((part[1] for part in lines if isinstance(part, tuple)), None)
        if literal is None:
            quoted = _QUOTED.search(said)
            literal = _ESCAPED.sub(rb"\1", quoted[1]) if quoted else b""
        return literal, whole

    @staticmethod
    def _checked(answer: tuple[str, list[Any]]) -> list[Any]:
        status, data = answer
        if status != "OK":
            raise imaplib.IMAP4.error(status)
        return data


class ImapStream:
    """One message, fetched in pieces of a mebibyte as it is read."""

    def __init__(self, mailbox: ImapMailbox, message: str) -> None:
        self._mailbox = mailbox
        self._message = message
        self._offset = 0
        self._left = b""
        self._ended = False

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes, none at the end. Raises MailboxLost, MessageGone."""
        if not self._left and not self._ended:
            self._fetch()
        piece, self._left = self._left[:size], self._left[size:]
        return piece

    def _fetch(self) -> None:
        """Fetch the next piece; a short one is the last if the server's size says so too."""
        piece, whole = self._mailbox.fetch(self._message, self._offset, _PIECE)
        self._left = piece
        self._offset += len(piece)
        self._ended = not piece or (len(piece) < _PIECE and self._offset >= whole)


def _connect(url: str) -> imaplib.IMAP4:
    where = urlsplit(url)
    if where.scheme not in {"imap", "imaps"} or not where.hostname or not where.username:
        raise BadMailboxAddress("CASEFLOW_IMAP_URL 应为 imaps://用户:密码@主机:端口/文件夹")
    if where.scheme == "imaps":
        client: imaplib.IMAP4 = imaplib.IMAP4_SSL(
            where.hostname,
            where.port or 993,
            ssl_context=ssl.create_default_context(),
            timeout=_SECONDS,
        )
    else:
        client = imaplib.IMAP4(where.hostname, where.port or 143, timeout=_SECONDS)
    try:
        if where.scheme == "imap":
            _encrypt(client, where.hostname)
        _sign_in(client, unquote(where.username), unquote(where.password or ""))
    except BaseException:
        client.shutdown()
        raise
    return client


def _encrypt(client: imaplib.IMAP4, host: str) -> None:
    if "STARTTLS" in client.capabilities:
        client.starttls(ssl.create_default_context())
    elif host not in _LOOPBACK:
        raise BadMailboxAddress("邮件服务器不支持加密连接，不发送密码")


def _sign_in(client: imaplib.IMAP4, user: str, password: str) -> None:
    """Sign in by LOGIN, which every server knows, unless the password has other than ASCII."""
    if (user + password).isascii():
        client.login(user, password)
    else:
        client.authenticate("PLAIN", lambda _challenge: f"\0{user}\0{password}".encode())


@contextmanager
def as_lost() -> Iterator[None]:
    """Turn what imaplib and sockets raise into MailboxLost, without the server's words."""
    try:
        yield
    except (imaplib.IMAP4.error, OSError) as error:
        raise MailboxLost(f"邮件服务器暂不可用（{type(error).__name__}）") from error
