"""Documents as plain values, and the form each is set in. Pure.

A form is a Typst program of ours in `forms/`. What a sheet says reaches it as JSON, as data: no
program is put together from words, so that no word of anybody can be run.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Protocol
from unicodedata import category

FORMS = Path(__file__).parent / "forms"


@dataclass(frozen=True)
class Official:
    """A formal document (公文, after GB/T 9704): red head, number, title, addressee, words, seal.

    `office`: who issues and signs; `to`: the line that names the addressee, if there is one; `day`:
    the date beneath, none while unsigned; `mark`: what stands across each page, e.g. 草稿.
    """

    form: ClassVar[str] = "official.typ"

    office: str
    number: str
    title: str
    to: str
    lines: Sequence[str]
    day: str
    mark: str = ""


@dataclass(frozen=True)
class Section:
    """A part of a report: facts as label and value, words, a table whose first row is its head.

    `columns`: how wide each column is, as parts of the whole.
    """

    title: str
    facts: Sequence[tuple[str, str]] = ()
    lines: Sequence[str] = ()
    columns: Sequence[int] = ()
    rows: Sequence[Sequence[str]] = ()


@dataclass(frozen=True)
class Report:
    """A report with a cover (案卷): who made it, what about, its parts; `foot` on every page."""

    form: ClassVar[str] = "report.typ"

    office: str
    title: str
    subtitle: str
    facts: Sequence[tuple[str, str]]
    note: str
    sections: Sequence[Section]
    foot: str


@dataclass(frozen=True)
class Record(Report):
    """A report without a cover, with room in its tables to write and sign by hand (笔录, 回证)."""

    form: ClassVar[str] = "record.typ"


Sheet = Official | Report


class Typesetter(Protocol):
    """Sets sheets; an adapter implements it."""

    def pdf(self, sheet: Sheet, at: datetime, /) -> bytes:
        """Return the sheet as PDF/A-2b: the same bytes for the same sheet and moment.

        `at`: the moment of the document itself, which the file is dated by. Raises Unavailable.
        """
        ...


def program(sheet: Sheet) -> bytes:
    """Return the Typst program that sets a sheet; the same for all sheets of a kind."""
    return (FORMS / sheet.form).read_bytes()


LACKING = "〓"
"""Stands for a sign that no font has, as printers did with a turned sort."""


def said(sheet: Sheet, lacking: frozenset[str] = frozenset()) -> str:
    """Return what a sheet says as JSON, the same text for the same sheet.

    `lacking`: signs that no font has; they are set as `LACKING`, and named at the end.
    """
    content = _shown(asdict(sheet), lacking)
    named = [f"U+{ord(sign):04X}" for sign in sorted(lacking)]
    return json.dumps(content | {"lacking": named}, ensure_ascii=False, sort_keys=True)


def _shown(said: Any, lacking: frozenset[str]) -> Any:
    if isinstance(said, str):
        return "".join(_sign(sign, lacking) for sign in said)
    if isinstance(said, dict):
        return {name: _shown(value, lacking) for name, value in said.items()}
    if isinstance(said, (list, tuple)):
        return [_shown(value, lacking) for value in said]
    return said


def _sign(sign: str, lacking: frozenset[str]) -> str:
    """Return a sign as it is set: what has no picture by its nature (controls, joiners) is left
    out, what each machine could draw as it likes (private use) is not drawn.
    """
    if sign in lacking or category(sign) in ("Co", "Cs", "Cn"):
        return LACKING
    return "" if category(sign) in ("Cc", "Cf") and sign != "\n" else sign
