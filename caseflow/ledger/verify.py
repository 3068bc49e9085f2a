"""Does the history still fit? Every case's chain is folded anew and compared (design law 8)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from caseflow.ledger.history import GENESIS, link, moment_text
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.tables import Case

BATCH = 2000


@dataclass(frozen=True)
class Verdict:
    """What came out: how much was read, and the first entry that does not fit, if any."""

    cases: int
    entries: int
    misfit: str = ""

    @property
    def fits(self) -> bool:
        """Tell whether everything fits."""
        return not self.misfit

    @property
    def line(self) -> str:
        """Return the verdict in one line."""
        if self.misfit:
            return f"misfit {self.misfit}"
        return f"ok {self.cases} cases {self.entries} entries"


def verify_chains(session: Session) -> Verdict:
    """Read all histories in order with bounded memory and stop at the first misfit."""
    heads = iter(_heads(session))
    cases = entries = 0
    head = next(heads, None)
    for case_id, rows in groupby(_rows(session), key=lambda row: int(row.case_id)):
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


def _heads(session: Session) -> Iterator[Row[int, str, str, int]]:
    query = select(Case.id, Case.number, Case.head, Case.head_n).order_by(Case.id)
    yield from session.execute(query.execution_options(yield_per=BATCH))


def _rows(session: Session) -> Iterator[Any]:
    query = (
        select(
            Entry.case_id,
            Entry.n,
            Entry.at,
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
    yield from session.execute(query)


def _missing(head: Row[int, str, str, int] | None, case_id: int) -> str:
    return f"{head.number} 1" if head is not None else f"entries of no case ({case_id})"


def _fold(head: Row[int, str, str, int], rows: Iterator[Any]) -> tuple[int, str]:
    """Return how many entries were read and which one does not fit."""
    prev, n = GENESIS, 0
    for row in rows:
        n += 1
        if not _fits(head.number, n, prev, row):
            return n, f"{head.number} {n}"
        prev = str(row.hash)
    if n != head.head_n or prev != head.head:
        return n, f"{head.number} {n + 1 if n < head.head_n else n}"
    return n, ""


def _fits(number: str, n: int, prev: str, row: Any) -> bool:
    if row.n != n or row.prev != prev or row.hash != link(prev, row.body):
        return False
    try:
        said = json.loads(row.body)
    except (ValueError, RecursionError):  # not what `canonical` ever wrote
        return False
    told = {
        "case": number,
        "n": n,
        "verb": row.verb,
        "actor": row.user_id,
        "item": row.item_id,
        "at": moment_text(row.at),
    }
    return isinstance(said, dict) and told.items() <= said.items()
