"""The reply, the call-back, the closure, the reopening (答复, 回访, 办结, 重新办理)."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.deadlines import clocks
from caseflow.errors import BadInput, MoveNotAllowed, Told
from caseflow.ledger import exclusions, gate, passages, proposals, reports_back
from caseflow.ledger.history import commitment
from caseflow.ledger.moves import back_promise, calling, excluding, extending, overseeing
from caseflow.ledger.moves.calling import Calls, calls_of
from caseflow.ledger.moves.handlers import ROLES, hand_over, is_missing, next_in_line
from caseflow.ledger.moves.heard import Heard, sound
from caseflow.ledger.moves.notice import BY_MESSAGE, NO_CODE, has_receipt, reachable
from caseflow.ledger.moves.opening import first_reports, later, start_reply
from caseflow.ledger.moves.record import (
    handled,
    let_go,
    matter_of,
    of_case,
    of_report,
    record,
    refresh,
    whole,
    words,
)
from caseflow.ledger.report_tables import CallBack, Reply, Report
from caseflow.ledger.retractions import retracted
from caseflow.ledger.states import ENDS, WITHOUT_ITEMS
from caseflow.ledger.tables import Case, Item
from caseflow.people.actor import SWEEP, Actor
from caseflow.people.permissions import require

LONGEST_PROOF = 300
EXPLAINED = "不满意的已解释说明"
AT_ONCE = ("telephone", "window", "letter", "track", "impossible")


def conclude(
    session: Session, actor: Actor, case_id: int, now: datetime, *, seen: int | None = None
) -> None:
    """Go straight to the reply: questions and suggestions need no items."""
    case = gate.lock(session, case_id, seen)
    items = select(Item.id).where(Item.case_id == case.id).limit(1)
    if case.kind not in WITHOUT_ITEMS or session.execute(items).first() is not None:
        raise MoveNotAllowed("投诉、举报、求助须先拆分问题项并逐项销号")
    gate.pass_case(actor, case, "conclude", "replying")
    handled(session, case, now)
    extending.lapse(session, case, None, now)
    proposals.lapse(session, case, now)
    record(session, case, actor, "conclude", now)


def reply(
    session: Session,
    actor: Actor,
    case_id: int,
    report_id: int,
    text: str,
    way: str,
    now: datetime,
    *,
    proof: str = "",
    seen: int | None = None,
) -> Reply:
    """Reply to one report. By `message` it counts once the channel took it; other ways at once.

    `impossible` records why no delivery can be (`proof` says why). The case goes on when every
    report has its reply.
    """
    case = gate.lock(session, case_id, seen)
    said = words(text)
    report = session.get(Report, report_id)
    if report is None or report.case_id != case.id or report.follows is not None:
        raise BadInput({"report": "请选择要答复的来件"})
    check_way(session, report, way, proof)
    gate.pass_case(actor, case, "reply")
    sent = send(session, actor, case, report, said, way, now, proof=proof, move="reply")
    go_on(session, case, now)
    return sent


def send(
    session: Session,
    actor: Actor,
    case: Case,
    report: Report,
    said: str,
    way: str,
    now: datetime,
    *,
    proof: str,
    move: str,
) -> Reply:
    """Put the answer to a report on record, sent by a way that was checked, and meet what it meets
    at once; `move`: the one that was passed.
    """
    sent = Reply(
        case_id=case.id,
        report_id=report.id,
        text=said,
        way=way,
        user_id=actor.person,
        at=now,
        delivered_at=now if way in AT_ONCE else None,
        proof=proof.strip(),
        round=case.reopened,
    )
    session.add(sent)
    session.flush()
    if sent.delivered_at:
        _kept(session, case, report.id, now, "reply", "notice")
    facts = {"report": report.id, "way": way, "text": commitment(said)}
    refs = {"report": report.id, "reply": sent.id, "way": way}
    record(session, case, actor, move, now, facts, refs=refs)
    return sent


def _kept(session: Session, case: Case, report_id: int, now: datetime, *names: str) -> None:
    """Meet what was promised to a report, and for what its sender added before this round."""
    clocks.meet(session, of_report(case, report_id), now, *names)
    for one in () if case.state in ENDS else later(session, case):
        if one.follows == report_id:
            clocks.meet(session, of_report(case, one.id), now, *names)


def check_way(session: Session, report: Report, way: str, proof: str) -> None:
    """Raise BadInput for a way that does not lead to a report's sender, or says no proof."""
    if way not in (*AT_ONCE, "message"):
        raise BadInput({"way": "请选择答复方式"})
    if way == "message" and set(BY_MESSAGE).isdisjoint(reachable(session, report)):
        raise BadInput({"way": "反映人没有留下邮箱，也没有同意收短信"})
    if way == "track" and not has_receipt(report, reachable(session, report)):
        raise BadInput({"way": NO_CODE})
    if way == "impossible" and not proof.strip():
        raise BadInput({"proof": "请说明无法送达的原因"})
    if len(proof.strip()) > LONGEST_PROOF:
        raise BadInput({"proof": Told("最多 %(n)d 字", n=LONGEST_PROOF)})


