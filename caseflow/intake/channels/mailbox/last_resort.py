"""Words for a message that has no text of its own: what its parts say, or why they say nothing.

Whatever is read here stays a file as well. Pure.
"""

import re
from collections.abc import Callable, Iterator

from caseflow.intake.channels.mailbox import calendars, charset, encoded, header, structure
from caseflow.intake.channels.mailbox.structure import Part

SEALED = "（邮件经过加密或签名封装，正文在附件里）"  # not said
WINMAIL = "（正文在附件 winmail.dat 里，须用 Outlook 打开）"  # not said
FORWARDED = "转发的邮件"  # not said
_SEALED = {
    "application/pkcs7-mime",
    "application/x-pkcs7-mime",
    "application/pgp-encrypted",
    "multipart/encrypted",
}
_TNEF = {"application/ms-tnef", "application/vnd.ms-tnef"}
_SMALL_TALK = re.compile(rb"multi-?part message|MIME|sealed|encrypted", re.IGNORECASE)

Reading = Callable[[Part], str]
"""What reads the text of an attached message."""


def text(root: Part, read: Reading) -> str:
    """Return text found in a named text part or outside all parts, in an invitation or in the
    message that came attached; else why there is none, or nothing.
    """
    parts = list(_every(root))
    for found in (_named, _stray, _odd, _invited):
        if said := found(parts):
            return said
    return _attached(parts, read) or _unreadable(parts)


def trimmed(text: str) -> str:
    """Return text without empty lines around it and blanks at the ends of its lines."""
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n ")


def _every(root: Part) -> Iterator[Part]:
    waiting = [root]
    while waiting:
        part = waiting.pop(0)
        waiting += part.children
        yield part


def _named(parts: list[Part]) -> str:
    for part in parts:
        if part.type == "text/plain" and part.name and part.disposition != "attachment":
            return trimmed(charset.decode(part.content, part.label))
    return ""


def _stray(parts: list[Part]) -> str:
    for part in parts:
        for stray in part.stray:
            if stray.strip() and not _SMALL_TALK.search(stray):
                return trimmed(charset.decode(stray, part.label))
    return ""


def _odd(parts: list[Part]) -> str:
    """Read a text of a type that no program here writes: its letters are text all the same."""
    for part in parts:
        odd = part.type.startswith("text/") and part.type not in _READ_ELSEWHERE
        if odd and not part.name and part.disposition != "attachment":
            return trimmed(charset.decode(part.content, part.label))
    return ""


_READ_ELSEWHERE = {"text/plain", "text/html", "text/calendar", "text/rfc822-headers"}


def _invited(parts: list[Part]) -> str:
    for part in parts:
        invites = part.type in {"text/calendar", "application/ics"}
        said = calendars.text(charset.decode(part.content, part.label)) if invites else ""
        if said:
            return said
    return ""


def _attached(parts: list[Part], read: Reading) -> str:
    """Read the message that somebody sent on without a word: it is what they have to say."""
    for part in parts:
        if part.type != "message/rfc822":
            continue
        content = part.content
        subject = encoded.text(header.split(content)[0].get("subject"))
        try:
            said = read(structure.tree(content))
        except structure.TooManyParts:
            said = ""
        if said:
            return f"[{FORWARDED}：{subject}]\n\n{said}" if subject else said
    return ""


def _unreadable(parts: list[Part]) -> str:
    types = {part.type for part in parts}
    return SEALED if types & _SEALED else WINMAIL if types & _TNEF else ""
