"""HTML of a mail to plain text with its line breaks: what a reader of it would have seen."""

import re

from caseflow.intake.channels.mailbox import charset, tokens

_CELLS = {"td", "th"}
_APART = {"p", "table", "ul", "ol", "pre", "blockquote", "h1", "h2", "h3"}  # an empty line follows
_BLOCKS = _APART | {
    "address", "article", "aside", "caption", "center", "dd", "details", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h4", "h5", "h6", "header", "hr", "li",
    "main", "nav", "section", "summary", "tbody", "tfoot", "thead", "tr",
}  # fmt: skip
_TAGS = _BLOCKS | _CELLS | {"a", "br"}
_UNREAD = {"script", "style", "title", "noscript", "template", "iframe", "object"}
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,30}):")
_SHOWN_SCHEMES = {"http", "https", "mailto", "tel", "ftp"}
_SPACES = re.compile(r"[ \t\n\u00a0]+")
_EMPTY_LINES = re.compile(r"\n{3,}")


def text(raw: bytes, label: str = "") -> str:
    """Return what a reader of this HTML would have seen, without images and scripts."""
    if not label:
        meta = _META.search(raw[:4096])
        label = meta[1].decode("ascii") if meta else ""
    return plain(charset.decode(raw, label))


def plain(html: str) -> str:
    """Return the text of an HTML source; addresses behind links follow in brackets.

    The time it takes grows with the length and with nothing else: a mail must not stop the mailbox.
    """
    page = _Page()
    tokens.walk(html, page)
    return page.result()


class _Page:
    """Collects text as it stands on the page. Open elements are not kept: tags that match nothing
    cost nothing, and of what may be open only a paragraph and a link mean something to a reader.
    """

    def __init__(self) -> None:
        self._out: list[str] = []
        self._run: list[str] = []  # text since the last tag that means something
        self._kept = 0
        self._in_paragraph = False
        self._link: tuple[str, int] | None = None
        self._unread = ""
        self._depth = 0

    def text(self, text: str, /) -> None:
        """Take text where it can be seen."""
        if not self._unread:
            self._run.append(text)

    def begin(self, tag: str, source: str, /) -> None:
        """Begin a line, a cell or a link."""
        if self._unread:
            self._depth += tag == self._unread
        elif tag in _UNREAD:
            self._unread, self._depth = tag, 1
        elif tag in _TAGS:
            self._take_run()
            if tag == "a":
                self._end_link()
                self._link = (_address(source), len(self._out))
            elif tag == "br":
                self._out.append("\n")
            else:
                self._begin_block(tag)

    def end(self, tag: str, /) -> None:
        """End a line or a link."""
        if self._unread:
            self._depth -= tag == self._unread
            if not self._depth:
                self._unread = ""
        elif tag in _TAGS:
            self._take_run()
            if tag == "a":
                self._end_link()
            elif tag == "br":
                self._out.append("\n")
            else:
                self._end_block(tag)

    def _begin_block(self, tag: str) -> None:
        self._end_paragraph()
        if tag in _CELLS:
            self._out.append("\t")
            return
        self._new_line()
        self._in_paragraph = tag == "p"
        self._kept += tag == "pre"
        if tag == "li":
            self._out.append("- ")

    def _end_block(self, tag: str) -> None:
        if tag != "p":
            self._end_paragraph()
        self._in_paragraph = False
        if tag in _BLOCKS:
            self._new_line()
        if tag == "pre" and self._kept:
            self._kept -= 1
        if tag in _APART:
            self._out.append("\n")

    def _end_paragraph(self) -> None:
        """End the paragraph that is open: nobody need close one."""
        if self._in_paragraph:
            self._end_block("p")

    def _end_link(self) -> None:
        """Say where a link leads, when its text does not."""
        if self._link is None:
            return
        address, since = self._link
        self._link = None
        shown = "".join(self._out[since:])
        if address and address.removeprefix("mailto:").rstrip("/") not in shown:
            self._out.append(f" ({address})")

    def _take_run(self) -> None:
        """Take the text that was gathered, its white space as a browser would show it."""
        run = "".join(self._run)
        self._run.clear()
        if not self._kept:
            run = _SPACES.sub(" ", run)
            if run == " " and self._at_line_start():
                return
        if run:
            self._out.append(run)

    def _new_line(self) -> None:
        if not self._at_line_start():
            self._out.append("\n")

    def _at_line_start(self) -> bool:
        return not self._out or self._out[-1].endswith("\n")

    def result(self) -> str:
        """Return the text with at most one empty line in a row."""
        self._take_run()
        self._end_link()
        lines = charset.tidy("".join(self._out)).split("\n")
        return _EMPTY_LINES.sub("\n\n", "\n".join(line.strip() for line in lines)).strip()


def _address(source: str) -> str:
    """Return where a link leads, nothing for one that leads nowhere outside a browser."""
    said = next((value for name, value in tokens.attributes(source) if name == "href"), "")
    address = charset.one_line(said)
    scheme = _SCHEME.match(address)
    return "" if scheme and scheme[1].lower() not in _SHOWN_SCHEMES else address
