"""Anchors: once a day the heads of all histories that grew are signed and copied out (law 8).

A chain shows a change in its middle. Who owns the database could cut off the end of one, or write
it anew from some entry on, and set its head accordingly; an anchor says which entry stood where and
with which hash. Each names the one before, so that none can be left out. Its heads lie in the file
store; statement and signature go to the auditors by mail, where no owner of a database reaches.

What happened since the last anchor is promised only against whoever may not change entries.
"""

import hashlib
from array import array
from collections.abc import Sequence
from datetime import datetime, timedelta
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from caseflow.crypto.keys import KeyRing, SealBroken
from caseflow.db import Database
from caseflow.files import blobs
from caseflow.files.store import Store
from caseflow.ledger import beside, numbers
from caseflow.ledger.beside import Kind
from caseflow.ledger.history import moment_text
from caseflow.ledger.history_tables import Anchor, AnchoredBeside, AnchoredHead
from caseflow.ledger.tables import Case
from caseflow.outbox.events import JSON, emit

PURPOSE = "anchor"
NONE_BEFORE = "-"
BATCH = 500

# A move bears the moment at which its request began; none takes this long to be committed. What is
# older than the newest anchor by more is anchored, or was put there by somebody (`anchored`).
OVERLAP = timedelta(days=1)


def make(
    database: Database,
    store: Store,
    ring: KeyRing,
    area: str,
    now: datetime,
    kinds: Sequence[Kind],
) -> bool:
    """Anchor what the histories came to, once for each Shanghai day; tell whether this was it.

    `area`: whose auditors are told. `kinds`: of which histories beside those of cases.
    Of two at the same moment the second finds the day taken.
    """
    with database.read(snapshot=True) as session:
        before, day = last(session), numbers.day_of(now)
        if _is_anchored(session, day):
            return False
        grown = Grown(array("q"), array("q"), beside.grown(session, kinds))
        with TemporaryFile() as heads:
            cases, digest = _write(heads, session, grown)
            heads.seek(0)
            lies = blobs.put(store, heads)
    said: dict[str, Any] = {
        "n": before.n + 1 if before else 1,
        "day": day,
        "at": now,
        "cases": cases,
        "heads": digest,
        "previous": _digest(statement(before)) if before else NONE_BEFORE,
        "key_id": ring.write_key,
    }
    key = _key(ring, ring.write_key)
    said["signature"] = key.sign(statement(Anchor(**said)).encode()).hex()

    def keep(session: Session) -> None:
        row = Anchor(**said, blob_id=blobs.name(session, lies, now).id)
        session.add(row)
        session.flush()
        _remember(session, grown)
        told: dict[str, JSON] = {"anchor": row.n, "area": area, "statement": signed(row)}
        emit(session, "anchored", case_id=None, at=now, body=told)

    try:
        database.run(keep)
    except IntegrityError:
        with database.read() as session:
            if not _is_anchored(session, day):
                raise
        return False
    return True


def _is_anchored(session: Session, day: str) -> bool:
    return session.scalar(select(Anchor.n).where(Anchor.day == day)) is not None


def last(session: Session) -> Anchor | None:
    """Return the newest anchor."""
    return session.scalar(select(Anchor).order_by(Anchor.n.desc()).limit(1))


def all_of(session: Session) -> Sequence[Anchor]:
    """Return every anchor, oldest first: one for each day."""
    return session.scalars(select(Anchor).order_by(Anchor.n)).all()


def statement(anchor: Anchor) -> str:
    """Return what is signed: plain lines, the same for ever."""
    return "\n".join(
        (
            "caseflow anchor 1",
            f"n {anchor.n}",
            f"day {anchor.day}",
            f"at {moment_text(anchor.at)}",
            f"cases {anchor.cases}",
            f"heads {anchor.heads}",
            f"previous {anchor.previous}",
            "",
        )
    )


def signed(anchor: Anchor) -> str:
    """Return statement and signature, as they are sent to the auditors and printed."""
    return f"{statement(anchor)}signature {anchor.signature}\nkey {anchor.key_id}\n"


def public_key(ring: KeyRing, key_id: str) -> str:
    """Return the Ed25519 public key, 64 hex digits, by which others check signatures."""
    key = _key(ring, key_id).public_key()
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def lacks_key(ring: KeyRing, anchor: Anchor) -> bool:
    """Tell whether the ring has no key by which an anchor could be checked."""
    try:
        _key(ring, anchor.key_id)
    except SealBroken:
        return True
    return False


def is_signed(ring: KeyRing, anchor: Anchor) -> bool:
    """Tell whether an anchor says what was signed, with a key of the ring."""
    try:
        key = _key(ring, anchor.key_id).public_key()
        key.verify(bytes.fromhex(anchor.signature), statement(anchor).encode())
    except (InvalidSignature, SealBroken, ValueError):
        return False
    return True


def follows(anchor: Anchor, before: Anchor | None) -> bool:
    """Tell whether an anchor names the one before it, and is the next one."""
    if before is None:
        return anchor.n == 1 and anchor.previous == NONE_BEFORE
    return anchor.n == before.n + 1 and anchor.previous == _digest(statement(before))


def _key(ring: KeyRing, key_id: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(ring.subkey(PURPOSE, key_id))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class Grown(NamedTuple):
    """Which cases' histories grew, and up to which entry: sixteen bytes for each. And others."""

    cases: "array[int]"
    entries: "array[int]"
    beside: Sequence[beside.Head]


def _write(file: IO[bytes], session: Session, grown: Grown) -> tuple[int, str]:
    """Write a line for each history that grew, and put down up to where; return how many lines, and
    the SHA-256 of all of them.
    """
    digest = hashlib.sha256()

    def write(line: str) -> None:
        file.write(line.encode())
        digest.update(line.encode())

    known = func.coalesce(AnchoredHead.n, 0)
    query = select(Case.id, Case.number, Case.head_n, Case.head)
    query = query.join(AnchoredHead, AnchoredHead.case_id == Case.id, isouter=True)
    query = query.where(known != Case.head_n).order_by(Case.id)
    with session.execute(query.execution_options(yield_per=BATCH)) as found:
        for case_id, number, n, head in found:
            write(f"{number} {n} {head}\n")
            grown.cases.append(case_id)
            grown.entries.append(n)
    for one in grown.beside:
        write(f"{beside.NAMELESS} {one.n} {one.hash}\n")
    return len(grown.cases) + len(grown.beside), digest.hexdigest()


def _remember(session: Session, grown: Grown) -> None:
    for start in range(0, len(grown.cases), BATCH):
        ids = grown.cases[start : start + BATCH]
        session.execute(delete(AnchoredHead).where(AnchoredHead.case_id.in_(ids)))
        some = zip(ids, grown.entries[start : start + BATCH], strict=True)
        rows = [{"case_id": case_id, "n": n} for case_id, n in some]
        session.execute(insert(AnchoredHead), rows)
    if grown.beside:
        session.execute(insert(AnchoredBeside), [one._asdict() for one in grown.beside])
