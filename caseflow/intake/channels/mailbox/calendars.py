"""The words of an invitation (RFC 5545), for a message that holds nothing else. Pure."""

import re

_FOLDED = re.compile(r"\n[ \t]")
_LINE = re.compile(r"(SUMMARY|DTSTART|DTEND|LOCATION|DESCRIPTION)(?:;[^:\n]{0,200})?:(.*)")
_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z?))?")
_ESCAPED = re.compile(r"\\([\\;,nN])")
_LABELS = {"SUMMARY": "", "DTSTART": "开始：", "DTEND": "结束：", "LOCATION": "地点："}  # not said
_ORDER = ("SUMMARY", "DTSTART", "DTEND", "LOCATION", "DESCRIPTION")


def text(source: str) -> str:
    """Return what the first event is about, when and where; empty where there is no event."""
    _, began, event = source.partition("BEGIN:VEVENT")
    if not began:
        return ""
    lines = _FOLDED.sub("", event.partition("END:VEVENT")[0]).split("\n")
    found: dict[str, str] = {}
    for line in lines:
        if said := _LINE.fullmatch(line.rstrip()):
            found.setdefault(said[1], _plain(said[1], said[2]))
    return "\n".join(
        f"{_LABELS.get(name, '')}{found[name]}" for name in _ORDER if found.get(name, "").strip()
    )


def _plain(name: str, value: str) -> str:
    if name.startswith("DT"):
        return _moment(value)
    return _ESCAPED.sub(lambda one: "\n" if one[1] in "nN" else one[1], value).strip()


def _moment(value: str) -> str:
    """Return a moment as it was written; one in universal time says so."""
    found = _MOMENT.fullmatch(value.strip())
    if found is None:
        return value.strip()
    day = f"{found[1]}-{found[2]}-{found[3]}"
    hour = f" {found[4]}:{found[5]}" if found[4] else ""
    return f"{day}{hour}{' UTC' if found[6] else ''}"
