"""Finding Chinese text by one character as well as by ten, with the same answer on both databases.

Every report is indexed by its single characters and its pairs of neighbours, made here and not by
the database: FTS5 on SQLite, a tsvector with GIN on PostgreSQL, no extension. A hit on all pairs
is then compared with the text itself, since pairs may stand in another order.
"""

import re
import unicodedata

from sqlalchemy import ColumnElement, Integer, String, bindparam, column, or_, select, table, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from caseflow.ledger.report_tables import Report

LONGEST_QUERY = 60
_STRETCH = re.compile("[0-9a-z]+|[\u3400-\u9fff\U00020000-\U0003ffff]+")
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def _runs(words: str) -> list[str]:
    """Return the stretches of letters, digits and Chinese characters, in normal form."""
    plain = unicodedata.normalize("NFKC", words).lower()
    return "".join(ch if ch.isalnum() else " " for ch in plain).split()


def terms(words: str) -> set[str]:
    """Return the characters and pairs of neighbouring characters that a text is found by."""
    found: set[str] = set()
    for run in _runs(words):
        found.update(run)
        found.update(run[i : i + 2] for i in range(len(run) - 1))
    return found


def _asked(words: str) -> set[str]:
    """Return the terms that must all be there: pairs where there are two characters, else one."""
    found: set[str] = set()
    for run in _runs(words[:LONGEST_QUERY]):
        found.update([run] if len(run) == 1 else (run[i : i + 2] for i in range(len(run) - 1)))
    return found


def index(session: Session, report_id: int, words: str) -> None:
    """Make a report findable."""
    found = sorted(terms(words))
    if _is_sqlite(session):
        # Hexadecimal words, since FTS5 would fold accents and drop what it takes for marks.
        session.execute(
            text("INSERT INTO search_report (rowid, terms) VALUES (:id, :terms)"),
            {"id": report_id, "terms": " ".join(_hex(term) for term in found)},
        )
        return
    query = text(
        "INSERT INTO search_report (report_id, terms) VALUES (:id, array_to_tsvector(:terms))"
    ).bindparams(bindparam("terms", type_=ARRAY(String)))
    session.execute(query, {"id": report_id, "terms": found})


def matching(session: Session, words: str) -> ColumnElement[bool] | None:
    """Return the SQL condition on `Report` that finds `words`, or None when there is no word."""
    asked = sorted(_asked(words))
    if not asked:
        return None
    if _is_sqlite(session):
        found = select(column("rowid", Integer)).select_from(table("search_report"))
        query = " AND ".join(_hex(term) for term in asked)
        hits = found.where(text("search_report MATCH :asked").bindparams(asked=query))
    else:
        found = select(column("report_id", Integer)).select_from(table("search_report"))
        query = " & ".join(f"'{term}'" for term in asked)
        hits = found.where(text("terms @@ CAST(:asked AS tsquery)").bindparams(asked=query))
    condition: ColumnElement[bool] = Report.id.in_(hits)
    for run in _runs(words[:LONGEST_QUERY]):
        for stretch in _STRETCH.findall(run):
            if len(stretch) > 2:
                condition &= _stands_in_order(stretch)
    return condition


def _stands_in_order(stretch: str) -> ColumnElement[bool]:
    """Compare a stretch with the text itself, by nothing that the two databases do differently.

    Chinese has no case; ASCII letters are folded alike, and are looked for in full width too. What
    else there is (accents, other scripts) is found by its pairs alone.
    """
    if not stretch.isascii():
        return or_(*(field.contains(stretch, autoescape=True) for field in _fields()))
    spelt = [field.icontains(stretch, autoescape=True) for field in _fields()]
    for wide in {stretch.translate(_WIDE), stretch.upper().translate(_WIDE)}:
        spelt += [field.contains(wide, autoescape=True) for field in _fields()]
    return or_(*spelt)


def _fields() -> tuple[ColumnElement[str], ...]:
    return Report.text.expression, Report.subject.expression, Report.place.expression


def _hex(term: str) -> str:
    return term.encode().hex()


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
