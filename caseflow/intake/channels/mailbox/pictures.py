"""Pictures that lie in the HTML itself: some mail programs write what was pasted as `data:`.

Pictures that lie elsewhere are never fetched: whoever sent them would see that they were. Pure.
"""

import base64
import binascii
import re
from urllib.parse import unquote_to_bytes

from caseflow.intake.channels.mailbox import charset, tokens
from caseflow.intake.report import IncomingFile

MOST = 50
_DATA = re.compile(r"data:(image/[a-z0-9.+-]{1,40})((?:;[a-z0-9=._-]{1,60})*),(.*)", re.DOTALL)
_ENDINGS = {"jpeg": "jpg", "svg+xml": "svg", "x-icon": "ico", "vnd.microsoft.icon": "ico"}


def inside(raw: bytes, label: str = "") -> list[IncomingFile]:
    """Return up to MOST pictures of an HTML source as files, in their order."""
    if b"data:image/" not in raw:
        return []
    page = _Page()
    tokens.walk(charset.decode(raw, label), page)
    return page.files


class _Page:
    """Looks at pictures and at nothing else."""

    def __init__(self) -> None:
        self.files: list[IncomingFile] = []

    def text(self, text: str, /) -> None:
        """Pass text by."""

    def begin(self, tag: str, source: str, /) -> None:
        """Take a picture."""
        if tag == "img" and len(self.files) < MOST:
            said = next((v for name, v in tokens.attributes(source) if name == "src"), "")
            self._take(said.strip())

    def end(self, tag: str, /) -> None:
        """Pass the end of anything by."""

    def _take(self, source: str) -> None:
        found = _DATA.fullmatch(source)
        if found is None:
            return
        content = _content(found[2], found[3])
        if content:
            sort = found[1].partition("/")[2]
            name = f"图片{len(self.files) + 1}.{_ENDINGS.get(sort, sort)}"  # not said
            self.files.append(IncomingFile(name, found[1], content))


def _content(coded: str, said: str) -> bytes:
    if not coded.endswith(";base64"):
        return unquote_to_bytes(said)
    clean = re.sub(r"[^A-Za-z0-9+/]", "", said)
    try:
        return base64.b64decode(clean + "=" * (-len(clean) % 4))
    except binascii.Error:
        return b""
