"""What a reporter learns with number and code, and what they can add.

Only facts that are the reporter's own or were told to them come out of here: no unit, no finding,
no person, no rung; a reason only where the law owes it (declined). Nothing before the reply.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.orm import Session

from caseflow.crypto import receipts
from caseflow.deadlines.clocks import ALIVE
from caseflow.deadlines.tables import Clock
from caseflow.errors import NotFound
from caseflow.intake import limits
from caseflow.intake.channels.webform import CHANNEL, First
from caseflow.intake.rooms import Rooms
from caseflow.ledger import mergers, supplements
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.moves import retracting, tightening, two_matters
from caseflow.ledger.moves.calling import calls_of
from caseflow.ledger.moves.opening import Opened
from caseflow.ledger.report_tables import Attachment, Question, Reply, Report
from caseflow.ledger.tables import Case
from caseflow.people.actor import REPORTER

# Moves that a reporter may know of; `dispatch` says only that the work began, once.
TOLD = (
    *("answer", "accept", "decline", "refer", "acknowledge", "dispatch", "conclude", "reopen"),
    *("tighten", "grant_case", "statutory", "retract", "receive"),
    *("shelve", "meet_milestone", "move_milestone", "take_up"),
    *("ask_review", "review", "reviewed"),
)
_ONCE = ("dispatch",)
_OF_ONE = ("tighten", "retract", "ask_review", "reviewed")
_OWED = {"decline": "reason", "refer": "authority", "grant_case": "until", "receive": "office"}
"""Of which moves the reporter is owed a fact: which; of any other, what it says is `told`."""
_OPEN_PROMISES = ("notice", "reply")


@dataclass(frozen=True)
class Lookup:
    """What number and code led to: a report's id, or nothing. `open`: the door takes more tries."""

    report_id: int | None
    open: bool


@dataclass(frozen=True)
class Step:
    """Something that happened. `what` is a verb, or `received`, `asked`, `answered`, `replied`,
    `explained`, `added`, `retaliation`; `text` is filled where the reporter is owed the words, or
    the day; `day`: when a shelved matter's next milestone is due.
    """

    what: str
    at: datetime
    text: str = ""
    day: str = ""


@dataclass(frozen=True)
class Decision:
    """That the matter was declined or referred (`move`), and why: in a person's words only where
    the law owes them (declined), else by the code. `twice`: two people saw it before
    it was so; else another one looks at it the next working day.
    """

    move: str
    at: datetime
    code: str
    reason: str
    authority: str
    twice: bool


@dataclass(frozen=True)
class Added:
    """What the reporter wrote later; `files` tells how many came with it."""

    at: datetime
    text: str
    files: int
    urgent: bool


@dataclass(frozen=True)
class Story:
    """Everything the letter is written from; steps and additions oldest first. `others`: numbers
    under which the other matters that the same report tells of are handled.
    """

    first: First
    kind: str
    received_at: datetime
    state: str
    reopened: bool
    call_back: bool
    steps: Sequence[Step]
    decision: Decision | None
    reply: str
    clocks: Sequence[Clock]
    question: Question | None
    added: Sequence[Added]
    others: Sequence[str] = ()


def look_up(session: Session, rooms: Rooms, number: str, code: str, now: datetime) -> Lookup:
    """Return the report that number and code belong to.

    Every wrong pair costs the same work and is counted the same, whether there is such a report
    and whether it has a receipt. Right ones are not counted.
    """
    limits.forget(session, now)
    open_ = limits.is_open(session, rooms.ring, limits.THE_DOOR, now)
    query = select(Report.id, Report.receipt_hash, Report.receipt_key)
    row = session.execute(query.where(Report.number == number)).first()
    if row is None or row.receipt_hash is None:
        right = receipts.matches_nothing(rooms.ring, number, code)
    else:
        right = receipts.matches(rooms.ring, number, code, row.receipt_hash, row.receipt_key)
    if row is None or not right:
        limits.count(session, rooms.ring, limits.THE_DOOR, now)
        return Lookup(None, open_)
    return Lookup(row.id if open_ else None, open_)


def promises(
    session: Session, report: Report, *, urgent: bool = False, call_back: bool = True
) -> list[Clock]:
    """Return what was promised for a report and still holds, the first to end first.

    With `urgent` also when somebody takes it over.
    """
    on_case = [*(["immediate"] if urgent else []), *(["call_back"] if call_back else [])]
    query = select(Clock).where(
        Clock.root_case_id == report.case_id,
        Clock.state.in_(ALIVE),
        (Clock.report_id.in_(_said_by(report)) & Clock.name.in_(_OPEN_PROMISES))
        | ((Clock.case_id == report.case_id) & Clock.name.in_(on_case)),
    )
    return list(session.scalars(query.order_by(Clock.due, Clock.id)))


