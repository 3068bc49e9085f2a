"""Header fields of a message or part, straight from its bytes, forgiving what mail is like."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:(.*)", re.DOTALL)
_USUAL = re.compile(
    rb"(from|to|cc|subject|date|message-id|reply-to|sender|received|return-path|mime-version"
    rb"|content-[a-z-]+|x-[a-z-]+)[ \t]*:",
    re.IGNORECASE,
)
_MBOX = re.compile(rb">?From ")
_LONGEST = 1_000_000


@dataclass(frozen=True)
class Headers:
    """Fields in the order in which they came: lower-case name and unfolded raw value."""

    fields: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)

    def get(self, name: str) -> bytes:
        """Return the first value under this lower-case name, empty when there is none."""
        return next(self.every(name), b"")

    def every(self, name: str) -> Iterator[bytes]:
        """Yield all values under this lower-case name."""
        return (value for known, value in self.fields if known == name)

    def __contains__(self, name: object) -> bool:
        return any(known == name for known, _ in self.fields)

    def __len__(self) -> int:
        return len(self.fields)


def split(raw: bytes, start: int = 0, end: int | None = None) -> tuple[Headers, int]:
    """Return the fields that begin at `start` and where the body after them begins.

    The block ends at an empty line, at the first line that can be no field (the empty line was
    forgotten), or after a million bytes. A lone line of rubbish between usual fields is skipped.
    """
    end = len(raw) if end is None else end
    limit = min(end, start + _LONGEST)
    found: list[tuple[str, list[bytes]]] = []
    at = start
    while at < limit:
        after = _next_line(raw, at, limit)
        line = raw[at:after].rstrip(b"\r\n")
        if not line:
            return _frozen(found), after
        match = _FIELD.fullmatch(line)
        if found and line[:1] in b" \t":
            found[-1][1].append(line.strip())
        elif match:
            name = match[1].decode("ascii").lower()
            found.append((name, [match[2].strip()]))
        elif not (_rubbish(raw, after, end) if found else at == 0 and _preface(raw, line, after)):
            return _frozen(found), at
        at = after
    return _frozen(found), at


def _rubbish(raw: bytes, after: int, end: int) -> bool:
    """Tell whether a line that is no field stands among fields all the same."""
    return bool(_USUAL.match(raw[after : min(end, after + 100)]))


def _preface(raw: bytes, line: bytes, after: int) -> bool:
    """Tell whether the first line of a message is a mailbox file's or some gateway's."""
    return bool(_MBOX.match(line)) or _rubbish(raw, after, len(raw))


def _next_line(raw: bytes, at: int, end: int) -> int:
    found = raw.find(b"\n", at, end)
    return end if found < 0 else found + 1


def _frozen(found: list[tuple[str, list[bytes]]]) -> Headers:
    return Headers(tuple((name, b" ".join(lines).strip()) for name, lines in found))
