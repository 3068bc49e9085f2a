"""Histories beside those of cases (`chains`) in the anchors and in `ledger verify` (design law 8).

A line of an anchor says how many entries such a history had and the hash of the last, and not
whose it is: the file goes out with that of a case (案卷), and that somebody is inquired into is the
office's own. The hash alone finds it again, since every body says whose it is.

They are few, one for each circular and each file of inquiry, so all are held in memory at once.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.ledger.history_tables import AnchoredBeside

NAMELESS = "-"


@dataclass(frozen=True)
class Kind:
    """One kind of histories: what it is called, the table of those who have one, that of their
    entries with the column that says whose one is, and what of it does not fit by itself.
    """

    name: str
    whose: Any
    entry: Any
    of: Any
    misfits: Callable[[Session], Iterator[str]]


class Head(NamedTuple):
    """Where a history ends: which kind, whose, how many entries, the hash of the last."""

    kind: str
    row_id: int
    n: int
    hash: str


def grown(session: Session, kinds: Sequence[Kind]) -> list[Head]:
    """Return where those histories end that stand in no anchor as they are."""
    found = []
    for kind in kinds:
        rows = kind.whose
        query = select(rows.id, rows.head_n, rows.head).where(
            rows.head_n > 0, rows.head.not_in(select(AnchoredBeside.hash))
        )
        found += [Head(kind.name, *row) for row in session.execute(query.order_by(rows.id))]
    return found


def misfits(session: Session, kinds: Sequence[Kind]) -> Iterator[str]:
    """Yield what does not fit by itself; the kind alone where its rows cannot even be read."""
    for kind in kinds:
        try:
            yield from kind.misfits(session)
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            yield kind.name


class Told:
    """Every entry of such histories, and which of them stand in an anchor."""

    def __init__(self, session: Session, kinds: Sequence[Kind]) -> None:
        self._session = session
        self._at: dict[Head, datetime] = {}
        for kind in kinds:
            line = kind.entry
            query = select(kind.of, line.n, line.hash, line.at).order_by(kind.of, line.n)
            for row_id, n, digest, at in session.execute(query):
                self._at[Head(kind.name, row_id, n, digest)] = at
        self._by_hash = {head.hash: head for head in self._at}
        self._anchored: set[str] = set()
        self._reached: dict[tuple[str, int], int] = {}

    def lacks(self, n: int, digest: str) -> str:
        """Note that an anchor holds the n-th entry with this hash; name the history that does not
        hold it any more, or say nothing.
        """
        head = self._by_hash.get(digest)
        if head is None or head.n != n:
            lost = self._session.get(AnchoredBeside, digest)
            return f"{lost.kind} {lost.row_id} {n}" if lost else f"history beside {n}"
        self._anchored.add(digest)
        whose = (head.kind, head.row_id)
        self._reached[whose] = max(self._reached.get(whose, 0), n)
        return ""

    def in_no_anchor(self, until: datetime | None) -> str:
        """Return the first entry that passes for anchored, or is older than `until`, and stands in
        none. What is older than the first anchor that held any such history is in that one.
        """
        for lost in self._session.scalars(select(AnchoredBeside).order_by(AnchoredBeside.hash)):
            if lost.hash not in self._anchored:
                return f"{lost.kind} {lost.row_id} {lost.n} in no anchor"
        if until is None or not self._anchored:
            return ""
        for head, at in self._at.items():
            if at < until and head.n > self._reached.get((head.kind, head.row_id), 0):
                return f"{head.kind} {head.row_id} {head.n} in no anchor"
        return ""
