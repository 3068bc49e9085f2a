"""Taking in that somebody asks for a review (复查, 复核), and what its reporter learns of it.

The query code of the receipt that they have opens the review too, by its own number: nobody has to
keep a second one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.crypto import receipts
from caseflow.deadlines import clocks
from caseflow.errors import BadInput, MoveNotAllowed
from caseflow.intake.channels.webform import CHANNEL, cleaned
from caseflow.intake.rooms import Rooms
from caseflow.intake.tracking import Story
from caseflow.ledger import passages, reviews
from caseflow.ledger.moves import reviewing
from caseflow.ledger.moves.record import of_report
from caseflow.ledger.report_tables import Reply, Report
from caseflow.ledger.review_tables import Review
from caseflow.ledger.reviews import FINAL, Remedy
from caseflow.ledger.tables import Case
from caseflow.people.actor import REPORTER, Actor
from caseflow.vault.originals import keep_original


@dataclass(frozen=True)
class Appeal:
    """One review as its reporter reads it: its `number`, by which `office`, asked when, `due` when
    (None once it is over); the `result` with its words once that was delivered, when, and what can
    be done about it.
    """

    stage: int
    number: str
    office: str
    asked_at: datetime
    due: datetime | None
    result: str
    text: str
    told_at: datetime | None
    remedy: Remedy | None


@dataclass(frozen=True)
class Appeals:
    """What a reporter can do, and did, about an answer.

    `own`: where the report itself asked for a review, that; `asked`: the reviews asked for from it
    on, oldest first; `remedy`: what is open to them now; `ended`: the matter stands so for good;
    `annulled`: the last answer was, and there is no other one yet.
    """

    own: Appeal | None
    asked: Sequence[Appeal]
    first: Remedy | None
    remedy: Remedy | None
    ended: bool
    annulled: bool


def kept(session: Session, rooms: Rooms, text: str, now: datetime) -> str:
    """Keep the words in which somebody asked, sealed, and return the id of the original."""
    return keep_original(session, rooms.ring, rooms.store, text.encode(), now)


def ask(
    session: Session,
    rooms: Rooms,
    actor: Actor,
    case_id: int,
    report_id: int,
    text: str,
    channel: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> Report:
    """Ask the office above for a review of what a report was answered; raises what
    `reviewing.ask_review` does.
    """
    said = reviewing.ask_review(
        session,
        actor,
        case_id,
        report_id,
        cleaned(text),
        channel,
        now,
        original_id=kept(session, rooms, text, now),
        seen=seen,
    )
    _same_code(session, rooms, said)
    return said


def ask_here(rooms: Rooms, report_id: int, stage: int, text: str, now: datetime) -> None:
    """Ask from the letter of a report: for a review of the last answer that there is to it, where
    that is the `stage` which the letter offered; an old form asks for nothing else.

    Raises BadInput, MoveNotAllowed, Unavailable.
    """
    if not cleaned(text):
        raise BadInput({"text": "请写出您不服的理由"})

    def work(session: Session) -> None:
        first = session.get_one(Report, report_id)
        case, report = reviews.last(session, first)
        remedy = reviews.remedy(session, case, report)
        if remedy is None or remedy.stage != stage:
            known = reviews.chain(session, first)
            raise MoveNotAllowed(reviewing.ASKED if known else reviewing.NO_REMEDY)
        ask(session, rooms, REPORTER, case.id, report.id, text, CHANNEL, now)

    rooms.database.run(work)


def under_one_code(session: Session, rooms: Rooms, of: Case) -> None:
    """Let what was asked last about the answer of a case be opened by the code of the receipt."""
    asked = select(Review.report_id).where(Review.of_case_id == of.id).order_by(Review.id.desc())
    found = session.scalars(asked.limit(1)).one()
    _same_code(session, rooms, session.get_one(Report, found))


def parts_under_one_code(session: Session, rooms: Rooms, part: Case) -> None:
    """Let what was split off a letter that tells of two matters be opened by the code of the
    letter's receipt, by its own number.
    """
    linked = (Report.case_id == part.id, Report.split_from.is_not(None))
    for one in session.scalars(select(Report).where(*linked, Report.receipt_hash.is_(None))):
        _same_code(session, rooms, one)


def _same_code(session: Session, rooms: Rooms, said: Report) -> None:
    root = reviews.began_with(session, said)
    if root.split_from is not None:
        root = session.get_one(Report, root.split_from)
    if root.receipt_hash is None or root.receipt_key is None:
        return
    code = receipts.derive(rooms.ring, root.channel, root.channel_key).code
    if receipts.matches(rooms.ring, root.number, code, root.receipt_hash, root.receipt_key):
        key = root.receipt_key
        said.receipt_hash = receipts.code_hash(rooms.ring, said.number, code, key)
        said.receipt_key = key
        session.flush()


NOTHING = Appeals(None, (), None, None, ended=False, annulled=False)
_ANSWERS = ("answer", "replied")
_KNOWN_BY = ("ask_review", "review")


def appeals(session: Session, report_id: int, story: Story) -> Appeals:
    """Return what the letter of a report says of reviews; no statement where nothing was answered,
    as its `story` tells.
    """
    if not story.reply and not any(step.what in _KNOWN_BY for step in story.steps):
        return NOTHING
    report = session.get_one(Report, report_id)
    case = session.get_one(Case, report.case_id)
    row = reviews.of_case(session, case.id) if case.reviews is not None else None
    own = _appeal(session, row, case, report) if row is not None else None
    known = reviews.chain(session, report)
    asked = [_appeal(session, *one) for one in known]
    first = reviews.remedy(session, case, report)
    remedy = first
    if first is not None and first.row is not None:
        remedy = reviews.remedy(session, *reviews.last(session, report))
    final = [one for one in (own, *asked) if one is not None and one.stage == FINAL]
    told = remedy is None and any(one.result not in ("", "redone") for one in final)
    ended = told and reviews.is_ended(session, report)
    annulled = bool(known) and _annuls(known[-1][0], story)
    return Appeals(own, asked, first, remedy, ended=ended, annulled=annulled)


def _annuls(row: Review, story: Story) -> bool:
    """Tell whether a review annulled the last answer that its reporter has."""
    answered = [step.at for step in story.steps if step.what in _ANSWERS]
    if row.result != "redone" or row.opined_at is None:
        return False
    return not answered or answered[-1] <= row.opined_at


def _appeal(session: Session, row: Review, case: Case, report: Report) -> Appeal:
    told = select(Reply).where(Reply.report_id == report.id, Reply.delivered_at.is_not(None))
    reply = session.scalars(told.order_by(Reply.id.desc()).limit(1)).first()
    promised = clocks.alive(session, of_report(case, report.id), "reply")
    area = passages.office(case)
    return Appeal(
        stage=row.stage,
        number=report.number,
        office=passages.names(session, [area])[area],
        asked_at=row.asked_at,
        due=promised[0].due if promised else None,
        result=(row.result or "") if reply is not None else "",
        text=reply.text if reply is not None else "",
        told_at=reply.delivered_at if reply is not None else None,
        remedy=reviews.remedy(session, case, report),
    )
