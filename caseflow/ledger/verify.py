"""Does the history still fit? Every case's chain is folded anew and compared (design law 8)."""

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row, select, type_coerce
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType

from caseflow.ledger.history import GENESIS, link
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.tables import Case

BATCH = 2000
_RAW = NullType()  # a moment as the driver gives it


@dataclass(frozen=True)
class Verdict:
    """What came out: how much was read, and the first entry that does not fit, if any."""

    cases: int
    entries: int
    misfit: str = ""
    anchors: int = 0

    @property
    def fits(self) -> bool:
        """Tell whether everything fits."""
        return not self.misfit

    @property
    def line(self) -> str:
        """Return the verdict in one line."""
        if self.misfit:
            return f"misfit {self.misfit}"
        return f"ok {self.cases} cases {self.entries} entries {self.anchors} anchors"


def verify_chains(session: Session) -> Verdict:
    """Read all histories in order with bounded memory and stop at the first misfit."""
    # Closed at a misfit too: what streams on holds a cursor of the server.
    with closing(_heads(session)) as heads, closing(_rows(session)) as rows:
        return _compared(heads, rows)


def _compared(heads: Iterator[Any], told: Iterator[Any]) -> Verdict:
    cases = entries = 0
    head = next(heads, None)
    for case_id, rows in groupby(told, key=lambda row: row.case_id):
        if head is None or head.id != case_id:
            return Verdict(cases, entries, _missing(head, case_id))
        read, misfit = _fold(head, rows)
        cases, entries = cases + 1, entries + read
        if misfit:
            return Verdict(cases, entries, misfit)
        head = next(heads, None)
    if head is not None:
        return Verdict(cases, entries, f"{head.number} 1")
    return Verdict(cases, entries)


def _heads(session: Session) -> Generator[Row[int, str, str, int]]:
    query = select(Case.id, Case.number, Case.head, Case.head_n).order_by(Case.id)
    with session.execute(query.execution_options(yield_per=BATCH)) as found:
        yield from found


def _rows(session: Session) -> Generator[Any]:
    query = (
        select(
            Entry.case_id,
            Entry.n,
            type_coerce(Entry.at, _RAW),
            Entry.verb,
            Entry.user_id,
            Entry.item_id,
            Entry.body,
            Entry.prev,
            Entry.hash,
        )
        .order_by(Entry.case_id, Entry.n)
        .execution_options(yield_per=BATCH)
    )
    with session.execute(query) as found:
        yield from found


def _missing(head: Row[int, str, str, int] | None, case_id: object) -> str:
    return f"{head.number} 1" if head is not None else f"entries of no case ({case_id})"


def _fold(head: Row[int, str, str, int], rows: Iterator[Any]) -> tuple[int, str]:
    """Return how many entries were read and which one does not fit."""
    before, n = GENESIS, 0
    for _, found, at, verb, user, item, body, prev, digest in rows:
        n += 1
        chained = found == n and prev == before and digest == link(before, body)
        if not (chained and _says(body, head.number, n, at, verb, user, item)):
            return n, f"{head.number} {n}"
        before = digest
    if n != head.head_n or before != head.head:
        return n, f"{head.number} {_first_missing(n, head.head_n)}"
    return n, ""


def _first_missing(n: int, head_n: object) -> int:
    """Return the entry that a head of its own tells of; SQLite keeps words as numbers, too."""
    return n + 1 if isinstance(head_n, int) and n < head_n else n


def _says(
    body: str,
    number: str,
    n: int,
    at: object,
    verb: str,
    user: int | None,
    item: int | None,
) -> bool:
    """Tell whether a body, as `history.body_of` writes it, says the same as the columns beside it.

    Compared as text, without reading the facts: half of the time went into that. Quotes within
    facts are escaped, so that no fact can pass for what stands around them.
    """
    who, what = _or_null(user), _or_null(item)
    begins = f'{{"actor":{who},"at":"{_as_written(at)}","case":"{number}","facts":{{'
    facts, _, rest = body.rpartition(',"role":"')
    role, _, ends = rest.partition('"')
    said = facts.endswith(f'}},"item":{what},"n":{n}') and ends == f',"verb":"{verb}"}}'
    return body.startswith(begins) and said and role.isidentifier()


def _or_null(number: int | None) -> str:
    return "null" if number is None else str(number)


def _as_written(at: object) -> str:
    """Return a moment as the chain writes it: SQLite hands it over as it is stored, so that one
    which is none is told, and not stumbled over.
    """
    if not isinstance(at, datetime):
        said = str(at)
        return f"{said[:10]}T{said[11:]}Z"
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