def _said_by(report: Report) -> Select[int]:
    """Select a report and what its sender said later: what came after an end is answered too."""
    own = or_(Report.id == report.id, Report.follows == report.id)
    return select(Report.id).where(Report.case_id == report.case_id, own)


def promised_now(opened: Opened) -> list[Clock]:
    """Return the promises of a report with which a case was just opened, as `kept` would."""
    told = (*_OPEN_PROMISES, *(["immediate"] if opened.case.urgent else []))
    return sorted((one for one in opened.clocks if one.name in told), key=lambda one: one.due)


_KEPT = (
    select(Report, Case.urgent)
    .join(Case, Case.id == Report.case_id)
    .where(Report.number == bindparam("number"))
)


def kept(session: Session, number: str) -> tuple[Report, list[Clock]]:
    """Return a report just taken in, and its promises; two statements."""
    report, urgent = session.execute(_KEPT, {"number": number}).one()
    return report, promises(session, report, urgent=urgent)


def files_of(session: Session, report: Report) -> int:
    """Return how many files came with a report."""
    query = select(func.count()).where(Attachment.report_id == report.id)
    return session.scalar(query) or 0


def is_known(session: Session, key: str) -> bool:
    """Tell whether the form with this key became a report."""
    query = select(Report.id).where(Report.channel == CHANNEL, Report.channel_key == key)
    return session.execute(query).first() is not None


def first_of(session: Session, report_id: int) -> First:
    """Return what a further contact takes over from its report."""
    report = session.get(Report, report_id)
    if report is None:
        raise NotFound("没有这个来件编号")
    return First(report.number, report.kind, report.disclosure, report.locale)


def story(session: Session, report_id: int) -> Story:
    """Return what happened to a report so far; eight statements, a few more for a merged one.

    Where it was merged into another case, what had happened there before is not its sender's to
    know: nor that anybody else reported the matter (design law 10).
    """
    row = session.execute(
        select(Report, Case, mergers.WAS_MOVED, mergers.WAS_SHARED, mergers.IS_SHARED)
        .join(Case, Case.id == Report.case_id)
        .where(Report.id == report_id)
    ).one()
    report, case, merged, was_shared, shared = row
    replies = session.scalars(
        select(Reply)
        .where(Reply.report_id.in_(_said_by(report)), Reply.delivered_at.is_not(None))
        .order_by(Reply.id)
    ).all()
    questions = session.scalars(
        select(Question).where(Question.report_id == report.id).order_by(Question.id)
    ).all()
    verbs = (*TOLD, "open", "merge", "close", "retaliation")
    entries = mergers.history_of(session, report, verbs, merged=merged)
    added = _added(session, report, entries)
    own = _Own(case.urgent, case.call_back)
    if merged or was_shared:
        mine = _Own.of(session, report, case, entries, added)
        entries = _own_entries(session, entries, mine)
        own = mine if shared else own
    steps = [Step("received", report.received_at), *_moves(entries, report), *_asked(questions)]
    steps += [
        Step("explained" if reply.explains else "replied", reply.delivered_at or reply.at)
        for reply in replies
    ]
    # What answered a question came as an addition at the same moment: that is one thing.
    answers = {question.ended_at for question in questions if question.ended_by == "answer"}
    more = [one for one in added if one.urgent or one.at not in answers]
    steps += [Step("retaliation" if one.urgent else "added", one.at) for one in more]
    waiting = [question for question in questions if question.ended_at is None]
    return Story(
        first=First(report.number, report.kind, report.disclosure, report.locale),
        kind=case.kind,
        received_at=report.received_at,
        state=_own_state(case, replies, waiting, own) if shared else _state(case),
        reopened=any(entry.verb == "reopen" for entry in entries),
        call_back=own.call_back,
        steps=sorted(steps, key=lambda step: step.at),
        decision=_decision(entries),
        reply=_answer(replies),
        clocks=promises(session, report, urgent=own.urgent, call_back=own.call_back),
        question=waiting[-1] if waiting and case.state == "awaiting_reporter" else None,
        added=added,
        others=two_matters.numbers_of(session, report),
    )


def _answer(replies: Sequence[Reply]) -> str:
    """Return the last answer, with what explained it since."""
    said: list[str] = []
    for reply in replies:
        said = [*said, reply.text] if reply.explains else [reply.text]
    return "\n\n".join(said)


