"""Telling the reporter whether the matter was accepted, or that it takes longer: `notice`."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.deadlines import clocks, recalendar
from caseflow.deadlines.calendar import Unit
from caseflow.deadlines.rules import rules_of
from caseflow.deadlines.tables import Clock
from caseflow.errors import MoveNotAllowed, NotFound
from caseflow.ledger import gate, supplements
from caseflow.ledger.application_tables import Extension
from caseflow.ledger.moves.opening import first_reports
from caseflow.ledger.moves.record import matter_of, of_report, record
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case
from caseflow.people.actor import SWEEP, Actor
from caseflow.vault.tables import Identity

NO_CODE = "反映人没有查询码，看不到查询页面"


BY_MESSAGE = ("email", "text")
"""Ways in which the outbox reaches a reporter by itself, the better one first."""
_RECEIPT_BY = {"mailbox": {"email"}, "text": {"email", "text"}}


def reachable(session: Session, report: Report) -> tuple[str, ...]:
    """Return the ways in which a report's sender can be reached, without opening the identity."""
    if report.identity_id is None:
        return ()
    identity = session.get_one(Identity, report.identity_id)
    return tuple(way for way in identity.can_be_reached.split(",") if way)


def announce(session: Session, case: Case, now: datetime) -> None:
    """A decision was taken: who left nothing to be reached by sees it on the tracking page now.

    By e-mail the promise is met when the channel took the message, by telephone when somebody
    recorded having told. Whoever wrote an e-mail that may not be answered has no receipt either:
    nobody can tell them anything, and nothing counts as told.
    """
    for report in first_reports(session, case):
        if not reachable(session, report):
            end = clocks.meet if has_receipt(report, ()) else clocks.stop
            end(session, of_report(case, report.id), now, "notice")


def owe_word(session: Session, case: Case, now: datetime) -> None:
    """A case ended otherwise than its reporters were told: whoever can be reached and has had the
    word that was promised, of its acceptance, is owed word of this as well.
    """
    for report in first_reports(session, case):
        subject = of_report(case, report.id)
        if reachable(session, report) and not clocks.alive(session, subject, "notice"):
            clocks.start(session, "notice", subject, matter_of(case), now)


def has_receipt(report: Report, ways: Collection[str]) -> bool:
    """Tell whether a sender reachable in these `ways` has a query code: all but whoever sent an
    e-mail or a text message that may not be answered.
    """
    needs = _RECEIPT_BY.get(report.channel)
    return needs is None or not needs.isdisjoint(ways)


def owe(session: Session, case: Case, before: Iterable[Clock], now: datetime) -> None:
    """Replies were given another day, which their reporters must be told of (延期告知).

    `before`: the promises as they stood until now. Word of the new day is due before the old one
    is over, and a working day from now at the least; word of something else that is owed already
    is then due as soon. Nothing is owed where the tracking page is the only way.
    """
    calendar = rules_of(session).calendar
    least = calendar.due(now, 1, Unit.working_days)
    for old in before:
        report = session.get_one(Report, old.report_id)
        if not reachable(session, report):
            continue
        by = max(calendar.less_working_days(old.due, 1), least)
        subject = of_report(case, report.id)
        owed = clocks.alive(session, subject, "notice")
        for one in owed:
            if one.due > by:
                recalendar.succeed(session, one, by, now)
        if not owed:
            clocks.start(session, "notice", subject, matter_of(case), now, imposed=by)


def told(
    session: Session, report_id: int, now: datetime, *, written: datetime | None = None
) -> None:
    """The message with the decision was handed to the channel (called by notices), whichever case
    the report belongs to by now.

    `written`: when what it tells of was decided. A letter that says nothing of a day given since
    keeps no promise: word of that day is owed.
    """
    case = gate.lock_of_report(session, report_id)
    if written is not None and _another_day_since(session, report_id, written):
        return
    if clocks.meet(session, of_report(case, report_id), now, "notice"):
        record(session, case, SWEEP, "notice_sent", now, refs={"report": report_id})


def _another_day_since(session: Session, report_id: int, written: datetime) -> bool:
    """Tell whether a reporter's reply was given another day after a moment."""
    moved = (Clock.report_id == report_id, Clock.name == "reply", Clock.state == "superseded")
    given = (Extension.decided_at == Clock.ended_at) & (Extension.case_id == Clock.root_case_id)
    query = select(Extension.id).join(Clock, given).where(*moved, Extension.item_id.is_(None))
    return session.scalar(query.where(Extension.decided_at > written).limit(1)) is not None


def tell(
    session: Session,
    actor: Actor,
    case_id: int,
    report_id: int,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Record that somebody told the reporter what was decided by telephone.

    Raises NotFound for a report of another case, which this would mark as told.
    """
    case = gate.lock(session, case_id, seen)
    report = session.get(Report, report_id)
    if report is None or report.case_id != case.id or report.follows is not None:
        raise NotFound("没有这个来件编号")
    if supplements.undecided(case):
        raise MoveNotAllowed("还没有决定是否受理")
    gate.pass_case(actor, case, "tell")
    clocks.meet(session, of_report(case, report_id), now, "notice")
    record(session, case, actor, "tell", now, {"report": report_id}, refs={"report": report_id})
