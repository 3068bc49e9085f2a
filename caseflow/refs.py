"""Numbers that people read aloud: report, case and order numbers, and receipt codes in groups; and
what is left of what they typed.

Pure. A number has no gaps within its area and day (reports) or area and year (cases); it grows
beyond its usual width when needed and is sorted by its integer part, never as text (design §2).
"""

import re
import unicodedata
from datetime import date
from typing import NamedTuple

REPORT_DIGITS = 4
CASE_DIGITS = 6
LARGEST_ID = 2**31 - 1
_REPORT = re.compile(r"([0-9]{6,12})-([0-9]{8})-([0-9]{4,12})")
# Area codes have 6, 8, 9 or 12 digits; the date behind one tells which, where nobody typed dashes.
_UNDASHED = re.compile(
    r"([0-9]{6}|[0-9]{8,9}|[0-9]{12})"
    r"(20[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01]))([0-9]{4,12})"
)
_DASHES = re.compile(r"[‐-―−—ー_]+")
_CASE = re.compile(r"([0-9]{6,12})-([0-9]{4})-([0-9]{6,12})")
_UNSEEN = "".join(ch for ch in map(chr, range(0x10000)) if ch.isspace()) + (
    "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff"
)


class ReportRef(NamedTuple):
    """The parts of a 来件编号; `day` is the Shanghai date as YYYYMMDD."""

    area: str
    day: str
    seq: int


class CaseRef(NamedTuple):
    """The parts of a 办件编号."""

    area: str
    year: int
    seq: int


def report_number(area: str, day: date, seq: int) -> str:
    """Return `430503-20261123-0007` for the seventh report of that area and Shanghai day."""
    return f"{area}-{day:%Y%m%d}-{seq:0{REPORT_DIGITS}d}"


def case_number(area: str, year: int, seq: int) -> str:
    """Return `430503-2026-000042` for the 42nd case of that area and year."""
    return f"{area}-{year}-{seq:0{CASE_DIGITS}d}"


def parse_report(text: str) -> ReportRef | None:
    """Return the parts of a report number, or None when `text` is not one."""
    found = _REPORT.fullmatch(text.strip())
    return ReportRef(found[1], found[2], int(found[3])) if found else None


def dashed(number: str) -> str:
    """Return a report number typed without its dashes with them, anything else as it is."""
    found = _UNDASHED.fullmatch(number)
    return "-".join(found.groups()) if found else number


def parse_case(text: str) -> CaseRef | None:
    """Return the parts of a case number, or None when `text` is not one."""
    found = _CASE.fullmatch(text.strip())
    return CaseRef(found[1], int(found[2]), int(found[3])) if found else None


def whole(typed: str) -> int | None:
    """Return the number that digits say, or None for what no row of a table can have as its id."""
    if not (typed.isascii() and typed.isdecimal() and len(typed) <= len(str(LARGEST_ID))):
        return None
    number = int(typed)
    return number if number <= LARGEST_ID else None


def grouped(code: str, size: int = 4) -> str:
    """Return a receipt code in groups of four, as it is printed and read aloud."""
    return " ".join(code[i : i + size] for i in range(0, len(code), size))


def plain(typed: str) -> str:
    """Return a number as it is kept, whatever keyboard typed it: full width, spaces, any dash."""
    return dashed("".join(_DASHES.sub("-", unicodedata.normalize("NFKC", typed)).split()))


def ungrouped(typed: str) -> str:
    """Return only the digits of what somebody typed, full-width digits included."""
    return "".join(str(int(ch)) for ch in typed if ch.isdecimal())


def trimmed(text: str) -> str:
    """Return a text without what nobody sees at its ends: blanks, and signs without any width."""
    return text.strip(_UNSEEN)
