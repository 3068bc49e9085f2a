"""HTML source to texts and tags in one pass, the way the HTML standard tells browsers to.

Every step begins where the one before ended, and ends at the first mark that can end it or, where
none comes, at the end of the source. So the time grows with the length of the source and with
nothing else, whoever wrote it. Parsers that others wrote do not promise that: the standard
library's looks through the rest again for each mark left open, and one that builds a tree compares
attributes with attributes and open elements with open elements.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import Protocol

from caseflow.intake.channels.mailbox import charset

_BLANK = r" \t\n\f\r"
_MARK = re.compile(rf"<(?:(/?)([A-Za-z][^{_BLANK}/>]*)|[!?/])")
# No part of it can begin where the part before it could go on: it never tries anything twice.
_ATTRIBUTE = re.compile(
    rf"""[{_BLANK}/]*([^{_BLANK}/>][^{_BLANK}/>=]*)
    (?:[{_BLANK}]*=[{_BLANK}]*("[^"]*(?:"|\Z)|'[^']*(?:'|\Z)|[^{_BLANK}>"'][^{_BLANK}>]*)?)?""",
    re.VERBOSE,
)
_BETWEEN = re.compile(rf"[{_BLANK}/]*")
_EMPTY_COMMENT = re.compile("-?>")
_COMMENT_END = re.compile("--!?>")
_SCRIPT = re.compile(rf"<!(?=--)|-->|<(/?)script(?=[{_BLANK}/>])", re.IGNORECASE | re.ASCII)
_RAW = {  # what lies in them is never markup, so only their own closing tag ends it
    tag: re.compile(rf"</{tag}(?=[{_BLANK}/>])", re.IGNORECASE | re.ASCII)
    for tag in ("style", "title", "iframe", "noscript")
}
_REFERENCE = re.compile("&(?:#[0-9]{1,9}|#[xX][0-9a-fA-F]{1,9}|[A-Za-z][A-Za-z0-9]{1,31});")
_SOME_REFERENCES = re.compile("(?:&[^&]*){1,1000}|[^&]+")
_ENDLESS_NUMBER = re.compile("&#[0-9]{100,};?")


class Reader(Protocol):
    """Who is told what the source holds, in its order."""

    def text(self, text: str, /) -> None:
        """Take a piece of text."""
        ...

    def begin(self, tag: str, source: str, /) -> None:
        """Take an opening tag in small letters; `source` holds its attributes."""
        ...

    def end(self, tag: str, /) -> None:
        """Take a closing tag, whether or not it was opened."""
        ...


def walk(html: str, reader: Reader) -> None:
    """Tell a reader the texts and tags of a source; comments and scripts are passed over."""
    at = 0
    while mark := _MARK.search(html, at):
        if mark.start() > at:
            reader.text(_characters(html[at : mark.start()]))
        if mark[2]:
            at = _tag(html, mark[1], mark[2].lower(), mark.end(), reader)
        else:
            at = _comment_end(html, mark.start())
    if at < len(html):
        reader.text(_characters(html[at:]))


def attributes(source: str) -> Iterator[tuple[str, str]]:
    """Return names, in small letters, and values of the attributes of an opening tag."""
    at = 0
    while found := _ATTRIBUTE.match(source, at):
        at = found.end()
        value = found[2] or ""
        if value[:1] in {'"', "'"}:
            value = value[1:].removesuffix(value[0])
        yield found[1].lower(), _REFERENCE.sub(lambda one: unescape(one[0]), value)


def _tag(html: str, slash: str, tag: str, at: int, reader: Reader) -> int:
    """Tell one tag, its name read up to `at`; return where to go on."""
    end = _tag_end(html, at)
    if end < 0:
        return len(html)
    if slash:
        reader.end(tag)
        return end + 1
    reader.begin(tag, html[at:end])
    return _raw_end(html, tag, end + 1)


def _tag_end(html: str, at: int) -> int:
    """Return where the `>` of a tag stands, -1 if nowhere. A value in quotes may hold others; a
    quote anywhere else is a letter like any other.
    """
    end = html.find(">", at)
    if end < 0 or (html.find('"', at, end) < 0 and html.find("'", at, end) < 0):
        return end
    while found := _ATTRIBUTE.match(html, at):
        at = found.end()
    between = _BETWEEN.match(html, at)
    end = between.end() if between else at
    return end if end < len(html) else -1


def _comment_end(html: str, start: int) -> int:
    """Return where a comment, or what browsers take for one, is over."""
    if html.startswith("<!--", start):
        end = _EMPTY_COMMENT.match(html, start + 4) or _COMMENT_END.search(html, start + 4)
        return end.end() if end else len(html)
    return html.find(">", start + 2) + 1 or len(html)


def _raw_end(html: str, tag: str, at: int) -> int:
    """Return where the closing tag of an element begins that holds no markup, `at` for others."""
    if tag == "script":
        return _script_end(html, at)
    if tag in _RAW:
        end = _RAW[tag].search(html, at)
        return end.start() if end else len(html)
    return at


def _script_end(html: str, at: int) -> int:
    """Return where the closing tag of a script begins; in a comment a script may hold another."""
    commented = inner = False
    for mark in _SCRIPT.finditer(html, at):
        if mark[0] == "<!":
            commented = True
        elif mark[0] == "-->":
            commented = inner = False
        elif not mark[1]:
            inner = commented
        elif inner:
            inner = False
        else:
            return mark.start()
    return len(html)


def _characters(source: str) -> str:
    """Return a text with its character references undone, some at a time: each costs memory."""
    if "&" not in source:
        return source
    source = _ENDLESS_NUMBER.sub(charset.BAD, source)
    return "".join(unescape(some[0]) for some in _SOME_REFERENCES.finditer(source))
