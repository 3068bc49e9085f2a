"""Extension (延期): asked for before the due moment, decided by somebody else, bounded by policy.

A case's promise to its reporter moves only by `extend_case`; an item is extended within it and
never moves it (`ledger.extensions` says how far). The old clock stays on the record with the rungs
that happened; the ladder climbs on until somebody has decided.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from caseflow.deadlines import clocks, recalendar
from caseflow.deadlines.calendar import Calendar
from caseflow.deadlines.clocks import Subject
from caseflow.deadlines.policies import ClockName
from caseflow.deadlines.rules import rules_of
from caseflow.deadlines.tables import Clock
from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted, Told
from caseflow.ledger import extensions, gate
from caseflow.ledger.application_tables import Extension
from caseflow.ledger.at_work import require_at_work
from caseflow.ledger.extensions import Room
from caseflow.ledger.moves import notice
from caseflow.ledger.moves.record import (
    gathered,
    matter_of,
    may_say,
    of_case,
    of_item,
    record,
    whole,
    words,
)
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case, Item
from caseflow.people.actor import Actor
from caseflow.people.permissions import INSPECTOR, UNIT
from caseflow.people.tables import User

_HOLDERS = (UNIT, INSPECTOR)


def imposed(session: Session, case: Case) -> bool:
    """Tell whether another office set the case's due moment: it must consent to another."""
    asked = or_(Report.imposed_due.is_not(None), Report.back_due.is_not(None))
    query = select(Report.id).where(Report.case_id == case.id, asked)
    return session.scalar(query.limit(1)) is not None


# Asking


