"""Merging a case into another about the same matter, and undoing it (并案).

The reports go over with their numbers and what was promised for each, and so does the promise of
the case itself: both run on, and the earlier one is what burns. Undone, everything is as it was,
but for what was told meanwhile: whoever learnt that the matter is accepted is not put back before
that.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from caseflow.deadlines import clocks, recalendar
from caseflow.deadlines.clocks import ALIVE, Subject
from caseflow.deadlines.policies import ClockName
from caseflow.deadlines.tables import Clock
from caseflow.errors import BadInput, MoveNotAllowed
from caseflow.ledger import (
    gate,
    mergers,
    oversights,
    proposals,
    queries,
    splits,
    step_ups,
    supplements,
    withdrawals,
)
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.moves import back_promise, calling, closing, extending, naming
from caseflow.ledger.moves.handlers import first_handler, hand_over, is_missing
from caseflow.ledger.moves.notice import announce
from caseflow.ledger.moves.record import (
    handled,
    let_go,
    matter_of,
    of_case,
    of_report,
    record,
    resolve_due,
    whole,
    words,
)
from caseflow.ledger.moves.urgency import require_no_danger
from caseflow.ledger.report_tables import MergedClock, MergedReport, Merger, Reply, Report
from caseflow.ledger.states import ENDS, TAKES_IN
from caseflow.ledger.tables import URGENT, Case, Item
from caseflow.people.actor import SWEEP, Actor
from caseflow.people.scope import scope_of
from caseflow.people.tables import Unit
from caseflow.refs import plain

UNKNOWN = "没有这个编号的办件，或不在您的辖区"
_OF_ITEMS = ("verify", "rectify")
_ACCEPTS = ("accept", "reopen", "split_from")
_DANGER = ("retaliation", "raise_urgency")


def merge(
    session: Session,
    actor: Actor,
    case_id: int,
    into: str,
    reason: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Merge a case into the one with the number `into`, of a case or of one of its reports.

    Raises BadInput for one that is not about the same matter, MoveNotAllowed for a case of which an
    item is not over (a second person withdraws it), for danger that nobody took over yet, and while
    the level above has not looked into what came back too often.
    """
    case, target = _both(session, case_id, _find(session, actor, into), seen)
    why = words(reason, "reason", 2000)
    _fits(session, case, target)
    require_no_danger(session, case)
    oversights.require_none_waits(session, case)
    if mergers.undone(session, case):
        raise MoveNotAllowed("还有问题项没有办完：请反过来把那个办件并入本办件，或先撤项、销号")
    was = case.state
    gate.pass_case(actor, target, "take_in")
    gate.pass_case(actor, case, "merge")
    merger = Merger(
        case_id=case.id,
        into_id=target.id,
        was=was,
        merged_at=now,
        into_rank=target.rank,
        into_urgent=target.urgent,
    )
    session.add(merger)
    session.flush()
    _leave(session, case, now)
    extending.lapse(session, target, None, now)  # it was asked before these promises were there
    proposals.lapse(session, target, now)  # nor had anybody read these reports
    moved = _go_over(session, merger, case, target)
    accepted = was == "received" and target.state != "received"
    if accepted:
        announce(session, target, now)
    hastened = _hasten(session, merger, target, now)
    step_ups.many_reports(session, target, queries.items_of(session, target), now)
    facts = {"into": target.number, "reason": why, "was": was, "accepted": accepted}
    merger.case_n = record(session, case, actor, "merge", now, facts)
    refs = {"reports": [one.id for one in moved if one.follows is None], "accepted": accepted}
    told = {
        "case": case.number,
        "reports": [one.number for one in moved],
        "reason": why,
        "rank": merger.into_rank,
        "urgent": merger.into_urgent,
    }
    merger.into_n = record(session, target, actor, "take_in", now, told, refs=refs)
    for item in hastened:
        record(session, target, SWEEP, "hasten", now, item=item)


