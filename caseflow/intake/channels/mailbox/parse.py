"""From the raw bytes of an e-mail to the normal form."""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime

from caseflow.intake.channels.mailbox import (
    automatic,
    body,
    bounces,
    fingerprint,
    kinds,
    quoted,
    sender,
    structure,
    threads,
)
from caseflow.intake.channels.mailbox.bounces import Bounce
from caseflow.intake.channels.mailbox.encoded import text as header_text
from caseflow.intake.channels.mailbox.structure import Part
from caseflow.intake.channels.mailbox.threads import Threads
from caseflow.intake.report import IncomingReport

CHANNEL = "mailbox"
LONGEST_SUBJECT = 1_000  # characters; all of a longer one stands above the text
NO_TEXT = "（无正文）"
EMPTY = "邮件内容为空"
NOT_A_MESSAGE = "不是可识别的邮件格式"
TOO_MANY_PARTS = "邮件结构异常：超过 200 个部分"

_FIELDS = ("from", "to", "subject", "date", "received", "message-id", "mime-version")
_CHINESE = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
_LETTERS = re.compile("[A-Za-z]{3}")


class Unparseable(Exception):
    """The bytes cannot be taken as a message; `reason` says why, without personal data."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Parsed:
    """A message in normal form. `automatic` says why a machine wrote it, '' when a person did;
    `bounce`: what it says of a message that did not arrive; `threads`: what of earlier ones.
    """

    report: IncomingReport
    automatic: str = ""
    threads: Threads = field(default_factory=Threads)
    bounce: Bounce | None = None


def parse(raw: bytes, received_at: datetime) -> Parsed:
    """Return the message in normal form. Raises Unparseable.

    `received_at` is the aware moment of arrival; the Date field is the sender's claim and does
    not count. The kind is read off the words, disclosure is withheld, and a report number in
    the subject proves nothing: whoever knows a number must not get into somebody else's case.
    """
    root = _root(raw)
    label = _label(root)
    subject = header_text(root.headers.get("subject"), label)
    contact = sender.contact(root.headers, label)
    long = len(subject) > LONGEST_SUBJECT
    found = _gathered(root, above=subject if long else "")
    own = quoted.fold(found.text, subject).own
    report = IncomingReport(
        channel=CHANNEL,
        channel_key=fingerprint.of_message(root),
        received_at=received_at,
        kind=kinds.kind(subject, own),
        subject=subject[:LONGEST_SUBJECT] + "…" if long else subject,
        text=found.text or NO_TEXT,
        original=raw,
        contact=contact,
        locale=_locale(subject, found.text),
        files=tuple(found.files),
    )
    machine = automatic.reason(root, subject, contact.email)
    answerable = not machine and automatic.answerable(root, contact.email)
    return Parsed(
        replace(report, answerable=answerable),
        machine,
        threads.read(root.headers, subject, found.text),
        bounces.read(root) if machine == automatic.BOUNCE else None,
    )


def _gathered(root: Part, above: str) -> body.Gathered:
    """Return text and files. Raises Unparseable."""
    try:
        return body.gather(root, above)
    except structure.TooManyParts as error:
        raise Unparseable(TOO_MANY_PARTS) from error


def _root(raw: bytes) -> Part:
    """Return the tree of parts. Raises Unparseable."""
    readable = _readable(raw)
    if not readable.strip(b"\0\r\n\t "):
        raise Unparseable(EMPTY)
    try:
        root = structure.tree(readable)
    except structure.TooManyParts as error:
        raise Unparseable(TOO_MANY_PARTS) from error
    if not any(name in root.headers for name in _FIELDS):
        raise Unparseable(NOT_A_MESSAGE)
    return root


def _readable(raw: bytes) -> bytes:
    """Return the bytes from the first header field on: no byte order mark, no empty lines.

    A message saved as UTF-16 becomes UTF-8, one with old Macintosh line ends gets newlines.
    """
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raw = raw.decode("utf-16", "replace").encode("utf-8", "replace")
    raw = raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    return raw if b"\n" in raw else raw.replace(b"\r", b"\n")


def _label(root: Part) -> str:
    """Return the first character set that a part names: a guess for raw bytes in the fields."""
    waiting = [root]
    while waiting:
        part = waiting.pop(0)
        if part.label:
            return part.label
        waiting += part.children
    return ""


def _locale(subject: str, text: str) -> str:
    """Return en for a message with words and no Chinese at all, else zh."""
    both = subject + text
    return "en" if _LETTERS.search(both) and not _CHINESE.search(both) else "zh"
