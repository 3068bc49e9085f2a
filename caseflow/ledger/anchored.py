"""Do the histories still hold what was anchored? (design law 8, `anchors`.)"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from caseflow.crypto.keys import KeyRing
from caseflow.errors import CaseflowError
from caseflow.files.store import Store
from caseflow.ledger import anchors
from caseflow.ledger.history_tables import Anchor, Entry
from caseflow.ledger.tables import Case
from caseflow.ledger.verify import Verdict, verify_chains

BATCH = 400

Head = tuple[str, int, str]
"""Case number, number of an entry, its hash."""


def verify(session: Session, store: Store, ring: KeyRing) -> Verdict:
    """Check every chain, and every anchor against them, with bounded memory.

    The first thing that does not fit is named: an entry by case and number, an anchor by its own.
    """
    verdict = verify_chains(session)
    if not verdict.fits:
        return verdict
    before: Anchor | None = None
    for anchor in anchors.all_of(session):
        whole = anchors.follows(anchor, before) and anchors.is_signed(ring, anchor)
        misfit = _misfit(session, store, anchor) if whole else f"anchor {anchor.n}"
        if misfit:
            return replace(verdict, misfit=misfit)
        before = anchor
    return replace(verdict, anchors=before.n if before else 0)


def _misfit(session: Session, store: Store, anchor: Anchor) -> str:
    """Return what of an anchor stands in no history any more, nothing where all does."""
    digest, counted = hashlib.sha256(), 0
    try:
        for heads in _batches(_lines(store.open(anchor.blob_id), digest)):
            counted += len(heads)
            gone = _gone(session, heads)
            if gone is not None:
                return f"{gone[0]} {gone[1]} anchor {anchor.n}"
    except (CaseflowError, ValueError):  # gone from the store, or not what was put there
        counted = -1
    whole = counted == anchor.cases and digest.hexdigest() == anchor.heads
    return "" if whole else f"anchor {anchor.n} heads"


def _lines(pieces: Iterable[bytes], digest: "hashlib._Hash") -> Iterator[Head]:
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


def _batches(heads: Iterator[Head]) -> Iterator[Sequence[Head]]:
    batch: list[Head] = []
    for head in heads:
        batch.append(head)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _gone(session: Session, heads: Sequence[Head]) -> Head | None:
    """Return the first head that its history does not hold."""
    asked = [(number, n) for number, n, _ in heads if n]
    query = select(Case.number, Entry.n, Entry.hash).join(Entry, Entry.case_id == Case.id)
    rows = session.execute(query.where(tuple_(Case.number, Entry.n).in_(asked)))
    found = {(number, n): digest for number, n, digest in rows}
    return next((one for one in heads if one[1] and found.get(one[:2]) != one[2]), None)