def unmerge(
    session: Session,
    actor: Actor,
    case_id: int,
    reason: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Make a merged case one of its own again, as it was. Raises MoveNotAllowed once one of its
    reporters got a reply: what was said to them cannot be taken back.
    """
    merger = mergers.lasting(session, case_id)
    if merger is None:
        raise MoveNotAllowed("这个办件没有并入别的办件")
    case, target = _both(session, case_id, merger.into_id, seen)
    merger = mergers.lasting(session, case_id)
    if merger is None or merger.into_id != target.id:
        raise MoveNotAllowed("这个办件没有并入别的办件")
    why = words(reason, "reason", 2000)
    gate.pass_case(actor, target, "give_back")
    reports = mergers.reports_of(session, merger)
    _unanswered(session, merger, reports)
    if why_not := splits.bars_undoing(session, merger):
        raise MoveNotAllowed(why_not)
    require_no_danger(session, target)
    to = "accepted" if merger.was == "received" and _was_accepted(session, target) else merger.was
    gate.pass_case(actor, case, "unmerge", to)
    merger.undone_at, case.closed_at = now, None
    _move(session, reports, {case.id, *mergers.below(session, case.id)}, case)
    _calm(session, case, target, merger, reports, now)  # first: urgent, it was taken over already
    _promise_again(session, case, merger, reports, now)
    eased = _ease(session, merger, target, now)
    target.call_back = calling.anybody(session, target)
    facts: dict[str, object] = {"from": target.number, "to": to, "reason": why}
    if is_missing(session, case) and case.state != "received":
        hand_over(session, case, first_handler(session, actor, case, now))
    facts |= {"handler": case.handler_id} if case.handler_id is not None else {}
    if target.state in ENDS:  # who is owed a report back may have gone
        back_promise.hold(session, target, now)
    merger.case_undone_n = record(session, case, actor, "unmerge", now, facts)
    told = {"case": case.number, "reports": [one.number for one in reports], "reason": why}
    merger.into_undone_n = record(session, target, actor, "give_back", now, told)
    for item in eased:
        record(session, target, SWEEP, "ease", now, item=item)
    closing.go_on(session, target, now)  # everybody who is left may have been answered


# Which two


def _find(session: Session, actor: Actor, number: str) -> int:
    """Return the case with a number, or of the report with it, that this person may see."""
    typed = plain(words(number, "into", 40))
    of_report = select(Report.case_id).where(Report.number == typed)
    query = select(Case).where((Case.number == typed) | Case.id.in_(of_report))
    case = session.scalar(query.limit(1))
    if case is None or not gate.covers(scope_of(actor), case):
        raise BadInput({"into": UNKNOWN})
    return case.id


def _both(session: Session, case_id: int, into_id: int, seen: int | None) -> tuple[Case, Case]:
    """Lock both, the older one first: two who merge two cases crosswise wait for one another."""
    if case_id == into_id:
        raise BadInput({"into": "不能并入办件自己"})
    if into_id < case_id:
        target = gate.lock(session, into_id)
        return gate.lock(session, case_id, seen), target
    case = gate.lock(session, case_id, seen)
    return case, gate.lock(session, into_id)


def _fits(session: Session, case: Case, target: Case) -> None:
    """Raise BadInput where the other case cannot be about the same matter, or keep its promises."""
    if target.state not in TAKES_IN:
        over = "那个办件已并入别的办件，请填那一个的编号"
        raise BadInput({"into": over if target.state == "merged" else "那个办件已经办到答复或办结"})
    if supplements.undecided(target):
        raise BadInput({"into": "那个办件正在等反映人补正，还没有决定是否受理"})
    if not mergers.same_place(case, target):
        raise BadInput({"into": "两个办件反映的单位或所属区域不同，不能并案；请先指明被反映单位"})
    if not mergers.alike(case, target):
        raise BadInput({"into": "两个办件的诉求类型不同，办理规则不同，不能并案"})
    if target.state == "received" and case.state != "received":
        raise BadInput({"into": "那个办件还没有受理：请先受理，或反过来把它并入本办件"})
    if case.kind == "tip":
        for unit_id in naming.shield(session, case).units:
            if naming.verifies(session, target, session.get_one(Unit, unit_id)):
                raise BadInput({"into": "那个办件正由被举报单位或其管理的单位核查，不能并入"})


# Merging


def _leave(session: Session, case: Case, now: datetime) -> None:
    """Let the case owe nothing by itself: what was promised goes over."""
    case.closed_at = now
    handled(session, case, now)
    let_go(session, case, now, "notice", "reply", "resolve")
    clocks.stop(session, of_case(case), now, ClockName.oversee)
    extending.lapse_all(session, case, now)
    withdrawals.lapse_all(session, case, now)
    proposals.lapse(session, case, now)


def _go_over(session: Session, merger: Merger, case: Case, target: Case) -> Sequence[Report]:
    """Give the reports of a case to the other one, with what was promised for each and for all."""
    query = select(Report).where(Report.case_id == case.id).order_by(Report.id)
    reports = session.scalars(query).all()
    session.add_all(MergedReport(merger_id=merger.id, report_id=one.id) for one in reports)
    mine = {case.id, *mergers.below(session, case.id)}
    _move(session, reports, mine, target)
    target.rank = min(target.rank, case.rank)  # danger that was taken over stays in front
    target.call_back = target.call_back or case.call_back
    return reports


def _move(session: Session, reports: Sequence[Report], cases: set[int], to: Case) -> None:
    """Let reports belong to a case, and what runs for them and of the `cases` they came with."""
    for report in reports:
        report.case_id = to.id
    session.flush()
    of_reports = Clock.report_id.in_([one.id for one in reports])
    of_cases = Clock.case_id.in_(cases) & (Clock.name == "resolve")
    alive = or_(of_reports, of_cases) & Clock.state.in_(ALIVE)
    session.execute(update(Clock).where(alive).values(root_case_id=to.id))


def hasten_again(session: Session, case: Case, now: datetime) -> None:
    """Let items be due before the earliest promise again, after some of both stood still."""
    lent = mergers.into(session, case.id)
    for item in _hasten(session, lent[-1], case, now) if lent else ():
        record(session, case, SWEEP, "hasten", now, item=item)


def _hasten(session: Session, merger: Merger, target: Case, now: datetime) -> list[Item]:
    """Let items be due before the earliest promise there is now; return those that move."""
    promised = resolve_due(session, target)
    hastened = []
    for item, clock in _of_items(session, target):
        due = clocks.bound(session, clock, promised, now) if promised else clock.due
        if due < clock.due:
            _succeed(session, merger, clock, due, now)
            hastened.append(item)
    return hastened


def _succeed(session: Session, merger: Merger, clock: Clock, due: datetime, now: datetime) -> None:
    successor = recalendar.succeed(session, clock, due, now)
    session.add(MergedClock(clock_id=successor.id, merger_id=merger.id))
    session.flush()


def _of_items(session: Session, case: Case) -> list[tuple[Item, Clock]]:
    items = session.scalars(select(Item).where(Item.case_id == case.id).order_by(Item.id)).all()
    running = clocks.alive(session, whole(case), *_OF_ITEMS)
    return [(item, clock) for item in items for clock in running if clock.item_id == item.id]


# Undoing it


def _was_accepted(session: Session, case: Case) -> bool:
    """Tell whether the reporters of a case read that it is accepted, whatever came after."""
    query = select(Entry.id).where(Entry.case_id == case.id, Entry.verb.in_(_ACCEPTS))
    return session.scalar(query.limit(1)) is not None


def _unanswered(session: Session, merger: Merger, reports: Sequence[Report]) -> None:
    """Refuse once somebody was answered in the other case since; before they came is no matter."""
    query = select(Reply.id).where(
        Reply.case_id == merger.into_id,
        Reply.report_id.in_([one.id for one in reports]),
        Reply.at >= merger.merged_at,
    )
    if session.scalar(query.limit(1)) is not None:
        raise MoveNotAllowed("已经答复过并入的反映人，不能取消并案")


def _promise_again(
    session: Session, case: Case, merger: Merger, reports: Sequence[Report], now: datetime
) -> None:
    """Let what the case owed when it was merged be owed again. Its own promise ran on meanwhile;
    what the other case's end had stopped, and that somebody must take it up, holds as it was.
    """
    for case_id in (case.id, *sorted(mergers.below(session, case.id))):
        own = Subject(case_id=case_id, root_case_id=case.id)
        if not clocks.alive(session, own, "resolve"):
            _again(session, case, Clock.case_id == case_id, "resolve")
    for report in (one for one in reports if one.follows is None):
        if not clocks.alive(session, of_report(case, report.id), "reply"):
            _again(session, case, Clock.report_id == report.id, "reply")
    idle = (merger.merged_at, max(now, merger.merged_at))
    # Merged before that was refused.
    if oversights.waiting(session, case.id):
        _again(session, case, Clock.case_id == case.id, ClockName.oversee, idle)
    if case.state != "handling" and not case.urgent:
        met = (Clock.case_id == case.id) & (Clock.ended_at == merger.merged_at)
        if not _again(session, case, met, "immediate", idle):
            clocks.start(session, "immediate", of_case(case), matter_of(case), now)


def _again(
    session: Session,
    case: Case,
    which: ColumnElement[bool],
    name: str,
    idle: tuple[datetime, datetime] | None = None,
) -> bool:
    """Let the last clock of a name hold again, of this case; False where there was none."""
    query = select(Clock).where(which, Clock.name == name)
    last = session.scalar(query.order_by(Clock.id.desc()).limit(1))
    if last is not None:
        clocks.again(session, last, case.id, idle)
    return last is not None


def _calm(
    session: Session,
    case: Case,
    target: Case,
    merger: Merger,
    reports: Sequence[Report],
    now: datetime,
) -> None:
    """Let each of the two be urgent for its own: a danger said since goes with who said it."""
    left = mergers.into(session, target.id)
    first = min([merger, *left], key=lambda one: one.into_n)
    said = _dangers(session, target, first.into_n, [one.number for one in reports])
    if any(theirs for n, theirs in said if n > merger.into_n):
        case.urgent, case.rank = True, min(case.rank, URGENT)
    own = [n for n, theirs in said if not theirs]
    later = next((one for one in left if one.id > merger.id), None)
    if later is not None and not any(merger.into_n < n < later.into_n for n in own):
        # What it found was lent by this one.
        later.into_rank, later.into_urgent = merger.into_rank, merger.into_urgent
    if not own:
        found = left[0] if left else merger
        ranks = [one.rank for one in mergers.cases_of(session, target)[1]]
        target.urgent, target.rank = found.into_urgent, min([found.into_rank, *ranks])
    at_once = target.state in ("received", "accepted") and not target.urgent
    if at_once and not clocks.alive(session, of_case(target), "immediate"):
        clocks.start(session, "immediate", of_case(target), matter_of(target), now)


def _dangers(
    session: Session, target: Case, after: int, numbers: Sequence[str]
) -> list[tuple[int, bool]]:
    """Return the entries after a number that say of danger, each with whether these reports did."""
    query = select(Entry.n, Entry.body).where(
        Entry.case_id == target.id, Entry.n > after, Entry.verb.in_(_DANGER)
    )
    rows = session.execute(query.order_by(Entry.n))
    return [(n, any(number in body for number in numbers)) for n, body in rows]


def _ease(session: Session, merger: Merger, target: Case, now: datetime) -> list[Item]:
    """Let items that were hastened be due when they were, as far as the promises that are left
    allow; return those that move.
    """
    promised = resolve_due(session, target) if mergers.into(session, target.id) else None
    eased = []
    for item, clock in _of_items(session, target):
        due = mergers.due_without(session, clock)
        if promised is not None:
            due = min(due, clocks.bound(session, clock, promised, now))
        if due > clock.due:
            _succeed(session, merger, clock, due, now)
            eased.append(item)
    return eased
