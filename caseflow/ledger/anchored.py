"""Do the histories still hold what was anchored? (design law 8, `anchors`.)"""

import hashlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from caseflow.crypto.keys import KeyRing
from caseflow.errors import CaseflowError, Unavailable
from caseflow.files.store import Store
from caseflow.ledger import anchors, beside
from caseflow.ledger.history_tables import Anchor, AnchoredHead, Entry
from caseflow.ledger.tables import Case
from caseflow.ledger.verify import Verdict, verify_chains

BATCH = 400
PAGE = 1024

Head = tuple[str, int, str]
"""Case number, number of an entry, its hash."""


def verify(
    session: Session, store: Store, ring: KeyRing, now: datetime, kinds: Sequence[beside.Kind]
) -> Verdict:
    """Check every chain, every anchor against them, and that nothing was kept from being anchored;
    with the histories of these `kinds` beside those of cases.
    Bounded memory: four bytes for each case, a page at least, and the heads of the few others.

    The first thing that does not fit is named: an entry by case and number, an anchor by its own.
    Raises Unavailable where the store is away: nobody changed an anchor for that.
    """
    verdict = verify_chains(session)
    odd = verdict.misfit or next(beside.misfits(session, kinds), "")
    if odd:
        return replace(verdict, misfit=odd)
    before, reached = None, _Reached(beside.Told(session, kinds))
    for n in session.scalars(select(Anchor.n).order_by(Anchor.n)).all():
        anchor, misfit = _read(session, ring, n, before)
        if anchor is not None and not misfit:
            misfit = _misfit(session, store, anchor, reached)
        if misfit:
            return replace(verdict, misfit=misfit)
        before = anchor
    until = min(before.at, now) - anchors.OVERLAP if before else None
    late = _kept_back(session, reached)
    if until and not late:
        late = _in_no_anchor(session, until, reached)
    late = late or reached.others.in_no_anchor(until)
    return replace(verdict, misfit=late, anchors=before.n if before else 0)


def _read(
    session: Session, ring: KeyRing, n: int, before: Anchor | None
) -> tuple[Anchor | None, str]:
    """Return an anchor, and what is wrong with it by itself."""
    try:
        anchor = session.get_one(Anchor, n)
        if anchors.lacks_key(ring, anchor):
            return anchor, f"anchor {n} without its key {anchor.key_id}"
        whole = anchors.follows(anchor, before) and anchors.is_signed(ring, anchor)
    except (AttributeError, TypeError, ValueError):  # SQLite keeps words where a moment belongs
        return None, f"anchor {n}"
    return anchor, "" if whole else f"anchor {n}"


class _Reached:
    """Up to which entry each case's history stands in an anchor; and the `others` beside them.

    In pages, so that what it takes goes by how many cases there are, and not by the highest id.
    """

    def __init__(self, others: beside.Told) -> None:
        self.others = others
        self._pages: dict[int, array[int]] = {}

    def __getitem__(self, case_id: int) -> int:
        page = self._pages.get(case_id // PAGE)
        return page[case_id % PAGE] if page else 0

    def note(self, case_id: int, n: int) -> None:
        """Put down that an anchor reaches this far."""
        page = self._pages.setdefault(case_id // PAGE, array("i"))
        if not page:
            page.extend([0] * PAGE)
        page[case_id % PAGE] = max(page[case_id % PAGE], n)


def _kept_back(session: Session, reached: _Reached) -> str:
    """Return the first entry that passes for anchored and is not: the next anchor would leave it
    out, whatever its moment.
    """
    query = select(Case.id, Case.number, AnchoredHead.n)
    query = query.join(AnchoredHead, AnchoredHead.case_id == Case.id).order_by(Case.id)
    with session.execute(query.execution_options(yield_per=BATCH)) as found:
        for case_id, number, n in found:
            if n > reached[case_id]:
                return f"{number} {reached[case_id] + 1} in no anchor"
    return ""


def _in_no_anchor(session: Session, until: datetime, reached: _Reached) -> str:
    """Return the first entry that should stand in an anchor by its moment, and does in none: one
    that was put there with an old moment, or kept from being anchored.
    """
    query = select(Case.id, Case.number, func.max(Entry.n)).join(Entry, Entry.case_id == Case.id)
    query = query.where(Entry.at < until).group_by(Case.id, Case.number)
    with session.execute(query.order_by(Case.id).execution_options(yield_per=BATCH)) as found:
        for case_id, number, n in found:
            if n > reached[case_id]:
                return f"{number} {reached[case_id] + 1} in no anchor"
    return ""


def _misfit(session: Session, store: Store, anchor: Anchor, reached: _Reached) -> str:
    """Return what of an anchor stands in no history any more, nothing where all does."""
    digest, counted = hashlib.sha256(), 0
    try:
        for heads in _batches(lines(store.open(anchor.blob_id), digest)):
            counted += len(heads)
            gone = _gone(session, heads, reached)
            if gone:
                return f"{gone} anchor {anchor.n}"
    except Unavailable:
        raise
    except (CaseflowError, ValueError):  # gone from the store, or not what was put there
        counted = -1
    whole = counted == anchor.cases and digest.hexdigest() == anchor.heads
    return "" if whole else f"anchor {anchor.n} heads"


def lines(pieces: Iterable[bytes], digest: "hashlib._Hash") -> Iterator[Head]:
    """Yield the heads that lie in the store, and let `digest` hear every byte."""
    rest = b""
    for piece in pieces:
        digest.update(piece)
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            number, n, found = line.decode("ascii").split(" ")
            yield number, int(n), found
    if rest:
        raise ValueError("a line without its end")


def newest_naming(
    session: Session, store: Store, case: Case, until: int
) -> tuple[Anchor, int] | None:
    """Return the newest anchor that names a case, and up to which entry; None where none does yet,
    or where it names one after `until`.

    Every chain is whole up to the entry that an anchor names, so that older ones add nothing.
    """
    reached = session.get(AnchoredHead, case.id)
    if reached is None or reached.n > until:
        return None
    at = select(Entry.at).where(Entry.case_id == case.id, Entry.n == reached.n).scalar_subquery()
    query = select(Anchor).where(Anchor.at >= at).order_by(Anchor.n)
    for anchor in session.scalars(query):
        named = lines(store.open(anchor.blob_id), hashlib.sha256())
        if any(head[:2] == (case.number, reached.n) for head in named):
            return anchor, reached.n
    return None


def _batches(heads: Iterator[Head]) -> Iterator[Sequence[Head]]:
    batch: list[Head] = []
    for head in heads:
        batch.append(head)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _gone(session: Session, heads: Sequence[Head], reached: _Reached) -> str:
    """Return the first head that its history does not hold; note how far the others reach."""
    asked = [(number, n) for number, n, _ in heads if n and number != beside.NAMELESS]
    query = select(Case.id, Case.number, Entry.n, Entry.hash)
    query = query.join(Entry, Entry.case_id == Case.id)
    found = {}
    for case_id, number, n, digest in session.execute(
        query.where(tuple_(Case.number, Entry.n).in_(asked))
    ):
        found[number, n] = digest
        reached.note(case_id, n)
    for number, n, digest in heads:
        if number == beside.NAMELESS:
            lost = reached.others.lacks(n, digest)
        else:
            lost = f"{number} {n}" if n and found.get((number, n)) != digest else ""
        if lost:
            return lost
    return ""
