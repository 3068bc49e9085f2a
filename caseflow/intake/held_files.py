"""Files of cases that are not handed out stand among what was set aside, each with its own clock.

A job puts them there, whichever door they came by and whenever it was found what they are: in the
row stands why, and since when. What is let through after all leaves by itself; the rest waits until
somebody opened it with a reason, or says what was done about it. The file stays on its case.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute, Session

from caseflow.deadlines import clocks
from caseflow.deadlines.clocks import Subject
from caseflow.errors import BadInput, MoveNotAllowed, NotFound
from caseflow.files import handing
from caseflow.files.tables import BACK, Blob
from caseflow.intake.quarantine import row_in_reach, start_clock
from caseflow.intake.rooms import Rooms
from caseflow.intake.tables import IS_WAITING, Quarantine, QuarantinedFile
from caseflow.ledger.report_tables import Attachment, Report
from caseflow.ledger.tables import Case, Evidence, Item
from caseflow.people.actor import Actor
from caseflow.people.permissions import require

CHANNEL = "files"
"""Stands in the row in place of a door: by which one a file came is told by its case."""
SINCE = timedelta(days=30)
"""What came longer ago is not looked for: whoever had it has worked with its case since."""
WAITED = timedelta(hours=1)
"""So long a file may wait for the scanner before it counts as set aside."""
BATCH = 100
LONGEST_NOTE = 500
OPENED = "已写明理由，打开原件看过"
LET_THROUGH = "已放行"


@dataclass(frozen=True)
class HeldFile:
    """A file on a case that is not handed out. `place`: the address of the file within the office,
    without its beginning.
    """

    name: str
    case: str
    case_id: int
    place: str
    blob: Blob


Rows = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class _Kind:
    """One of the two ways in which a file hangs on a case."""

    place: str
    named: InstrumentedAttribute[int | None]
    file: type[Attachment] | type[Evidence]
    at: InstrumentedAttribute[datetime]

    def joined(self, query: Rows) -> Rows:
        """Join the file's bytes and its case to a query that begins with the file."""
        query = query.join(Blob, Blob.id == self.file.blob_id)
        if self.file is Attachment:
            return query.join(Report, Report.id == Attachment.report_id).join(
                Case, Case.id == Report.case_id
            )
        return query.join(Item, Item.id == Evidence.item_id).join(Case, Case.id == Item.case_id)


_KINDS = (
    _Kind("attachments", QuarantinedFile.attachment_id, Attachment, Report.received_at),
    _Kind("evidence", QuarantinedFile.evidence_id, Evidence, Evidence.at),
)


def mind(rooms: Rooms, now: datetime, *, scans: bool) -> int:
    """Let every file that is held back stand among what was set aside, and what is not any more go
    from there; return how many rows changed. `scans`: there is a scanner. A second run finds none.
    """
    with rooms.database.read() as session:
        if not is_due(session, now, scans=scans):
            return 0
    return rooms.database.run(partial(_minded, now=now, scans=scans))


def is_due(session: Session, now: datetime, *, scans: bool) -> bool:
    """Tell whether a file stands there that should not, or one does not that should."""
    return any(
        _new(session, kind, now, scans=scans) or _moved(session, kind, scans=scans)
        for kind in _KINDS
    )


def _minded(session: Session, now: datetime, *, scans: bool) -> int:
    done = 0
    for kind in _KINDS:
        for file_id, area, at, why in _new(session, kind, now, scans=scans):
            done += _stand(session, kind, (file_id, area, at, why), now)
        for row, area, why in _moved(session, kind, scans=scans, lock=True):
            row.area_code, row.reason = area, handing.WHY.get(why, row.reason)
            if not why:
                _settle(session, row, None, LET_THROUGH, now)
            done += 1
    return done


def _new(
    session: Session, kind: _Kind, now: datetime, *, scans: bool
) -> list[tuple[int, str, datetime, str]]:
    """Return id, area, since when and why of files that are held back and stand nowhere yet."""
    base = kind.joined(select(kind.file.id, Case.area_code, kind.at, Blob).select_from(kind.file))
    base = base.where(Blob.stored_at > now - SINCE, ~exists().where(kind.named == kind.file.id))
    found: dict[int, tuple[int, str, datetime, str]] = {}
    for held in _held(now, scans=scans):
        for file_id, area, at, blob in session.execute(base.where(held).limit(BATCH)):
            found[file_id] = (file_id, area, at, handing.why(blob, scans=scans))
    return list(found.values())


def _held(now: datetime, *, scans: bool) -> Iterable[ColumnElement[bool]]:
    """Return the conditions on `Blob`, each in the words of the index that finds it."""
    by_itself = or_(Blob.held.not_in(("", "look")), Blob.scan == "infected")
    yield text(BACK) if scans else and_(text(BACK), by_itself)  # type: ignore[misc]
    if scans:
        waits = and_(Blob.scan == "unscanned", Blob.scan_due.is_not(None))
        yield and_(waits, Blob.stored_at < now - WAITED)


def _stand(
    session: Session, kind: _Kind, file: tuple[int, str, datetime, str], now: datetime
) -> bool:
    """Give a file a row and a clock; False where another worker was faster."""
    file_id, area, at, why = file
    row = Quarantine(
        channel=CHANNEL,
        channel_key=f"{kind.place}:{file_id}",
        reason=handing.WHY[why],
        area_code=area,
        received_at=at,
        state="waiting",
        note="",
    )
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
            session.add(QuarantinedFile(quarantine_id=row.id, **{kind.named.key: file_id}))
            session.flush()
    except IntegrityError:
        return False
    start_clock(session, row, now)
    return True