def delivered(session: Session, reply_id: int, now: datetime) -> None:
    """The channel took a reply (called by notices, in the transaction that marks it sent). One that
    it had refused, or that came back, was sent again: it failed no more.
    """
    found = session.get_one(Reply, reply_id)
    case, lies = _wherever(session, found)
    first, failed = found.delivered_at is None, found.failed_at is not None
    found.failed_at = None
    if not first:
        if failed:
            record(session, case, SWEEP, "reply_delivered", now, {"reply": found.id})
        return
    found.delivered_at = now
    if found.explains is None:
        # A reply of the round before a reopening keeps no promise of this one, but it is word.
        kept = ("reply", "notice") if found.round == case.reopened else ("notice",)
        _kept(session, lies, found.report_id, now, *kept)
        refresh(session, lies)
    record(session, case, SWEEP, "reply_delivered", now, {"reply": found.id})
    if found.explains is None:
        go_on(session, case, now)
    elif case.state == "calling_back":
        explained(session, SWEEP, case, now)


def _wherever(session: Session, sent: Reply) -> tuple[Case, Case]:
    """Lock the case that a reply was sent from and the one that its report belongs to by now, the
    older first, and return both.
    """
    lies = select(Report.case_id).where(Report.id == sent.report_id)
    both = sorted({sent.case_id, session.scalars(lies).one()})
    locked = {one: gate.lock(session, one) for one in both}
    case = locked[sent.case_id]
    return case, locked.get(session.scalars(lies).one(), case)


def undeliverable(session: Session, reply_id: int, now: datetime) -> None:
    """The channel refused a reply for good: it stays owed, and the case says so."""
    found = session.get_one(Reply, reply_id)
    case = gate.lock(session, found.case_id)
    if found.failed_at is None:
        found.failed_at = now
        record(session, case, SWEEP, "reply_failed", now, {"reply": found.id})


def go_on(session: Session, case: Case, now: datetime) -> None:
    """Lead the case on when every report of this round has its reply delivered.

    A reason that still waits for its countersignature holds the case where it is.
    """
    session.flush()
    if case.state != "replying" or case.countersign:
        return
    owed = {report.id for report in first_reports(session, case)}
    got = select(Reply.report_id).where(
        Reply.case_id == case.id, Reply.round == case.reopened, Reply.delivered_at.is_not(None)
    )
    if owed - set(session.scalars(got)):
        back_promise.hold(session, case, now, ripe=False)
        return
    clocks.meet(session, whole(case), now, "resolve")
    waits = back_promise.hold(session, case, now)
    if case.call_back:
        gate.pass_case(SWEEP, case, "await_call_back")
        clocks.start(session, "call_back", of_case(case), matter_of(case), now)
        record(session, case, SWEEP, "await_call_back", now)
    elif not waits:
        _close(session, SWEEP, case, "答复已送达", now)


def signed(session: Session, case: Case, now: datetime) -> None:
    """Lead a case on whose senders signed for what was reported back to them, where they all have:
    it closes, unless its reporters are still to be answered, called, or heard.
    """
    if case.state != "calling_back":
        go_on(session, case, now)
        return
    waits = back_promise.hold(session, case, now) or case.countersign
    calls = calls_of(session, case)
    if not waits and calls.pleased():
        _close(session, SWEEP, case, EXPLAINED if calls.explained else "反映人满意", now)


def call_back(
    session: Session,
    actor: Actor,
    case_id: int,
    heard: Heard,
    now: datetime,
    *,
    report_id: int | None = None,
    seen: int | None = None,
) -> None:
    """Record an attempt at calling back the sender of a report, who needs no telling where only one
    is to be called. Once all of them are satisfied the case is closed.

    With an unsatisfied one the clock runs on until somebody decides: reopen, or explain. Otherwise
    nothing would urge that decision.
    """
    case = gate.lock(session, case_id, seen)
    heard = sound(heard)
    whose = heard.whose if heard.words else None
    report = _whom(calls_of(session, case), report_id)
    gate.pass_case(actor, case, "call_back")
    session.add(
        CallBack(
            case_id=case.id,
            report_id=report.id,
            reached=heard.reached,
            solved=heard.solved,
            satisfied=heard.satisfied,
            words=heard.words,
            whose=whose,
            user_id=actor.person,
            at=now,
            round=case.reopened,
        )
    )
    facts = asdict(heard) | {"words": commitment(heard.words), "whose": whose, "report": report.id}
    record(session, case, actor, "call_back", now, facts)
    calls = calls_of(session, case)
    if heard.reached and heard.satisfied and calls.pleased() and not case.countersign:
        _called(session, case, now)
        if not back_promise.hold(session, case, now):
            _close(session, actor, case, EXPLAINED if calls.explained else "反映人满意", now)


