"""A text message as its provider told it, in the normal form. Pure.

What came is kept as JSON (`original`), and read from that: so what was set aside can be read again.
"""

import base64
import binascii
import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from caseflow.crypto import blind
from caseflow.intake.channels.mailbox import kinds, threads
from caseflow.intake.channels.mailbox.threads import Threads
from caseflow.intake.channels.webform import cleaned
from caseflow.intake.report import Contact, IncomingFile, IncomingReport

CHANNEL = "text"
NO_TEXT = "（无正文）"  # not said
MOST_PICTURES = 10
NO_SENDER = "短信没有发送号码，或不是电话号码"
BY_MACHINE = "短信由服务号码或固定电话发出，不是手机发来的"
EMPTY = "短信没有内容"
NOT_A_TEXT = "短信网关发来的内容不完整"

Provider = Literal["twilio", "gateway"]
_LONGEST_KEY = 150
_STOP = frozenset(
    (
        *("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "TD", "T"),
        *("TD退订", "退订", "退訂", "退订短信"),  # not said
    )
)
_START = frozenset(("START", "UNSTOP", "恢复", "恢复短信", "恢復"))  # not said
_WORDS = re.compile(r"\w+")
_SID = re.compile(r"(?:SM|MM)[0-9a-f]{32}")
_MEDIA = re.compile(r"/Messages/((?:SM|MM)[0-9a-f]{32})/Media/(ME[0-9a-f]{32})$")
_CHINESE = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
_LETTERS = re.compile("[A-Za-z]{3}")


class Unparseable(Exception):
    """It cannot be taken as a text message; `reason` says why, without personal data."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, repr=False)
class Parsed:
    """A text message in normal form. `number`: the sender's, in normal form; `command`: it asks for
    no more text messages (`stop`) or for them again (`start`), and for nothing else; `places`: of
    the files that the provider keeps; `threads`: which numbers it names.
    """

    report: IncomingReport
    number: str
    command: str = ""
    places: tuple[str, ...] = ()
    threads: Threads = field(default_factory=Threads)


def original(provider: Provider, said: Mapping[str, Any]) -> bytes:
    """Return what the provider told us, as it is kept."""
    return json.dumps({"provider": provider, "said": said}, sort_keys=True).encode()


def key_of(raw: bytes) -> str:
    """Return the key under which it is kept once: the provider's own id, else a hash of it all."""
    told = json.loads(raw)
    said = told["said"]
    name = said.get("MessageSid") if told["provider"] == "twilio" else said.get("id")
    known = isinstance(name, str | int) and 0 < len(str(name)) <= _LONGEST_KEY
    if known and str(name).isprintable() and str(name).isascii():
        return f"{told['provider']}:{name}"
    return f"{told['provider']}:{hashlib.sha256(raw).hexdigest()}"


def message_of(raw: bytes) -> str:
    """Return the place of the message at Twilio; nothing of another provider's."""
    told = json.loads(raw)
    return place_of(told["said"].get("MessageSid")) if told["provider"] == "twilio" else ""


def place_of(name: Any) -> str:
    """Return the place of a message of Twilio's by its id; nothing for what is no id."""
    return f"message:{name}" if isinstance(name, str) and _SID.fullmatch(name) else ""


def parse(raw: bytes, received_at: datetime) -> Parsed:
    """Return the text message in normal form. Raises Unparseable.

    The kind is read off the words, and disclosure is withheld.
    """
    told = json.loads(raw)
    said = told["said"]
    twilio = told["provider"] == "twilio"
    sender, body = said.get("From" if twilio else "from"), said.get("Body" if twilio else "text")
    if not isinstance(sender, str) or not isinstance(body, str | None):
        raise Unparseable(NOT_A_TEXT)
    number = _number(sender)
    text = cleaned(_whole(body or ""))
    places = places_of(raw)
    files = () if twilio else _files(said.get("pictures"))
    command = "" if places or files else _command(text)
    if not (text or places or files):
        raise Unparseable(EMPTY)
    report = IncomingReport(
        channel=CHANNEL,
        channel_key=key_of(raw),
        received_at=received_at,
        kind=kinds.kind("", text),
        text=text or NO_TEXT,
        original=raw,
        contact=Contact(phone=number),
        locale="en" if _LETTERS.search(text) and not _CHINESE.search(text) else "zh",
        files=files,
        texts=True,
    )
    return Parsed(report, number, command, places, threads.named(text))


def _number(sender: str) -> str:
    """Return a person's number in normal form. Raises Unparseable."""
    number = blind.normal_phone(sender) if any(map(str.isdecimal, sender)) else None
    if number is None:
        raise Unparseable(NO_SENDER)
    if not blind.takes_texts(number):
        raise Unparseable(BY_MACHINE)
    return number


def _whole(body: str) -> str:
    """Return a text whose halved characters (an emoji cut between two pages) are whole, or marked:
    no database takes half of one.
    """
    return body.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _command(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text)
    found = list(_WORDS.finditer(plain))
    said = plain[found[0].start() : found[-1].end()] if found else ""
    word = said.upper().replace(" ", "")
    if word in _STOP:
        return "stop"
    return "start" if word in _START else ""


def places_of(raw: bytes) -> tuple[str, ...]:
    """Return where Twilio keeps the files: only the ids of the address that it names count."""
    told = json.loads(raw)
    said, found = told["said"], []
    if told["provider"] != "twilio":
        return ()
    for n in range(MOST_PICTURES):
        match = _MEDIA.search(str(said.get(f"MediaUrl{n}", "")))
        if match:
            found.append(f"media:{match[1]}/{match[2]}")
    return tuple(dict.fromkeys(found))


def _files(said: Any) -> tuple[IncomingFile, ...]:
    """Return the files that a gateway sent along. Raises Unparseable."""
    if said is None:
        return ()
    if not isinstance(said, list) or len(said) > MOST_PICTURES:
        raise Unparseable(NOT_A_TEXT)
    return tuple(_file(one, n) for n, one in enumerate(said, 1))


def _file(said: Any, n: int) -> IncomingFile:
    try:
        content = base64.b64decode(said["base64"], validate=True)
    except (TypeError, KeyError, ValueError, binascii.Error):
        raise Unparseable(NOT_A_TEXT) from None
    name = said.get("name")
    return IncomingFile(_whole(name) if isinstance(name, str) else f"{n}", content=content)
