"""Who sent a message, as far as it says: From, else Reply-To, else Return-Path."""

import re

from caseflow.intake.channels.mailbox import charset, encoded
from caseflow.intake.channels.mailbox.header import Headers
from caseflow.intake.report import Contact

_ANGLE = re.compile(r"<([^<>]{1,320})>")
_BARE = re.compile(r"[^\s<>\",;:()\[\]]{1,120}@[^\s<>\",;:()\[\]]{1,255}")
_ADDRESS = re.compile(r"[^\s@<>\",;:()]{1,120}@[^\s@<>\",;:()]{1,255}")
_LONGEST = 200
_READ = 4096  # bytes of a field


def contact(headers: Headers, label: str = "") -> Contact:
    """Return name and address of the sender; a sender that cannot be read stays as the name.

    `label` is a guess for raw 8-bit names. Nobody is refused for a malformed address.
    """
    said = headers.get("from")
    name, address = read(said, label)
    for other in ("reply-to", "return-path"):
        if not address:
            address = read(headers.get(other), label)[1]
    return Contact(name=name[:_LONGEST], email=address)


def read(value: bytes, label: str = "") -> tuple[str, str]:
    """Return name and address of the first mailbox in a field; either may be empty.

    No more is read of a field than anybody writes: the search looks back from every character.
    """
    source = charset.one_line(charset.decode(value[:_READ], label))
    for text in (source, charset.one_line(encoded.words(source))):
        name, address = _mailbox(text)
        if address:
            return charset.one_line(encoded.words(name)), address
    return _unquoted(charset.one_line(encoded.words(source))).strip("<> "), ""


def local_part(address: str) -> str:
    """Return what stands before the @, in lower case."""
    return address.partition("@")[0].lower()


def _mailbox(text: str) -> tuple[str, str]:
    for angle in _ANGLE.finditer(text):
        address = angle[1].strip().removeprefix("mailto:")
        if _ADDRESS.fullmatch(address):
            return _unquoted(text[: angle.start()]), address
    bare = _BARE.search(text)
    if bare and _ADDRESS.fullmatch(bare[0].strip("'.")):
        around = f"{text[: bare.start()]} {text[bare.end() :]}".strip(" ()<>[],;:\"'")
        return _unquoted(around), bare[0].strip("'.")
    return "", ""


def _unquoted(name: str) -> str:
    return re.sub(r"\\(.)", r"\1", name.strip().strip("\"'").strip())
