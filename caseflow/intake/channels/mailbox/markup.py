"""HTML of a mail to plain text with its line breaks: cleaned first, then read."""

import re
from html import unescape
from html.parser import HTMLParser

import nh3

from caseflow.intake.channels.mailbox import charset

_TAGS = {
    "a", "blockquote", "br", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr",
    "li", "ol", "p", "pre", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_UNREAD = {"script", "style", "title", "noscript", "template", "iframe", "object"}
_BLOCKS = _TAGS - {"a", "br", "td", "th"}
_APART = {"p", "table", "ul", "ol", "pre", "blockquote", "h1", "h2", "h3"}
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]{0,20})")
_ANY_TAG = re.compile(r"<[^<>]*>")
_LINE_TAG = re.compile(
    r"<(?:br|/?(?:p|div|tr|li|h[1-6]|table|ul|ol))(?:\s[^<>]*)?/?>", re.IGNORECASE
)
_HIDDEN = re.compile(r"<(script|style)\b[^<>]*>[^<]*</\1>", re.IGNORECASE)
_CLOSED_BY_THE_NEXT = {
    "area", "base", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta",
    "option", "p", "source", "tbody", "td", "th", "thead", "tr", "wbr",
}  # fmt: skip
_LONGEST = 4_000_000  # characters of HTML that are read as a document
_DEEPEST = 1_000  # beyond these the cleaner's time grows with the square
_MOST_ENTITIES = 100_000
# A tag with that much in it: each attribute is compared with all before it. What stands in quotes
# counts once, or a picture written into an address would be such a tag.
_LONG_TAG = re.compile(r"""<[A-Za-z](?:[^<>"']|"[^"<]*"|'[^'<]*'){20000}""")
_SPACES = re.compile(r"[ \t\n\u00a0]+")
_EMPTY_LINES = re.compile(r"\n{3,}")


def text(raw: bytes, label: str = "") -> str:
    """Return what a reader of this HTML would have seen, without images and scripts."""
    if not label:
        meta = _META.search(raw[:4096])
        label = meta[1].decode("ascii") if meta else ""
    return plain(charset.decode(raw, label))


def plain(html: str) -> str:
    """Return the text of an HTML source; addresses behind links follow in brackets."""
    hostile = len(html) > _LONGEST or html.count("&") > _MOST_ENTITIES
    if hostile or _LONG_TAG.search(html) or _deepest(html) > _DEEPEST:
        return _crude(html)
    cleaned = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}},
        clean_content_tags=_UNREAD,
        link_rel=None,
        url_schemes={"http", "https", "mailto", "tel", "ftp"},
    )
    reader = _Reader()
    reader.feed(cleaned)
    reader.close()
    return reader.result()


def _deepest(html: str) -> int:
    """Return an upper bound of how deep tags are nested; those that close themselves aside."""
    depth = deepest = 0
    for closing, tag in _TAG.findall(html):
        if tag.lower() not in _CLOSED_BY_THE_NEXT:
            depth = max(depth - 1, 0) if closing else depth + 1
            deepest = max(deepest, depth)
    return deepest


def _crude(html: str) -> str:
    """Take the tags out and no more: what nobody wrote by hand must not cost seconds."""
    bare = _ANY_TAG.sub(" ", _LINE_TAG.sub("\n", _HIDDEN.sub(" ", html)))
    lines = (_SPACES.sub(" ", line).strip() for line in charset.tidy(unescape(bare)).split("\n"))
    return _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    """Collect text; only ever fed with what the cleaner wrote."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._out: list[str] = []
        self._kept = 0
        self._links: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line, a cell or a link."""
        if tag == "a":
            self._links.append((dict(attrs).get("href") or "", len(self._out)))
        elif tag == "br":
            self._out.append("\n")
        elif tag in {"td", "th"}:
            self._out.append("\t")
        else:
            self._new_line()
            self._kept += tag == "pre"
            if tag == "li":
                self._out.append("- ")

    def handle_endtag(self, tag: str) -> None:
        """End a line; behind a link say where it leads, when its text does not."""
        if tag == "a" and self._links:
            address, since = self._links.pop()
            shown = "".join(self._out[since:])
            if address and address.removeprefix("mailto:").rstrip("/") not in shown:
                self._out.append(f" ({address})")
        elif tag in _BLOCKS:
            self._new_line()
            self._kept -= tag == "pre"
            if tag in _APART:
                self._out.append("\n")

    def handle_data(self, data: str) -> None:
        """Take text, its white space as a browser would show it."""
        if not self._kept:
            data = _SPACES.sub(" ", data)
            if data == " " and self._at_line_start():
                return
        self._out.append(data)

    def _new_line(self) -> None:
        if not self._at_line_start():
            self._out.append("\n")

    def _at_line_start(self) -> bool:
        return not self._out or self._out[-1].endswith("\n")

    def result(self) -> str:
        """Return the text with at most one empty line in a row."""
        lines = "".join(self._out).split("\n")
        return _EMPTY_LINES.sub("\n\n", "\n".join(line.strip() for line in lines)).strip()
