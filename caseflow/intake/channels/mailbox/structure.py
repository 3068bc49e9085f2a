"""The tree of MIME parts of a message, byte-exact, whatever its boundaries are like.

The standard library's parser goes through text and rewrites attached messages; here a part is
a range of the original bytes, so that what came attached is kept as it came.
"""

import re
from dataclasses import dataclass, field

from caseflow.intake.channels.mailbox import encoded, header, transfer
from caseflow.intake.channels.mailbox.header import Headers

MAX_PARTS = 200
MAX_DEPTH = 30
MAX_UNDONE = 2  # times the message, of multiparts under an encoding: each is a copy of all within
_UNDONE = frozenset({"base64", "quoted-printable"})
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,60}")
_GUESSED = re.compile(rb"\s*--([^\s-][^\r\n]{0,80})\r?\n(?=Content-)", re.IGNORECASE)


class TooManyParts(Exception):
    """The message has more than MAX_PARTS parts."""


@dataclass
class Part:
    """One part: its header fields, its type, and where in `raw` its body lies."""

    headers: Headers
    raw: bytes = field(repr=False)
    start: int
    end: int
    default: str = "text/plain"
    children: list["Part"] = field(default_factory=list, repr=False)
    stray: list[bytes] = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        """Read the fields that every later step asks for."""
        said, self.parameters = encoded.parameters(self.headers.get("content-type"))
        self.type = said if _TYPE.fullmatch(said) else _type_from(said, self.default)
        self.disposition, self.placed = encoded.parameters(
            self.headers.get("content-disposition"), self.label
        )
        coding = self.headers.get("content-transfer-encoding").decode("ascii", "replace")
        self.encoding = coding.lower().strip(" ;\t\"'").split(" ")[0]

    @property
    def label(self) -> str:
        """The character set that the part claims, empty when it claims none."""
        return self.parameters.get("charset", "")

    @property
    def name(self) -> str:
        """The file name that came with the part, empty when none came."""
        return self.placed.get("filename") or self.parameters.get("name", "")

    @property
    def content(self) -> bytes:
        """The body with its transfer encoding undone."""
        return transfer.undo(self.raw[self.start : self.end], self.encoding)


def tree(raw: bytes) -> Part:
    """Return the message as a tree. Raises TooManyParts.

    Beyond MAX_DEPTH a multipart stays one part, and so is kept whole as a file; so does one under a
    transfer encoding once those before it came to MAX_UNDONE times the message: one within the
    other, they would fill the memory with what is one message.
    """
    fields, start = header.split(raw)
    root = Part(fields, raw, start, len(raw))
    waiting = [(root, 0)]
    count, room = 1, MAX_UNDONE * len(raw)
    while waiting:
        part, depth = waiting.pop()
        if part.type.startswith("multipart/") and depth < MAX_DEPTH:
            if part.encoding in _UNDONE:  # forbidden, and seen
                room -= part.end - part.start
                if room < 0:
                    continue
                content = part.content
                part.raw, part.start, part.end, part.encoding = content, 0, len(content), ""
            _divide(part)
            count += len(part.children)
            waiting += [(child, depth + 1) for child in part.children]
        if count > MAX_PARTS:
            raise TooManyParts
    return root


def _divide(part: Part) -> None:
    """Give a multipart its children; one without a usable boundary becomes plain text."""
    boundary = _boundary(part)
    marks = _marks(part.raw, boundary, part.start, part.end) if boundary else []
    if not marks:
        part.type = "text/plain"
        return
    default = "message/rfc822" if part.type == "multipart/digest" else "text/plain"
    part.stray.append(part.raw[part.start : marks[0][0]])
    for number, (_, begin, last) in enumerate(marks):
        end = marks[number + 1][0] if number + 1 < len(marks) else part.end
        if last:
            part.stray.append(part.raw[begin:end])
            continue
        fields, start = header.split(part.raw, begin, end)
        part.children.append(Part(fields, part.raw, min(start, end), end, default))


def _boundary(part: Part) -> bytes:
    said = part.parameters.get("boundary", "")
    if said:
        return said.encode("utf-8")
    guessed = _GUESSED.match(part.raw, part.start, part.end)
    return guessed[1].rstrip() if guessed else b""


def _marks(raw: bytes, boundary: bytes, start: int, end: int) -> list[tuple[int, int, bool]]:
    """Return for each boundary line: where what precedes it ends, where what follows begins,
    and whether it is the closing one.
    """
    mark = b"--" + boundary
    found = []
    at = raw.find(mark, start, end)
    while at >= 0:
        if at == start or raw[at - 1 : at] == b"\n":
            stop = raw.find(b"\n", at, end)
            stop = end if stop < 0 else stop + 1
            rest = raw[at + len(mark) : min(stop, at + len(mark) + 200)].strip()
            if rest in (b"", b"--"):
                found.append((_before(raw, start, at), stop, rest == b"--"))
        if len(found) > MAX_PARTS + 1:
            raise TooManyParts
        at = raw.find(mark, at + len(mark), end)
    return found


def _before(raw: bytes, start: int, at: int) -> int:
    """Return the end of what precedes a boundary: its line break belongs to the boundary."""
    if raw[at - 1 : at] == b"\n" and at > start:
        at -= 1
    if raw[at - 1 : at] == b"\r" and at > start:
        at -= 1
    return at


def _type_from(said: str, default: str) -> str:
    """Return a type for a field that holds none: 'text' and 'html' are seen in the wild."""
    if not said:
        return default
    return (
        "text/html"
        if "html" in said
        else "text/plain"
        if "text" in said
        else ("application/octet-stream")
    )
