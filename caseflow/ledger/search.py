"""Finding Chinese text by one character as well as by ten, with the same answer on both databases.

Every report is indexed by its single characters and its pairs of neighbours, made here and not by
the database: FTS5 on SQLite, a tsvector with GIN on PostgreSQL, no extension. A hit on all pairs
is then compared with the text itself, since pairs may stand in another order.

A case is found by the name of the unit it is about as well, or by words of which some stand in
that name and the others in a report. Units are few: their names are compared here, one by one.
"""

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from operator import add

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    column,
    or_,
    select,
    table,
    text,
    true,
    union,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case
from caseflow.many import one_of
from caseflow.people.tables import Unit

LONGEST_QUERY = 60
FEW = 3_000
"""Reports that are looked up one by one. Where more say a word, a page of the newest is found by
going through the newest cases: in a million, through some eight thousand at most.
"""
MANY_WAYS = 8  # of sharing the words between a unit's name and a report; nobody types more
_STRETCH = re.compile("[0-9a-z]+|[\u3400-\u9fff\U00020000-\U0003ffff]+")
_RUN = re.compile(r"[^\W_]+")
_CHINESE = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def _runs(words: str) -> list[str]:
    """Return the stretches of letters, digits and Chinese characters, in normal form."""
    plain = unicodedata.normalize("NFKC", words).lower()
    return _RUN.findall(plain)


def terms(words: str) -> set[str]:
    """Return the characters and pairs of neighbouring characters that a text is found by."""
    found: set[str] = set()
    for run in _runs(words):
        found.update(run)
        found.update(map(add, run, run[1:]))
    return found


def _asked(runs: Sequence[str]) -> list[str]:
    """Return the terms that must all be there: pairs where there are two characters, else one."""
    found: set[str] = set()
    for run in runs:
        found.update([run] if len(run) == 1 else (run[i : i + 2] for i in range(len(run) - 1)))
    return sorted(found)


def index(session: Session, report_id: int, words: str) -> None:
    """Make a report findable."""
    found = sorted(terms(words))
    if _is_sqlite(session):
        session.execute(_INTO_FTS5, {"id": report_id, "terms": _hexed(found)})
    else:
        session.execute(_INTO_TSVECTOR, {"id": report_id, "terms": found})


_INTO_FTS5 = text("INSERT INTO search_report (rowid, terms) VALUES (:id, :terms)")
_INTO_TSVECTOR = text(
    "INSERT INTO search_report (report_id, terms) VALUES (:id, array_to_tsvector(:terms))"
).bindparams(bindparam("terms", type_=ARRAY(String)))


def index_many(session: Session, said: Iterable[tuple[int, str]]) -> None:
    """Make many reports, by id, findable."""
    told = _hexed if _is_sqlite(session) else _quoted
    rows = [{"id": at, "terms": told(terms(words))} for at, words in said]
    if rows and told is _hexed:
        session.execute(_INTO_FTS5, rows)
    elif rows:
        session.execute(_MANY_INTO_TSVECTOR, {"rows": json.dumps(rows, ensure_ascii=False)})


_MANY_INTO_TSVECTOR = text("""INSERT INTO search_report (report_id, terms)
    SELECT id, CAST(terms AS tsvector)
    FROM json_to_recordset(CAST(:rows AS json)) AS one (id int, terms text)
""")


def _hexed(found: Iterable[str]) -> str:
    """Say terms in hexadecimal words: FTS5 would fold accents and drop what it takes for marks."""
    return " ".join(map(_hex, found))


def _quoted(found: set[str]) -> str:
    """Say terms as a tsvector is typed: they are letters, digits and characters, none to escape."""
    return f"""'{"' '".join(found)}'""" if found else ""


def matching(
    session: Session, words: str, within: ColumnElement[bool], limit: int
) -> ColumnElement[bool] | None:
    """Return the condition on `Case` that `words` find it, or None when there is no word.

    `within` is a condition on `Case`; of the cases of units only the `limit` newest are looked up.
    How many reports say the words is looked at, and not left to PostgreSQL's guess: for twenty-five
    that never come it would go through a million, and sort a million of which any would do.
    """
    runs = _runs(words[:LONGEST_QUERY])
    if not runs:
        return None
    few = _of_few(session, runs, "said")
    called = enumerate(_called(session, runs))
    about = [_about(session, units, rest, f"rest_{n}") for n, (units, rest) in called]
    if few is None:
        return or_(_says(session, runs), *about)
    newest = (
        select(Case.id).where(within, one).order_by(Case.id.desc()).limit(limit).subquery()
        for one in about
    )
    return Case.id.in_(union(few, *(select(one.c.id) for one in newest)))


def _of_few(session: Session, runs: Sequence[str], name: str) -> Select[int | None] | None:
    """Return a query for the cases of the reports that say the words; None where there are many.

    `name`: of the parameter that holds them.
    """
    found = session.scalars(_holding(session, runs).limit(FEW + 1)).all()
    said = select(Report.case_id).where(one_of(Report.id, name), *_in_order(runs))
    return said.params({name: found}) if len(found) <= FEW else None


def _says(session: Session, runs: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition on `Case` that a report of it says the words, asked case by case.

    An offset keeps PostgreSQL from asking of all cases at once.
    """
    there = select(Report.id).where(Report.case_id == Case.id, *_in_order(runs))
    return there.where(Report.id.in_(_holding(session, runs))).offset(0).exists()


def _about(
    session: Session, units: Sequence[int], rest: Sequence[str], name: str
) -> ColumnElement[bool]:
    """Return the condition on `Case` that it is about one of the units, and says what is left."""
    here = Case.unit_id.in_(units)
    if not rest:
        return here
    few = _of_few(session, rest, name)
    return and_(here, _says(session, rest) if few is None else Case.id.in_(few))


def _called(session: Session, runs: Sequence[str]) -> list[tuple[list[int], tuple[str, ...]]]:
    """Return the units whose names hold some of the words, by what words are left over."""
    holds = (
        and_(true(), *(Unit.name.contains(ch, autoescape=True) for ch in _CHINESE.findall(run)))
        for run in runs
    )
    ways: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for unit, name in session.execute(select(Unit.id, Unit.name).where(or_(*holds))):
        rest = tuple(run for run in runs if run not in _bare(name))
        if len(rest) < len(runs):
            ways[rest].append(unit)
    few = sorted(ways.items(), key=lambda way: (len(way[0]), way[0]))
    return [(units, rest) for rest, units in few[:MANY_WAYS]]


@lru_cache(maxsize=10_000)
def _bare(name: str) -> str:
    return "".join(_runs(name))


def _holding(session: Session, runs: Sequence[str]) -> Select[int]:
    """Return a query for the ids of the reports that hold all terms of the words, in any order."""
    asked = _asked(runs)
    if _is_sqlite(session):
        found = select(column("rowid", Integer)).select_from(table("search_report"))
        query = " AND ".join(_hex(term) for term in asked)
        condition = "search_report MATCH :asked"
    else:
        found = select(column("report_id", Integer)).select_from(table("search_report"))
        query = " & ".join(f"'{term}'" for term in asked)
        condition = "terms @@ CAST(:asked AS tsquery)"
    return found.where(text(condition).bindparams(bindparam("asked", query, unique=True)))


def _in_order(runs: Sequence[str]) -> list[ColumnElement[bool]]:
    """Return what to compare with the texts themselves: a pair is already all that was asked."""
    stretches = (stretch for run in runs for stretch in _STRETCH.findall(run))
    return [_stands_in_order(stretch) for stretch in stretches if len(stretch) > 2]


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
