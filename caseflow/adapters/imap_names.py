"""Names of folders as IMAP writes them: a UTF-7 of its own (RFC 3501, 5.1.3)."""

import base64
import re

_BEYOND = re.compile(r"[^ -~]+")


def encoded(name: str) -> str:
    """Return a folder's name in ASCII, quoted for a command."""
    plain = name.replace("&", "&-")
    coded = _BEYOND.sub(lambda run: _shifted(run[0]), plain)
    return '"' + coded.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _shifted(run: str) -> str:
    said = base64.b64encode(run.encode("utf-16-be")).decode("ascii")
    return f"&{said.rstrip('=').replace('/', ',')}-"
