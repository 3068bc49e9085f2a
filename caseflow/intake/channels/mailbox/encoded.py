"""Text inside header fields: encoded words (RFC 2047), parameters (RFC 2045, 2231), raw bytes."""

import base64
import binascii
import re
from itertools import groupby
from urllib.parse import unquote_to_bytes

from caseflow.intake.channels.mailbox import charset

_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?")
_BETWEEN = re.compile(r"\s+(?==\?[^?\s]{1,60}\?[bBqQ]\?)")
_PARAMETER = re.compile(r"""[;\s]?([^\s=;"]{1,60})\s*=\s*("(?:\\.|[^"\\])*"?|[^;]*)""")
_MAIN = re.compile(r"\s*([^;\s]*)")
_ESCAPED = re.compile(r'\\(["\\])')
_SECTION = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*?)")
_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2})+")


def text(value: bytes, label: str = "") -> str:
    """Return a header value as one line of text; `label` is a guess for raw 8-bit bytes."""
    return charset.one_line(words(charset.decode(value, label)))


def words(value: str) -> str:
    """Decode every encoded word, those of one character set joined before they are decoded.

    Senders cut characters in the middle between two words, and base64 in mid-group.
    """
    out: list[str] = []
    run: list[tuple[str, str, str]] = []
    at = 0
    while (word := _WORD.search(value, at)) and (end := value.find("?=", word.end())) >= 0:
        if word.start() > at:
            out += [_run(run), value[at : word.start()]]
            run = []
        said = value[word.end() : end]
        run.append((word[1].partition("*")[0].lower(), word[2].lower(), said))
        between = _BETWEEN.match(value, end + 2)
        at = between.end() if between else end + 2
    return "".join([*out, _run(run), value[at:]])


def parameters(value: bytes, label: str = "") -> tuple[str, dict[str, str]]:
    """Return the lower-case main value of a structured field and its decoded parameters."""
    source = charset.decode(value, label).replace("\n", " ")
    main = _MAIN.match(source)
    plain: dict[str, str] = {}
    sections: dict[str, dict[int, tuple[str, bool]]] = {}
    for name, said in _PARAMETER.findall(source[main.end() if main else 0 :]):
        said = _unquoted(said.strip())
        section = _SECTION.fullmatch(name.lower())
        if section is None or "*" not in name:
            plain.setdefault(name.lower(), said)
        else:
            place = int(section[2] or 0)
            sections.setdefault(section[1], {})[place] = (said, bool(section[3]))
    known = {name: _plain_value(said, label) for name, said in plain.items()}
    known |= {name: _sections_value(found) for name, found in sections.items()}
    return (main[1].lower() if main else ""), known


def _plain_value(said: str, label: str) -> str:
    """Decode what stands where only ASCII may: encoded words, or a percent-encoded name."""
    if "=?" in said:
        return charset.one_line(words(said))
    if _PERCENT.search(said) and said.isascii():
        name = charset.decode(unquote_to_bytes(said), label)
        if not name.isascii() and charset.BAD not in name:
            return charset.one_line(name)
    return charset.one_line(said)


def _sections_value(found: dict[int, tuple[str, bool]]) -> str:
    """Join the pieces of an RFC 2231 value; the first may name the character set."""
    label = ""
    joined = b""
    for place, (said, encoded) in sorted(found.items()):
        if encoded and place == min(found) and said.count("'") >= 2:
            label, _, said = said.split("'", 2)
        joined += unquote_to_bytes(said) if encoded else said.encode("utf-8")
    value = charset.decode(joined, label)
    return charset.one_line(words(value) if "=?" in value else value)


def _unquoted(said: str) -> str:
    if not said.startswith('"'):
        return said
    return _ESCAPED.sub(r"\1", said[1:].removesuffix('"'))


def _run(run: list[tuple[str, str, str]]) -> str:
    """Decode neighbouring words, grouped by character set."""
    return "".join(
        charset.decode(_bytes([(way, said) for _, way, said in group]), label)
        for label, group in groupby(run, key=lambda word: word[0])
    )


def _bytes(group: list[tuple[str, str]]) -> bytes:
    if all(way == "b" for way, _ in group):
        pieces = [said for _, said in group]
        if any(len(said.strip()) % 4 for said in pieces[:-1]):
            pieces = ["".join(pieces)]  # cut in mid-group
        return b"".join(_base64(said) for said in pieces)
    return b"".join(_base64(said) if way == "b" else _quoted(said) for way, said in group)


def _base64(said: str) -> bytes:
    clean = re.sub(r"[^A-Za-z0-9+/]", "", said)
    if len(clean) % 4 == 1:
        clean = clean[:-1]
    return base64.b64decode(clean + "=" * (-len(clean) % 4))


def _quoted(said: str) -> bytes:
    return binascii.a2b_qp(said.encode("utf-8"), header=True)