@dataclass(frozen=True)
class _Own:
    """What of a case that several people reported is one reporter's own: nobody learns from what
    happens for another that there is another (design law 10).
    """

    urgent: bool
    call_back: bool

    @classmethod
    def of(
        cls,
        session: Session,
        report: Report,
        case: Case,
        entries: Sequence[Entry],
        added: Sequence[Added],
    ) -> "_Own":
        """Return what this report's sender said of danger, and wished."""
        opened = (json.loads(entry.body)["facts"] for entry in entries if entry.verb == "open")
        urgent = any(facts["report"] == report.number and facts["urgent"] for facts in opened)
        wants = case.call_back and report.id in {one.id for one in calls_of(session, case).left()}
        return cls(urgent or any(one.urgent for one in added), wants)

    def may_know(self, entry: Entry) -> bool:
        """Tell whether an entry is told: not that another's danger is taken over, nor that the last
        one is answered.
        """
        return entry.verb != "close" and (self.urgent or entry.verb != "acknowledge")


def _own_entries(session: Session, entries: Sequence[Entry], own: _Own) -> list[Entry]:
    """Leave out what happened for another while their reports were in the same case. What was told
    before, or since, stays told.
    """
    times = mergers.shared_times(session, {entry.case_id for entry in entries})

    def alone(entry: Entry) -> bool:
        return not any(
            entry.case_id == case_id and since <= entry.at and (until is None or entry.at <= until)
            for case_id, since, until in times
        )

    return [entry for entry in entries if own.may_know(entry) or alone(entry)]


def _own_state(case: Case, replies: Sequence[Reply], waiting: Sequence[Question], own: _Own) -> str:
    """Return where a shared case stands for one of its reporters."""
    if case.state == "awaiting_reporter" and not waiting:
        return case.resume_to or "accepted"
    answered = any(reply.case_id == case.id and reply.round == case.reopened for reply in replies)
    if answered and case.state in ("replying", "calling_back", "closed"):
        return "calling_back" if case.state == "calling_back" and own.call_back else "replied_to"
    return _state(case)


def _state(case: Case) -> str:
    """Return where a case stands: one that waits for a supplement is not accepted yet."""
    waits = case.state == "awaiting_reporter" and supplements.undecided(case)
    return "supplementing" if waits else case.state


def _moves(entries: Sequence[Entry], report: Report) -> list[Step]:
    steps, seen = [], set()
    for entry in entries:
        if entry.verb in ("open", "retaliation") or (entry.verb in _ONCE and entry.verb in seen):
            continue
        seen.add(entry.verb)
        facts = json.loads(entry.body)["facts"]
        if entry.verb == "merge":
            steps += [Step("accept", entry.at)] if facts["accepted"] else []
            continue
        if entry.verb in _OF_ONE and facts["report"] != report.number:
            continue  # another reporter's of the same case
        if entry.verb == "grant_case" and report.id not in facts["reports"]:
            continue  # this one's promise did not move
        owed = facts.get(_OWED.get(entry.verb, "told"), "")
        steps.append(Step(entry.verb, entry.at, str(owed), facts.get("next", "")))
    return steps


def _decision(entries: Sequence[Entry]) -> Decision | None:
    """Return the last decision that the matter is not this office's to handle."""
    entry = next((one for one in reversed(entries) if one.verb in ("decline", "refer")), None)
    if entry is None:
        return None
    facts = json.loads(entry.body)["facts"]
    return Decision(
        move=entry.verb,
        at=entry.at,
        code=facts.get("code", ""),
        reason=facts["reason"] if entry.verb == "decline" else "",
        authority=facts.get("authority", ""),
        twice="proposed_by" in facts,
    )


def _asked(questions: Sequence[Question]) -> list[Step]:
    steps = [Step("asked", question.asked_at, question.text) for question in questions]
    steps += [
        Step("answered" if question.ended_by == "answer" else "resume", question.ended_at)
        for question in questions
        if question.ended_at is not None
    ]
    return steps


def _added(session: Session, report: Report, entries: Sequence[Entry]) -> list[Added]:
    """Return the further contacts of this reporter; urgent ones are named in the history."""
    files = (
        select(func.count())
        .where(Attachment.report_id == Report.id)
        .correlate(Report)
        .scalar_subquery()
    )
    query = select(Report.number, Report.received_at, Report.text, files)
    query = query.where(Report.case_id == report.case_id, Report.follows == report.id)
    rows = session.execute(query.order_by(Report.id)).all()
    urgent = {
        json.loads(entry.body)["facts"]["report"]
        for entry in entries
        if entry.verb == "retaliation"
    }
    return [Added(at, text, number_of, number in urgent) for number, at, text, number_of in rows]


def tighten(rooms: Rooms, report_id: int, disclosure: str, now: datetime) -> None:
    """Let fewer people know who reported. Raises BadInput for more, Unavailable."""
    rooms.database.run(lambda session: tightening.tighten(session, report_id, disclosure, now))


def retract(rooms: Rooms, report_id: int, why: str, now: datetime) -> None:
    """Take a report back. Raises BadInput, MoveNotAllowed, Unavailable."""
    rooms.database.run(lambda s: retracting.retract(s, REPORTER, report_id, why, now))
