"""The first hour of a case: answer on the spot, accept, decline, refer, acknowledge, assign."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.deadlines import clocks
from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted
from caseflow.ledger import gate, proposals, reasons, reviews, supplements, withdrawals
from caseflow.ledger.history import commitment
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.moves import back_promise, extending
from caseflow.ledger.moves.handlers import first_handler, is_missing, take_over
from caseflow.ledger.moves.notice import NO_CODE, announce, has_receipt, owe_word, reachable
from caseflow.ledger.moves.opening import first_reports
from caseflow.ledger.moves.record import (
    gathered,
    handled,
    let_go,
    matter_of,
    may_say,
    of_case,
    of_report,
    record,
    whole,
    words,
)
from caseflow.ledger.report_tables import Reply
from caseflow.ledger.tables import Case
from caseflow.people.actor import Actor

SPOT_WAYS = ("telephone", "window", "track")
ORDERED = "上一级机关责令重新办理的，须办理后重新答复，不能不予受理或者转送"


class Because(NamedTuple):
    """Why a matter is declined or referred: a code of `reasons`, in words, and to whom it goes."""

    code: str
    reason: str
    authority: str = ""


def answer(
    session: Session,
    actor: Actor,
    case_id: int,
    text: str,
    now: datetime,
    *,
    way: str = "telephone",
    seen: int | None = None,
) -> None:
    """Answer on the spot. Anything but a question gets a second look the next working day."""
    case = gate.lock(session, case_id, seen)
    said = words(text)
    if way not in SPOT_WAYS:
        raise BadInput({"way": "请选择答复方式"})
    reports = first_reports(session, case)
    if way == "track" and not all(
        has_receipt(report, reachable(session, report)) for report in reports
    ):
        raise BadInput({"way": NO_CODE})
    gate.pass_case(actor, case, "answer")
    require_countersigned(case)
    proposals.lapse(session, case, now)
    case.closed_at = now
    for report in reports:
        session.add(
            Reply(
                case_id=case.id,
                report_id=report.id,
                text=said,
                way=way,
                user_id=actor.person,
                at=now,
                delivered_at=now,
                round=case.reopened,
            )
        )
        clocks.meet(session, of_report(case, report.id), now, "notice", "reply")
    clocks.meet(session, whole(case), now, "resolve")
    handled(session, case, now)
    if case.kind != "question":
        _second_look_due(session, case, now)
    back_promise.hold(session, case, now)
    facts = {"way": way, "text": commitment(said)}
    refs = {"way": way, "reports": [report.id for report in reports]}
    record(session, case, actor, "answer", now, facts, refs=refs)


def accept(
    session: Session, actor: Actor, case_id: int, now: datetime, *, seen: int | None = None
) -> None:
    """Accept the matter; from now on it has a named handler."""
    case = gate.lock(session, case_id, seen)
    gate.pass_case(actor, case, "accept")
    if is_missing(session, case):
        case.handler_id = first_handler(session, actor, case, now)
    proposals.lapse(session, case, now)
    announce(session, case, now)
    facts, refs = {"handler": case.handler_id}, {"reports": _reporters(session, case)}
    record(session, case, actor, "accept", now, facts, refs=refs)


def decline(
    session: Session,
    actor: Actor,
    case_id: int,
    reason: str,
    now: datetime,
    *,
    code: str = reasons.OTHER,
    seen: int | None = None,
) -> None:
    """Decline with a reason; another person looks at it the next working day."""
    case = gate.lock(session, case_id, seen)
    because = checked(session, case, reasons.DECLINE, Because(code, reason))
    carry_out(session, actor, case, reasons.DECLINE, because, now)


def refer(
    session: Session,
    actor: Actor,
    case_id: int,
    authority: str,
    reason: str,
    now: datetime,
    *,
    code: str = reasons.OTHER,
    seen: int | None = None,
) -> None:
    """Refer to the authority that is competent and tell the reporter which.

    A matter is never referred to the unit it is about (信访工作条例 §30); the caller names an
    authority in words, so the page says so.
    """
    case = gate.lock(session, case_id, seen)
    because = checked(session, case, reasons.REFER, Because(code, reason, authority))
    carry_out(session, actor, case, reasons.REFER, because, now)


def checked(session: Session, case: Case, move: str, because: Because) -> Because:
    """Return a reason trimmed. Raises BadInput for a code that does not fit the case, and for words
    that are missing or too long.
    """
    gathered(
        lambda: _fits(session, case, move, because.code),
        lambda: move != reasons.REFER or words(because.authority, "authority", 120),
        lambda: words(because.reason, "reason", 2000),
    )
    whom = because.authority.strip() if move == reasons.REFER else ""
    return Because(because.code, because.reason.strip(), whom)


def _fits(session: Session, case: Case, move: str, code: str) -> None:
    if not any(reason.code == code for reason in reasons.fitting(move, case.kind)):
        raise BadInput({"code": "请选择理由类别"})
    silent = code != reasons.UNSUPPLEMENTED or supplements.SILENT in supplements.ends(
        session, case.id
    )
    if not silent:
        raise BadInput({"code": "没有请反映人补正，或补正期限还没有到"})


def facts_of(move: str, because: Because) -> dict[str, str]:
    """Return what the history keeps of a reason."""
    whom = {"authority": because.authority} if move == reasons.REFER else {}
    return {**whom, "code": because.code, "reason": because.reason}


def carry_out(
    session: Session,
    actor: Actor,
    case: Case,
    move: str,
    because: Because,
    now: datetime,
    *,
    proposal: tuple[int, str] | None = None,
    same_as: str = "",
) -> None:
    """Decline or refer a case that the caller has locked.

    `same_as`: the number of the case that ended with the same facts.

    `proposal`: who proposed it, and what whoever approves remarks. What two people saw before it
    happened is not looked at again; what one person declines is.
    """
    require_not_ordered(session, case)
    gate.pass_case(actor, case, move)
    _leave(session, case, now)
    facts: dict[str, Any] = facts_of(move, because)
    facts |= {"same_as": same_as} if same_as else {}
    refs: dict[str, Any] = {"reports": _reporters(session, case)}
    if proposal is not None:
        asked_by, remark = proposal
        facts |= {"proposed_by": asked_by, "remark": remark}
        refs |= {"asked_by": asked_by}
    elif move == reasons.DECLINE:
        _second_look_due(session, case, now)
    back_promise.hold(session, case, now)
    record(session, case, actor, move, now, facts, refs=refs)


def _reporters(session: Session, case: Case) -> list[int]:
    """Return the reports whose senders are to be told, wherever they belong when they are."""
    return [report.id for report in first_reports(session, case)]


def _leave(session: Session, case: Case, now: datetime) -> None:
    """Stop what is no longer owed; what was promised to the reporter (notice) goes on, and holds
    for this decision where they were told of an earlier one.
    """
    require_countersigned(case)
    proposals.lapse(session, case, now)
    case.closed_at = now
    handled(session, case, now)
    announce(session, case, now)
    owe_word(session, case, now)
    let_go(session, case, now, "notice", "immediate")
    extending.lapse_all(session, case, now)
    withdrawals.lapse_all(session, case, now)


def require_countersigned(case: Case) -> None:
    """Raise MoveNotAllowed while a reason for not calling the police waits for other eyes: after
    the end nothing would urge them.
    """
    if case.countersign:
        raise MoveNotAllowed("未报警的理由还没有会签，不能办结")


def require_not_ordered(session: Session, case: Case) -> None:
    """Raise MoveNotAllowed where the office above ordered that the matter be handled again: what is
    declined has no answer, so whoever was ordered would decide alone that there is no review.
    """
    if reviews.is_ordered(session, case):
        raise MoveNotAllowed(ORDERED)


def _second_look_due(session: Session, case: Case, now: datetime) -> None:
    clocks.start(session, "second_look", of_case(case), matter_of(case), now)


def second_look(
    session: Session,
    actor: Actor,
    case_id: int,
    remark: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Another person than whoever answered or declined has looked at it and agrees."""
    case = gate.lock(session, case_id, seen)
    running = clocks.alive(session, of_case(case), "second_look")
    if not running:
        raise MoveNotAllowed("这个办件没有待复看的决定")
    gate.pass_case(actor, case, "second_look")
    if actor.id == _decided_by(session, case):
        raise NotPermitted("作出决定的人不能自己复看")
    clocks.meet(session, of_case(case), now, "second_look")
    record(session, case, actor, "second_look", now, {"remark": may_say(remark)})


def _decided_by(session: Session, case: Case) -> int | None:
    query = (
        select(Entry.user_id)
        .where(Entry.case_id == case.id, Entry.verb.in_(("answer", "decline")))
        .order_by(Entry.n.desc())
        .limit(1)
    )
    return session.scalar(query)


def assign(
    session: Session,
    actor: Actor,
    case_id: int,
    handler_id: int,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Give the case to a handler of the office who may see it."""
    case = gate.lock(session, case_id, seen)
    gate.pass_case(actor, case, "assign")
    person = take_over(session, case, handler_id)
    record(session, case, actor, "assign", now, {"handler": person.id})


def note(
    session: Session,
    actor: Actor,
    case_id: int,
    text: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Write down something that happened; corrections are further notes, never edits."""
    case = gate.lock(session, case_id, seen)
    said = words(text, "text", 4000)
    gate.pass_case(actor, case, "note")
    record(session, case, actor, "note", now, {"text": said})
