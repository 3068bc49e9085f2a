"""Files are looked at that nobody has looked at yet, and are scanned where there is a scanner.

The rows themselves are the queue: what is due is claimed for a while, asked about with no
transaction open, and written down. A scanner that does not answer counts against no file. One that
breaks off over a file is asked again, later each time; in the end a person decides with a reason.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from caseflow.files import accepting, blobs
from caseflow.files.blobs import Looked
from caseflow.files.scanning import ScanBroken, Scanner, ScannerAway, TooLargeToScan
from caseflow.files.store import BlobBroken
from caseflow.files.tables import Blob
from caseflow.intake.rooms import Rooms
from caseflow.ledger.moves import infecting

log = logging.getLogger(__name__)

BATCH = 10
CLAIMED = timedelta(minutes=15)
AWAY = timedelta(minutes=1)
TRIES = 5
FRESH = timedelta(days=14)
"""So long after it came a file is scanned again when there are newer signatures: a new virus is
known to nobody on its first days.
"""
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Verdict:
    """What a scanner said of a file; `again`: it is asked once more, later."""

    scan: str
    found: str = ""
    again: bool = False


def look(rooms: Rooms, now: datetime) -> int:
    """Look at up to BATCH files that lie in the store from before; return how many.

    A second run finds them looked at.
    """
    query = select(Blob.id).where(Blob.held == "look").order_by(Blob.id).limit(BATCH)
    with rooms.database.read() as session:
        ids = session.scalars(query).all()
    for blob_id in ids:
        found = _looked(rooms, blob_id)
        rooms.database.run(partial(_seen, blob_id=blob_id, found=found, now=now))
    return len(ids)


def _looked(rooms: Rooms, blob_id: str) -> Looked:
    try:
        return accepting.look_again(rooms.store, rooms.pictures, blob_id).looked or Looked()
    except BlobBroken:  # `doctor --laws` names it
        log.error("a file that is to be looked at is damaged: %s", blob_id[:12])
        return Looked(accepting.TYPE)


def _seen(session: Session, blob_id: str, found: Looked, now: datetime) -> None:
    said = blobs.looked(session, found, now)
    session.execute(
        update(Blob)
        .where(Blob.id == blob_id, Blob.held == "look")
        .values(**said)
        .execution_options(synchronize_session=False)
    )


def scan(rooms: Rooms, scanner: Scanner, now: datetime) -> int:
    """Have up to BATCH files scanned that are due; return how many were."""
    claimed = rooms.database.run(lambda session: _claimed(session, now))
    done = 0
    try:
        signatures = scanner.signatures() if claimed else ""
        for blob_id in claimed:
            verdict = _asked(rooms, scanner, blob_id)
            settled = partial(_settled, blob_id=blob_id, verdict=verdict, signatures=signatures)
            rooms.database.run(partial(settled, now=now))
            done += 1
    except ScannerAway:
        log.error("the virus scanner does not answer; %d files wait", len(claimed) - done)
        rooms.database.run(lambda session: _wait(session, claimed[done:], now))
    return done


def _claimed(session: Session, now: datetime) -> list[str]:
    query = select(Blob.id).where(Blob.scan_due <= now).order_by(Blob.scan_due).limit(BATCH)
    ids = list(session.scalars(query.with_for_update(skip_locked=True)))
    if ids:
        session.execute(update(Blob).where(Blob.id.in_(ids)).values(scan_due=now + CLAIMED))
    return ids


def _wait(session: Session, ids: list[str], now: datetime) -> None:
    session.execute(update(Blob).where(Blob.id.in_(ids)).values(scan_due=now + AWAY))


def _asked(rooms: Rooms, scanner: Scanner, blob_id: str) -> Verdict:
    """Ask about one file, with no transaction open. Raises ScannerAway."""
    try:
        found = scanner.scan(rooms.store.open(blob_id))
    except (BlobBroken, TooLargeToScan):
        return Verdict("failed")
    except ScanBroken as error:
        log.warning("a file could not be scanned: %s %s", blob_id[:12], error.told)
        return Verdict("unscanned", again=True)
    return Verdict("infected" if found else "clean", found)


def _settled(
    session: Session, blob_id: str, verdict: Verdict, signatures: str, now: datetime
) -> None:
    """Write down what was said; cases are locked before the file, as everywhere."""
    blob = session.get(Blob, blob_id)
    if blob is None:  # forgotten meanwhile
        return
    if verdict.scan == "infected" and blob.scan != "infected":
        infecting.infected(session, blob, verdict.found, now)
    if verdict.again:
        blob.scan_tries += 1
        over = blob.scan_tries >= TRIES
        blob.scan_due = None if over else now + timedelta(minutes=2**blob.scan_tries)
        if over and blob.scan == "unscanned":
            blob.scan = "failed"
        return
    blob.scan, blob.scan_found, blob.scan_db = verdict.scan, verdict.found, signatures
    blob.scanned_at, blob.scan_due, blob.scan_tries = now, None, 0


def scan_anew(session: Session, signatures: str, now: datetime) -> int:
    """Let what came in the last FRESH days be scanned again, where that was by other signatures and
    a day ago: what is infected too, for a scanner errs. Return how many.
    """
    older = (Blob.scan_db != signatures, Blob.scanned_at < now - _DAY)
    anew = update(Blob).where(
        Blob.scan.in_(("clean", "infected")), Blob.stored_at > now - FRESH, *older
    )
    marked = session.execute(anew.where(Blob.scan_due.is_(None)).values(scan_due=now))
    return int(marked.rowcount)  # type: ignore[attr-defined]
