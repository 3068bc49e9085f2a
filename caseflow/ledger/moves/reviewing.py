"""Asking the office above to review an answer (复查), and once more (复核); and its opinion.

What is asked becomes a case of that office, linked to the one it reviews and about the same; it is
answered in writing within the days of a policy of its own, and nobody investigates there: a matter
that was not looked into well enough goes back to be handled again. After the second review its
answer stands for good (终结).
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.clock import local
from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted, Stale
from caseflow.ledger import gate, passages, reviews
from caseflow.ledger.history import commitment
from caseflow.ledger.moves import closing, opening
from caseflow.ledger.moves.handlers import next_in_line
from caseflow.ledger.moves.notice import reachable
from caseflow.ledger.moves.opening import NewReport
from caseflow.ledger.moves.record import gathered, record, words
from caseflow.ledger.report_tables import Reply, Report
from caseflow.ledger.review_tables import Review
from caseflow.ledger.reviews import FINAL, Remedy
from caseflow.ledger.states import OPINIONS, REVIEWED
from caseflow.ledger.tables import Case
from caseflow.people.actor import REPORTER, SWEEP, Actor
from caseflow.words import STAGES

WAYS = ("telephone", "window", "letter")
"""Doors by which somebody asks for a review that the office writes down; the web form is the
reporter's own.
"""
WEBFORM = "webform"
LONGEST = 10_000
NO_REMEDY = "这份来件的答复不能请求复查、复核"
ASKED = "已经请求过了，正在审查或者已有结果"
TOO_LATE = "请求复查、复核的期限已过"
NO_OFFICE = "上一级机关不使用本系统，请反映人直接书面向它提出"
OWN_WORK = "您参与过原办件，须由另一人作出意见"


def ask_review(
    session: Session,
    actor: Actor,
    case_id: int,
    report_id: int,
    text: str,
    channel: str,
    now: datetime,
    *,
    original_id: str,
    seen: int | None = None,
) -> Report:
    """Ask for a review of what a report was answered, and return what was asked as the report that
    it is, in a case of the office above. Once for each answer.

    `text`: why, in the reporter's words, which are kept sealed as `original_id`. Raises BadInput;
    MoveNotAllowed where no rule gives a review of it, where it was asked for, too late, or where
    the ledger knows no office above.
    """
    case = gate.lock(session, case_id, seen)
    report = session.get(Report, report_id)
    if report is None or report.case_id != case.id or report.follows is not None:
        raise BadInput({"report": "请选择来件"})
    gathered(lambda: words(text, longest=LONGEST), lambda: _require_door(actor, channel))
    gate.pass_case(actor, case, "ask_review")
    remedy = reviews.remedy(session, case, report)
    area = _open(remedy, now)
    new = _as_report(session, case, report, text.strip(), channel, area, now, original_id, actor)
    above, said = opening.open_review(session, case, new, now)
    row = Review(
        stage=remedy.stage if remedy else 0,
        case_id=above.id,
        report_id=said.id,
        of_case_id=case.id,
        of_report_id=report.id,
        root_report_id=reviews.began_with(session, report).id,
        round=case.reopened,
        asked_at=now,
        asked_by=actor.id,
    )
    session.add(row)
    session.flush()
    facts = {"report": report.number, "stage": row.stage, "review": above.number}
    refs = {"report": report.id}
    record(session, case, actor, "ask_review", now, facts, refs=refs)
    _taken_up(session, above, case, row, now)
    return said


def _require_door(actor: Actor, channel: str) -> None:
    own = actor.role == REPORTER.role and channel == WEBFORM
    if channel not in WAYS and not own:
        raise BadInput({"channel": "请选择反映人怎样提出的"})


def _open(remedy: Remedy | None, now: datetime) -> str:
    """Return the area whose office is asked. Raises MoveNotAllowed."""
    if remedy is None:
        raise MoveNotAllowed(NO_REMEDY)
    if remedy.row is not None:
        raise MoveNotAllowed(ASKED)
    if now >= remedy.until:
        raise MoveNotAllowed(TOO_LATE)
    if remedy.area is None:
        raise MoveNotAllowed(NO_OFFICE)
    return remedy.area


def _as_report(
    session: Session,
    case: Case,
    report: Report,
    text: str,
    channel: str,
    area: str,
    now: datetime,
    original_id: str,
    actor: Actor,
) -> NewReport:
    """Return what was asked as a report of the same person, about the same."""
    return NewReport(
        registered=opening.register_both(session, area, now),
        channel=channel,
        channel_key=f"review-{report.number}-{case.number}-{case.reopened}",
        received_at=now,
        kind=case.kind,
        text=text,
        category=case.category,
        unit_id=case.unit_id,
        place=case.place,
        disclosure=report.disclosure,
        reachable=bool(reachable(session, report)),
        anonymous=report.anonymous,
        locale=report.locale,
        identity_id=report.identity_id,
        original_id=original_id,
        logged_by=actor.id,
    )


def _taken_up(session: Session, above: Case, of: Case, row: Review, now: datetime) -> None:
    """Let the office above have it: whoever asks for a review in time has a right to it."""
    gate.pass_case(SWEEP, above, "review")
    above.handler_id = next_in_line(session, above, now, able=reviews.fit(session, above))
    numbers = {
        name: session.get_one(Report, number).number
        for name, number in (
            ("report", row.report_id),
            ("of_report", row.of_report_id),
            ("root", row.root_report_id),
        )
    }
    facts = {
        **numbers,
        "of": of.number,
        "stage": row.stage,
        "round": row.round,
        "asked_by": row.asked_by,
        "handler": above.handler_id,
    }
    record(session, above, SWEEP, "review", now, facts, refs={"reports": [row.report_id]})


def opine(
    session: Session,
    actor: Actor,
    case_id: int,
    result: str,
    text: str,
    way: str,
    now: datetime,
    *,
    proof: str = "",
    seen: int | None = None,
) -> Reply:
    """Give the opinion on an answer, in writing: one of `states.OPINIONS`, and why; it is sent to
    the reporter in a `way` of replies.

    What is to be done again is reopened in its own office at once. Raises NotPermitted for whoever
    had a part in the matter.
    """
    row = reviews.of_case(session, case_id)
    case, of, root = _together(session, case_id, row, seen)
    gathered(lambda: _require_result(result), lambda: words(text, longest=LONGEST))
    if row is not None:
        _require_other_eyes(session, actor, case)
    gate.pass_case(actor, case, "opine")
    if row is None:  # the gate let nothing pass that is no review
        raise MoveNotAllowed(NO_REMEDY)
    row.result, row.grounds = result, text.strip()
    row.opined_by, row.opined_at = actor.person, now
    facts = {"stage": row.stage, "result": result, "text": commitment(row.grounds)}
    record(session, case, actor, "opine", now, facts)
    ends = row.stage == FINAL and result != "redone" and root.state in REVIEWED
    root.ended_at = now if ends else root.ended_at
    for one, report in {of: row.of_report_id, root: row.root_report_id}.items():
        _told(session, actor, case, one, report, row, now, ended=ends and one is root)
    if result == "redone" and root.state in REVIEWED:
        closing.reopen(session, actor, root.id, _demand(case, row), now, review=case.number)
    return closing.reply(session, actor, case.id, row.report_id, row.grounds, way, now, proof=proof)


def _require_result(result: str) -> None:
    if result not in OPINIONS:
        raise BadInput({"opinion": "请选择意见"})


def _together(
    session: Session, case_id: int, row: Review | None, seen: int | None
) -> tuple[Case, Case, Case]:
    """Lock a review, the case it is about and the one where the matter began, the oldest first."""
    if row is None:
        case = gate.lock(session, case_id, seen)
        return case, case, case
    began = select(Report.case_id).where(Report.id == row.root_report_id)
    root = session.scalars(began).one()
    locked = {
        one: gate.lock(session, one, seen if one == case_id else None)
        for one in sorted({case_id, row.of_case_id, root})
    }
    case = locked[case_id]
    if session.scalars(began).one() != root:
        raise Stale("这个办件刚有新的办理记录，请看过再操作", since=case.head_n - 1)
    return case, locked[row.of_case_id], locked[root]


def _require_other_eyes(session: Session, actor: Actor, case: Case) -> None:
    if not reviews.is_free(session, actor.id, case):
        raise NotPermitted(OWN_WORK)


def _told(
    session: Session,
    actor: Actor,
    case: Case,
    one: Case,
    report_id: int,
    row: Review,
    now: datetime,
    *,
    ended: bool,
) -> None:
    """Note in a case what became of the review of its answer."""
    here = passages.office(case)
    facts = {
        "report": session.get_one(Report, report_id).number,
        "review": case.number,
        "stage": row.stage,
        "result": row.result,
        "office": passages.names(session, [here])[here],
        "ended": ended,
    }
    record(session, one, actor, "reviewed", now, facts)


def _demand(case: Case, row: Review) -> str:
    day = local(row.opined_at or row.asked_at).date()
    return f"{STAGES[row.stage]}意见（{case.number}，{day}）责令重新办理"  # not said