def _whom(calls: Calls, report_id: int | None) -> Report:
    """Return who was called. Raises BadInput for somebody who is not to be, and where several are
    and nobody was named.
    """
    if report_id is None and len(calls.whom) == 1:
        return calls.whom[0]
    found = next((one for one in calls.whom if one.id == report_id), None)
    if found is None:
        raise BadInput({"report": "请选择回访的是哪一份来件的反映人"})
    return found


def close(
    session: Session,
    actor: Actor,
    case_id: int,
    reason: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Close after the call-back. Where somebody was not reached yet a supervisor says why.

    Nobody closes what was never called back, whatever the reason: the kind asks for it (§3). Nor
    over the head of somebody who is not satisfied: that is explained to them (解释说明), or the
    matter handled again.
    """
    case = gate.lock(session, case_id, seen)
    why = words(reason, "reason", 4000)
    calls = calls_of(session, case)
    if not calls.settled():
        require(actor, "case.close_unsatisfied")
        if case.state == "calling_back" and calls.missing():
            raise MoveNotAllowed("还没有回访过，请先回访并记录")
        if calls.displeased():
            raise MoveNotAllowed("反映人不满意：请决定重新办理或解释说明")
        if calls.under_way:
            raise MoveNotAllowed("解释说明正在送达，送达后自动办结")
    _close(session, actor, case, why, now)


def explained(session: Session, actor: Actor, case: Case, now: datetime) -> None:
    """Close a case by what was explained to a reporter, unless somebody else is still to be heard
    or a reason waits for its countersignature.
    """
    if case.countersign or not calls_of(session, case).settled():
        return
    _called(session, case, now)
    if not back_promise.hold(session, case, now):
        _close(session, actor, case, EXPLAINED, now)


def _called(session: Session, case: Case, now: datetime) -> None:
    """End the promise of the call-back as kept where everybody was reached."""
    if not calls_of(session, case).left():
        clocks.meet(session, of_case(case), now, "call_back")


def _close(session: Session, actor: Actor, case: Case, reason: str, now: datetime) -> None:
    if case.countersign:
        raise MoveNotAllowed("未报警的理由还没有会签，不能办结")
    if reports_back.owed(session, case):
        raise MoveNotAllowed(back_promise.NOT_SIGNED)
    gate.pass_case(actor, case, "close")
    case.closed_at = now
    _called(session, case, now)
    # Danger to a child goes on urging until a named person took over, whatever else is done.
    let_go(session, case, now, *(["immediate"] if case.urgent else []))
    record(session, case, actor, "close", now, {"reason": reason})


def reopen(
    session: Session,
    actor: Actor,
    case_id: int,
    reason: str,
    now: datetime,
    *,
    review: str = "",
    seen: int | None = None,
) -> None:
    """Handle the matter again: counted, with fresh clocks; items get successors.

    `review`: the number of the review by which the office above demands it.
    """
    case = gate.lock(session, case_id, seen)
    why = words(reason, "reason", 4000)
    gate.pass_case(actor, case, "reopen")
    _called(session, case, now)
    exclusions.lapse(session, case, now)
    case.reopened += 1
    case.withdrawn = False
    case.closed_at = case.ended_at = None
    facts: dict[str, object] = {"reason": why, "times": case.reopened}
    facts["anew"] = sorted(retracted(session, case))
    facts |= {"review": review} if review else {}
    # What ended on the spot had nobody, of others the handler left since; nobody is missing now.
    if is_missing(session, case):
        facts["handler"] = somebody = _whose(session, actor, case, now, ordered=bool(review))
        hand_over(session, case, somebody)
    for one in later(session, case):
        clocks.stop(session, of_report(case, one.id), now, "notice")
    clocks.stop(session, whole(case), now, "call_back", "second_look", "resolve", "reply")
    clocks.stop(session, whole(case), now, "report_back", "signed_back")
    matter = matter_of(case)
    if not clocks.alive(session, of_case(case), "immediate"):
        clocks.start(session, "immediate", of_case(case), matter, now)
    resolve = clocks.start(session, "resolve", of_case(case), matter, now)
    for report in first_reports(session, case):
        start_reply(session, case, report.id, resolve, now)
    record(session, case, actor, "reopen", now, facts)
    case.call_back = calling.anybody(session, case)  # also who took it back before
    excluding.counts_again(session, actor, case, now)
    overseeing.reopened(session, case, now)


def _whose(session: Session, actor: Actor, case: Case, now: datetime, *, ordered: bool) -> int:
    """Return who handles a case that is taken up again and has nobody: whoever does so in their own
    office; where another office did, or ordered it, the post's holder in that of the case.
    """
    here = actor.area == passages.office(case)
    if here and not ordered and actor.role in ROLES:
        return actor.person
    return next_in_line(session, case, now) or actor.person