def extend(
    session: Session,
    actor: Actor,
    item_id: int,
    until: date | None,
    grounds: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Ask, as whoever holds an item, for more time to verify it or to put it right."""
    case, item = gate.lock_item(session, item_id, seen)
    require_at_work(case)
    if not gate.its_turn(actor, item):
        raise NotPermitted("这个问题项现在不在您这里")
    _ask(session, actor, case, item, until, grounds, "", now)


def extend_case(
    session: Session,
    actor: Actor,
    case_id: int,
    until: date | None,
    grounds: str,
    now: datetime,
    *,
    consent: str = "",
    seen: int | None = None,
) -> None:
    """Ask for more time to reply to the reporters of a case.

    `consent`: how the office that imposed the due moment agreed; needed where one did.
    """
    case = gate.lock(session, case_id, seen)
    _ask(session, actor, case, None, until, grounds, consent, now)


def _ask(
    session: Session,
    actor: Actor,
    case: Case,
    item: Item | None,
    until: date | None,
    grounds: str,
    consent: str,
    now: datetime,
) -> None:
    rules, alive = rules_of(session), clocks.alive(session, whole(case))
    known = extensions.asked(session, case.id)
    if extensions.undecided(known, item) is not None:
        raise MoveNotAllowed("已有一份延期申请等待审批")
    room = extensions.room(rules, alive, known, item, now)
    clock = extensions.promise(alive, item)
    if room.bar or clock is None:
        raise MoveNotAllowed(room.why_not)
    needed = item is None and imposed(session, case)
    gathered(
        lambda: words(grounds, "grounds", 2000),
        lambda: _check_day(rules.calendar, room, until),
        lambda: words(consent, "consent", 2000) if needed else may_say(consent, "consent", 2000),
    )
    _pass(actor, case, item, "extend")
    row = Extension(
        case_id=case.id,
        item_id=item.id if item else None,
        clock_id=clock.id,
        asked_by=actor.person,
        asked_at=now,
        grounds=words(grounds, "grounds", 2000),
        consent=consent.strip(),
        until=rules.calendar.end_of_day(until or room.last),
    )
    session.add(row)
    clocks.start(session, ClockName.decide, _subject(case, item), matter_of(case), now)
    session.flush()
    _record(session, actor, case, item, "extend", now, row, {"grounds": row.grounds})


def _check_day(calendar: Calendar, room: Room, until: date | None) -> None:
    if until is None:
        raise BadInput({"until": "请选择延期到哪一天"})
    if not room.first <= until <= room.last:
        told = "可以延期到 %(first)s 至 %(last)s 之间的工作日"
        raise BadInput({"until": Told(told, first=str(room.first), last=str(room.last))})
    if not calendar.is_working_day(until):
        raise BadInput({"until": "请选择工作日"})


# Deciding


def grant(
    session: Session,
    actor: Actor,
    item_id: int,
    remark: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Give an item the time that was asked for, within the promise of its case."""
    case, item = gate.lock_item(session, item_id, seen)
    _grant(session, actor, case, item, remark, now)


def grant_case(
    session: Session,
    actor: Actor,
    case_id: int,
    remark: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Give a case the time that was asked for: the reporters are told the new day."""
    _grant(session, actor, gate.lock(session, case_id, seen), None, remark, now)


def refuse(
    session: Session,
    actor: Actor,
    item_id: int,
    reason: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Leave an item's promise as it is, and say why."""
    case, item = gate.lock_item(session, item_id, seen)
    _refuse(session, actor, case, item, reason, now)


def refuse_case(
    session: Session,
    actor: Actor,
    case_id: int,
    reason: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Leave a case's promise as it is, and say why."""
    _refuse(session, actor, gate.lock(session, case_id, seen), None, reason, now)


def _grant(
    session: Session, actor: Actor, case: Case, item: Item | None, remark: str, now: datetime
) -> None:
    row = _decides(session, actor, case, item)
    said = may_say(remark)
    clock = _still_fits(session, case, item, row, now)
    before = clock.due
    _pass(actor, case, item, "grant")
    _extend(session, actor, case, clock, row, now)
    facts: dict[str, object] = {"before": _day(session, before), "remark": said}
    if item is None:
        facts["reports"] = _extend_replies(session, case, row.until, now)
    _decided(session, actor, case, item, row, "granted", now)
    _record(session, actor, case, item, "grant", now, row, facts)


def _extend(
    session: Session, actor: Actor, case: Case, clock: Clock, row: Extension, now: datetime
) -> None:
    """Give a promise another day; of a case also those of the cases that were merged into it, each
    as far as it may be by itself, and on its own record: undone, it was extended all the same.
    """
    until, rules, alive = row.until, rules_of(session), clocks.alive(session, whole(case))
    others = extensions.promises(alive) if clock.case_id is not None else []
    known = extensions.asked(session, case.id)
    for other in others:
        if other.id == clock.id or other.due >= until:
            continue
        room = extensions.room(rules, [other], known, None, now)
        if room.bar is None:
            end = min(until, rules.calendar.end_of_day(room.last))
            session.add(_likewise(row, actor, other, end, now))
            recalendar.succeed(session, other, end, now)
    recalendar.succeed(session, clock, until, now)


def _likewise(
    row: Extension, actor: Actor, clock: Clock, until: datetime, now: datetime
) -> Extension:
    return Extension(
        case_id=clock.case_id,
        item_id=None,
        clock_id=clock.id,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        grounds=row.grounds,
        consent=row.consent,
        until=until,
        outcome="granted",
        decided_by=actor.id,
        decided_at=now,
    )


def _extend_replies(session: Session, case: Case, until: datetime, now: datetime) -> list[int]:
    """Let the replies follow their case and return whose came to be promised later: those are told.

    A report that joined late may have been promised its reply for a later day from the start.
    """
    replies = clocks.alive(session, whole(case), ClockName.reply)
    moved = [one for one in replies if one.due < until]
    for one in moved:
        recalendar.succeed(session, one, until, now)
    notice.owe(session, case, moved, now)
    return sorted(one.report_id for one in moved if one.report_id is not None)


def _still_fits(
    session: Session, case: Case, item: Item | None, row: Extension, now: datetime
) -> Clock:
    """Return the promise that is to be extended; days passed since somebody asked, and the
    calendar may say something else of the day.
    """
    rules, alive = rules_of(session), clocks.alive(session, whole(case))
    clock = extensions.promise(alive, item)
    policy = extensions.policy_of(rules, clock)
    if clock is None or policy is None or row.until <= clock.due:
        raise MoveNotAllowed("现在的期限不早于申请的日期，请作不予延期处理")
    if row.until <= now:
        raise MoveNotAllowed("申请的日期已过，请作不予延期处理")
    if not rules.calendar.is_working_day(rules.calendar.due_day(row.until)):
        raise MoveNotAllowed("申请的日期已不是工作日，请作不予延期处理")
    end = extensions.end_for(rules, alive, item, policy)
    if end is not None and row.until > end:
        raise MoveNotAllowed("申请的日期超出了办件期限，请作不予延期处理")
    return clock


def _refuse(
    session: Session, actor: Actor, case: Case, item: Item | None, reason: str, now: datetime
) -> None:
    row = _decides(session, actor, case, item)
    why = words(reason, "reason", 2000)
    _pass(actor, case, item, "refuse")
    _decided(session, actor, case, item, row, "refused", now)
    _record(session, actor, case, item, "refuse", now, row, {"reason": why})


def _decides(session: Session, actor: Actor, case: Case, item: Item | None) -> Extension:
    """Return what is to be decided, for somebody else than who asked."""
    row = extensions.undecided(extensions.asked(session, case.id), item)
    if row is None:
        raise MoveNotAllowed("没有等待审批的延期申请")
    if item is not None:
        gate.require_free_of(actor, item)
    if row.asked_by == actor.id:
        raise NotPermitted("延期须由另一人审批")
    return row


def _decided(
    session: Session,
    actor: Actor,
    case: Case,
    item: Item | None,
    row: Extension,
    outcome: str,
    now: datetime,
) -> None:
    row.outcome, row.decided_by, row.decided_at = outcome, actor.id, now
    clocks.meet(session, _subject(case, item), now, ClockName.decide)


# What both kinds share


def _subject(case: Case, item: Item | None) -> Subject:
    return of_item(item) if item else of_case(case)


def _pass(actor: Actor, case: Case, item: Item | None, move: str) -> None:
    if item is None:
        gate.pass_case(actor, case, f"{move}_case")
    else:
        gate.pass_item(actor, case, item, move)


def _day(session: Session, due: datetime) -> str:
    return rules_of(session).calendar.due_day(due).isoformat()


def _record(
    session: Session,
    actor: Actor,
    case: Case,
    item: Item | None,
    move: str,
    now: datetime,
    row: Extension,
    facts: Mapping[str, Any],
) -> None:
    said = {"until": _day(session, row.until), **facts}
    verb = move if item else f"{move}_case"
    refs: dict[str, object] = {"asked_by": row.asked_by}
    if "reports" in facts:
        refs["reports"] = facts["reports"]
    record(session, case, actor, verb, now, said, item=item, refs=refs)


def lapse(session: Session, case: Case, item: Item | None, now: datetime) -> None:
    """Let an application be over whose promise was kept, or owed no more, with nobody deciding."""
    row = extensions.undecided(extensions.asked(session, case.id), item)
    if row is not None:
        row.outcome, row.decided_at = "lapsed", now
        clocks.stop(session, _subject(case, item), now, ClockName.decide)


def lapse_of_holder(session: Session, case: Case, item: Item, now: datetime) -> None:
    """Let what the holder of an item asked for be over, for somebody else has it now and may ask.

    What the office asked for in their place waits on.
    """
    row = extensions.undecided(extensions.asked(session, case.id), item)
    if row is not None and session.get_one(User, row.asked_by).role in _HOLDERS:
        lapse(session, case, item, now)


def lapse_all(session: Session, case: Case, now: datetime) -> None:
    """Let every undecided application of a case that ends be over; its clocks end otherwise."""
    session.execute(
        update(Extension)
        .where(Extension.case_id == case.id, Extension.outcome.is_(None))
        .values(outcome="lapsed", decided_at=now)
    )
