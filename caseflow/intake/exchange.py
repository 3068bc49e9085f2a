"""Orders of another office's platform taken in, and what it may know of them afterwards.

The same number twice gets the same answer; changed words under a number are refused and named, for
what came in is never altered (design law 2). A platform reads of its own orders alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from caseflow.errors import BadInput, MoveNotAllowed, NotFound
from caseflow.intake import desk_places
from caseflow.intake.channels.handed import exchange
from caseflow.intake.channels.handed.exchange import Order
from caseflow.intake.receive import Received, take_in
from caseflow.intake.report import IncomingReport
from caseflow.intake.rooms import Rooms
from caseflow.ledger import handed, reports_back
from caseflow.ledger.handed_tables import HandedMatter, ReportBack
from caseflow.ledger.moves import reporting_back
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case
from caseflow.people.actor import SWEEP
from caseflow.people.scope import Scope
from caseflow.people.tables import Area
from caseflow.people.tokens import Bearer
from caseflow.vault.originals import original_for_machine

AT_ONCE = 100


class Changed(MoveNotAllowed):
    """Other words came under a number that was taken; `fields` names them."""

    def __init__(self, fields: Sequence[str]) -> None:
        super().__init__("这个编号已经收过，内容不同")
        self.fields = list(fields)


@dataclass(frozen=True)
class Taken:
    """What a platform is told: our numbers, and whether it had been told so before."""

    id: str
    number: str
    case: str
    duplicate: bool


@dataclass(frozen=True)
class Back:
    """The report back of an order; `text` only once it was sent."""

    state: str
    text: str = ""
    sent_at: datetime | None = None
    signed_at: datetime | None = None


@dataclass(frozen=True)
class Standing:
    """How an order stands, as its sender may know it; `state`: the case's."""

    id: str
    number: str
    case: str
    state: str
    received_at: datetime
    due: datetime | None
    back: Back | None


def take(rooms: Rooms, bearer: Bearer, order: Order, now: datetime) -> Taken:
    """Take an order in, committed before it is answered. Raises Changed, and MoveNotAllowed where
    somebody wrote that number down by hand before.
    """
    with rooms.database.read() as session:
        before = _kept(session, rooms, bearer, order)
        unit_id = _unit(session, bearer, str(order.said.get("unit", "")))
    if before is not None:
        return before
    incoming = exchange.incoming(order, bearer.sender, bearer.area, unit_id, now)
    try:
        received = _once(rooms, incoming, now)
    except BadInput as error:
        if "sender_number" in error.fields:
            raise MoveNotAllowed(handed.CAME_BEFORE) from error
        raise
    if received.duplicate:  # it came twice at this very moment, perhaps with other words
        with rooms.database.read() as session:
            return _kept(session, rooms, bearer, order) or _taken(order.id, received, again=True)
    return _taken(order.id, received, again=False)


def _once(rooms: Rooms, incoming: IncomingReport, now: datetime) -> Received:
    """Take a report in; where somebody writes its number down at this very moment, find that."""
    try:
        return take_in(rooms, incoming, now)
    except IntegrityError:
        return take_in(rooms, incoming, now)


def _taken(number: str, received: Received, *, again: bool) -> Taken:
    return Taken(number, received.report_number, received.case_number, again)


def _kept(session: Session, rooms: Rooms, bearer: Bearer, order: Order) -> Taken | None:
    """Return what became of an order that came before. Raises Changed."""
    query = select(Report, Case.number).join(Case, Case.id == Report.case_id)
    key = exchange.channel_key(bearer.sender, order.id)
    query = query.where(Report.channel == exchange.CHANNEL, Report.channel_key == key)
    row = session.execute(query).first()
    if row is None:
        return None
    pieces = original_for_machine(session, rooms.ring, rooms.store, row[0].original_id)
    if wrong := exchange.differs(b"".join(pieces), order):
        raise Changed(wrong)
    return Taken(order.id, row[0].number, row[1], duplicate=True)


def _unit(session: Session, bearer: Bearer, name: str) -> int | None:
    area = session.get_one(Area, bearer.area)
    scope = Scope("area", level=area.level, code=area.code)
    unit = desk_places.find_unit(session, scope, name) if name else None
    return unit.id if unit else None


def standing(session: Session, bearer: Bearer, number: str) -> Standing:
    """Return how an order of the bearer stands. Raises NotFound, also for those of others."""
    report = handed.known(session, bearer.sender, number)
    if report is None:
        raise NotFound("没有这个编号")
    case = session.get_one(Case, report.case_id)
    row = _newest(session, case, report)
    return Standing(
        id=report.handed_number,
        number=report.number,
        case=case.number,
        state=case.state,
        received_at=report.received_at,
        due=report.imposed_due,
        back=_back(report, row),
    )


def _newest(session: Session, case: Case, report: Report) -> ReportBack | None:
    rows = reports_back.of_case(session, case.id)
    return reports_back.current(rows, report.id, case.reopened)


def _back(report: Report, row: ReportBack | None) -> Back | None:
    if not report.report_back:
        return None
    if row is None or row.state not in ("sent", "signed"):
        return Back("waived" if row is not None and row.state == "waived" else "owed")
    return Back(row.state, row.text, row.sent_at, row.signed_at)


def waiting(session: Session, bearer: Bearer, after: int = 0) -> Sequence[tuple[int, Standing]]:
    """Return the orders of the bearer whose report back was sent and not yet signed for, at most
    `AT_ONCE` after one of them, each with what to ask after next.
    """
    query = (
        select(ReportBack.id, Report.handed_number)
        .join(Report, Report.id == ReportBack.report_id)
        .join(HandedMatter, HandedMatter.report_id == Report.id)
        .where(HandedMatter.sender == handed.normal(bearer.sender))
        .where(ReportBack.state == "sent", ReportBack.id > after)
        .order_by(ReportBack.id)
        .limit(AT_ONCE)
    )
    rows = session.execute(query).all()
    return [(row_id, standing(session, bearer, number)) for row_id, number in rows]


def sign(session: Session, bearer: Bearer, number: str, signed_by: str, now: datetime) -> Standing:
    """Record that the bearer has the report back; said twice it is recorded once. Raises NotFound,
    and MoveNotAllowed where none was sent.
    """
    report = handed.known(session, bearer.sender, number)
    if report is None:
        raise NotFound("没有这个编号")
    case = session.get_one(Case, report.case_id)
    row = _newest(session, case, report)
    if row is None or row.state != "signed":
        who = signed_by.strip() or bearer.sender[:60]
        reporting_back.sign_report_back(session, SWEEP, case.id, report.id, who, now)
    return standing(session, bearer, number)