def _moved(
    session: Session, kind: _Kind, *, scans: bool, lock: bool = False
) -> list[tuple[Quarantine, str, str]]:
    """Return waiting rows whose file is let through, held back for something else, or whose case
    lies in another area by now: the row, that area, and why (nothing where it is let through).
    """
    query = _standing(select(Quarantine, Case.area_code, Blob), kind).where(text(IS_WAITING))
    if lock:
        query = query.with_for_update(of=Quarantine, skip_locked=True)
    found = [
        (row, area, handing.why(blob, scans=scans)) for row, area, blob in session.execute(query)
    ]
    return [
        (row, area, why)
        for row, area, why in found
        if (row.area_code, row.reason) != (area, handing.WHY.get(why))
    ]


def _standing(query: Rows, kind: _Kind) -> Rows:
    """Join what rows of quarantine stand for to a query that begins with them."""
    query = query.join(QuarantinedFile, QuarantinedFile.quarantine_id == Quarantine.id)
    return kind.joined(query.join(kind.file, kind.file.id == kind.named))


def of_rows(session: Session, rows: Sequence[Quarantine]) -> Mapping[int, HeldFile]:
    """Return the file that each row stands for, by the row's id; of those that stand for one.

    Whoever asks has found the rows within their reach.
    """
    found: dict[int, HeldFile] = {}
    ids = [row.id for row in rows if row.original_id is None]
    for kind in _KINDS if ids else ():
        query = select(Quarantine.id, kind.file.name, Case.number, Case.id, kind.file.id, Blob)
        query = _standing(query, kind)
        for row_id, name, case, case_id, file_id, blob in session.execute(
            query.where(Quarantine.id.in_(ids))
        ):
            place = f"{kind.place}/{file_id}"
            found[row_id] = HeldFile(name, case, case_id, place, blob)
    return found


def beside(session: Session, actor: Actor, row: Quarantine) -> Mapping[int, HeldFile]:
    """Return all files of the row's case that wait like it, itself among them, by row."""
    case_id = of_rows(session, [row])[row.id].case_id
    waiting = text(IS_WAITING), Case.id == case_id
    of_case = [
        row_id
        for kind in _KINDS
        for row_id in session.scalars(_standing(select(Quarantine.id), kind).where(*waiting))
    ]
    query = select(Quarantine).where(Quarantine.id.in_(of_case), row_in_reach(actor))
    return of_rows(session, session.scalars(query.order_by(Quarantine.id)).all())


def seen(session: Session, actor: Actor, row_ids: Collection[int], note: str, now: datetime) -> int:
    """Say that somebody looked at these files, and what was done about them; ends their clocks.
    Return how many waited still.

    Raises NotPermitted, NotFound, BadInput without a note, MoveNotAllowed where none waits.
    """
    require(actor, "quarantine.look")
    said = note.strip()
    if not said or len(said) > LONGEST_NOTE:
        raise BadInput({"note": "请写明怎么处理的，最多 500 字"})
    known = and_(Quarantine.id.in_(row_ids), Quarantine.original_id.is_(None), row_in_reach(actor))
    rows = _locked(session, known)
    if not rows:
        raise NotFound("隔离区中没有这一条")
    waiting = [row for row in rows if row.state == "waiting"]
    if not waiting:
        raise MoveNotAllowed("这一条已有人处理")
    for row in waiting:
        _settle(session, row, actor, said, now)
    return len(waiting)


def opening(kind: str, file_id: int) -> Callable[[Session, Actor, datetime], None]:
    """Return what is to be noted when somebody opens a file of a case with a reason: they saw it.

    `kind`: `attachments` or `evidence`.
    """
    [named] = (one.named for one in _KINDS if one.place == kind)

    def opened(session: Session, actor: Actor, now: datetime) -> None:
        about = select(QuarantinedFile.quarantine_id).where(named == file_id)
        for row in _locked(session, and_(Quarantine.id.in_(about), text(IS_WAITING))):
            _settle(session, row, actor, OPENED, now)

    return opened


def _locked(session: Session, known: ColumnElement[bool]) -> Sequence[Quarantine]:
    query = select(Quarantine).where(known).order_by(Quarantine.id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).all()


def _settle(
    session: Session, row: Quarantine, actor: Actor | None, note: str, now: datetime
) -> None:
    row.state, row.note, row.looked_at = "taken", note, now
    row.looked_by = actor.person if actor else None
    end = clocks.meet if actor else clocks.stop
    end(session, Subject(quarantine_id=row.id), now, "look")


def look_again(session: Session, actor: Actor, now: datetime) -> int:
    """Let what waits be looked at and scanned anew, but for what is infected; return how many.

    For what failed for a reason that was mended since. Raises NotPermitted.
    """
    require(actor, "quarantine.look")
    query = select(Quarantine).where(
        text(IS_WAITING), Quarantine.channel == CHANNEL, row_in_reach(actor)
    )
    files = of_rows(session, session.scalars(query).all()).values()
    ids = {one.blob.id for one in files if one.blob.scan != "infected"}
    again = update(Blob).where(Blob.id.in_(ids))
    session.execute(again.where(Blob.held != "").values(held="look"))
    failed = again.where(Blob.scan == "failed")
    session.execute(failed.values(scan="unscanned", scan_due=now, scan_tries=0))
    return len(ids)
