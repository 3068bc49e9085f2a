"""Asking the reporter for more, and going on (待补充材料): bounded, once per question."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from caseflow.deadlines import clocks, pauses
from caseflow.deadlines.policies import ClockName
from caseflow.errors import BadInput, MoveNotAllowed
from caseflow.ledger import gate, mergers, proposals
from caseflow.ledger.history import commitment
from caseflow.ledger.moves import merging
from caseflow.ledger.moves.ending import conclude_when_done
from caseflow.ledger.moves.notice import NO_CODE, has_receipt, reachable
from caseflow.ledger.moves.opening import later
from caseflow.ledger.moves.record import matter_of, of_case, record, whole, words
from caseflow.ledger.moves.waiting import open_question
from caseflow.ledger.report_tables import Question, Report
from caseflow.ledger.tables import Case
from caseflow.people.actor import REPORTER, SWEEP, Actor


def ask(
    session: Session,
    actor: Actor,
    case_id: int,
    report_id: int,
    text: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> Question:
    """Ask whoever sent a report; the clocks whose policy allows it stand still meanwhile.

    The question stands on the tracking page: who has no query code cannot be asked.
    """
    case = gate.lock(session, case_id, seen)
    return put(session, actor, case, "ask", report_id, words(text, "text", 2000), now, {})


def put(
    session: Session,
    actor: Actor,
    case: Case,
    move: str,
    report_id: int,
    asked: str,
    now: datetime,
    more: Mapping[str, Any],
) -> Question:
    """Put a question by `move` to whoever sent a report of a case that the caller has locked.

    `more`: what the history keeps beside it. Raises BadInput for one who has no query code.
    """
    report = session.get(Report, report_id)
    # A later contact has no receipt of its own: its sender would never see the question.
    if report is None or report.case_id != case.id or report.follows is not None:
        raise BadInput({"report": "请选择要询问的来件"})
    if not has_receipt(report, reachable(session, report)):
        raise BadInput({"report": NO_CODE})
    came_from = case.state
    gate.pass_case(actor, case, move)
    case.resume_to = came_from
    proposals.lapse(session, case, now)
    until = pauses.limit(session, now)
    question = Question(
        case_id=case.id,
        report_id=report.id,
        text=asked,
        user_id=actor.person,
        asked_at=now,
        until=until,
    )
    session.add(question)
    session.flush()
    # Nobody waits longer for what another is asked, nor does what was promised to them.
    own = mergers.came_with(session, report)
    added = [one.id for one in later(session, case) if one.follows == report.id]
    running = [
        clock
        for clock in clocks.alive(session, whole(case))
        if clock.report_id in (None, report.id, *added) and clock.case_id in (None, own)
    ]
    still = pauses.pause(session, running, question.id, now, until)
    facts = {"text": commitment(asked), "paused": [clock.id for clock in still], **more}
    refs = {"report": report.id, "question": question.id}
    record(session, case, actor, move, now, facts, refs=refs)
    return question


def resume(
    session: Session,
    actor: Actor,
    case_id: int,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Go on: the reporter answered, a person decided so, or the time ran out."""
    case = gate.lock(session, case_id, seen)
    go_on(session, actor, case, now)


def go_on(session: Session, actor: Actor, case: Case, now: datetime, *, ended_by: str = "") -> None:
    """Resume a case that the caller has locked. Raises MoveNotAllowed when it waits for nothing.

    `ended_by`: who ended the question, where it is not whoever acts.
    """
    question = open_question(session, case.id)
    if question is None:
        raise MoveNotAllowed("没有等待补充的问题")
    gate.pass_case(actor, case, "resume", case.resume_to)
    case.resume_to = None
    by = ended_by or {REPORTER.role: "answer", SWEEP.role: "sweep"}.get(actor.role, "person")
    question.ended_at, question.ended_by = now, by
    resumed = pauses.resume(session, question.id, now)
    if case.state == "received" and not case.urgent:  # as new: somebody decides at once now
        clocks.start(session, ClockName.immediate, of_case(case), matter_of(case), now)
    facts = {"question": question.id, "by": by, "resumed": [clock.id for clock in resumed]}
    record(session, case, actor, "resume", now, facts, refs={"question": question.id})
    merging.hasten_again(session, case, now)
    conclude_when_done(session, case, now)


def pause_over(session: Session, actor: Actor, case: Case, now: datetime) -> None:
    """Let clocks whose pauses are used up run on; the case, which the caller has locked, waits on.

    Raises MoveNotAllowed when none is.
    """
    question = open_question(session, case.id)
    resumed = pauses.run_out(session, question.id, now) if question is not None else []
    if question is None or not resumed:
        raise MoveNotAllowed("没有到期的暂停")
    facts = {"question": question.id, "resumed": [clock.id for clock in resumed]}
    record(session, case, actor, "pause_over", now, facts, refs={"question": question.id})
