"""Reviews of an answer by the office above (复查), and of that once more (复核): who may ask, of
whom, and until when. For verbs and for pages.

Sources: 信访工作条例 (2022) §35-36: asked of the next higher office within 30 days of the answer,
answered within 30; once more one level above; after that the matter is ended, and the same facts
are not accepted again.
"""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from caseflow.deadlines import preview
from caseflow.deadlines.calendar import Unit
from caseflow.deadlines.policies import ClockName
from caseflow.deadlines.rules import rules_of
from caseflow.ledger import mergers, passages, queries, splits
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.moves.record import matter_of
from caseflow.ledger.report_tables import Reply, Report
from caseflow.ledger.review_tables import Review
from caseflow.ledger.states import CLAIMS, NO_HAND, PROPOSED, REVIEWED
from caseflow.ledger.tables import Case
from caseflow.people.permissions import PERMISSIONS
from caseflow.people.scope import Scope
from caseflow.people.tables import Area, User

REVIEW, FINAL = 1, 2
"""The two stages: 复查, and 复核, after which there is none."""


@dataclass(frozen=True)
class Remedy:
    """That an answer may be, or could have been, reviewed: at which `stage`, `until` when it is to
    be asked for, by the office of which area (None: the ledger knows no office above), and what
    that is called. `row`: that it was asked for.
    """

    stage: int
    until: datetime
    area: str | None
    office: str
    row: Review | None

    def is_open(self, now: datetime) -> bool:
        """Tell whether it can be asked for here and now."""
        return self.row is None and self.area is not None and now < self.until


def of_case(session: Session, case_id: int) -> Review | None:
    """Return what a case reviews, if it is one in which that is done."""
    return session.scalar(select(Review).where(Review.case_id == case_id))


def asked(session: Session, case: Case, report_id: int) -> Review | None:
    """Return the review of the answer that a report has in the present round of its case."""
    return session.scalar(select(Review).where(Review.of_report_id == report_id, *_here(case)))


def _here(case: Case) -> tuple[ColumnElement[bool], ...]:
    """Return the condition that a review is of an answer of the present round of a case: what a
    report was answered in another case, before it came to this one, is another answer.
    """
    return Review.of_case_id == case.id, Review.round == case.reopened


def about(session: Session, case: Case) -> Sequence[tuple[Review, Case]]:
    """Return the reviews that a case is about or that are about it, oldest first, each with the
    case at its other end.
    """
    ends = or_(
        (Review.of_case_id == case.id) & (Case.id == Review.case_id),
        (Review.case_id == case.id) & (Case.id == Review.of_case_id),
    )
    query = select(Review, Case).join(Case, ends)
    return [(row, other) for row, other in session.execute(query.order_by(Review.id))]


def began_with(session: Session, report: Report) -> Report:
    """Return the report that a matter began with: itself, but of what was asked in a review."""
    root = select(Review.root_report_id).where(Review.report_id == report.id)
    found = session.scalar(root)
    return report if found is None else session.get_one(Report, found)


def remedy(session: Session, case: Case, report: Report) -> Remedy | None:
    """Return what its reporter can do about the answer to a report: see `remedies`."""
    return remedies(session, case, [report]).get(report.id)


def remedies(session: Session, case: Case, reports: Sequence[Report]) -> dict[int, Remedy]:
    """Return by report what its reporter can do about the answer: nothing where no rule gives a
    review of it, or nothing was answered in this round.

    Whoever asked for something of their own, once their answer was delivered; of a review whoever
    does not get what they wanted. What is to be handled again is answered anew first.
    """
    if case.kind not in CLAIMS or case.state not in REVIEWED:
        return {}
    own = of_case(session, case.id) if case.reviews is not None else None
    if own is not None and (own.stage == FINAL or own.result == "redone"):
        return {}
    answered = _answered(session, case, [one.id for one in reports if one.follows is None])
    if not answered:
        return {}
    stage = REVIEW if own is None else FINAL
    above = office_above(session, case)
    code = above.code if above is not None else None
    called = passages.names(session, [code])[code] if code else ""
    known = (Review.of_report_id.in_(answered), *_here(case))
    rows = {row.of_report_id: row for row in session.scalars(select(Review).where(*known))}
    return {
        report_id: Remedy(stage, until(session, case, at), code, called, rows.get(report_id))
        for report_id, at in answered.items()
    }


def _answered(session: Session, case: Case, reports: Sequence[int]) -> dict[int, datetime]:
    """Return by report since when it has its answer of this round: what explains it is no other
    one.
    """
    query = select(Reply.report_id, Reply.delivered_at).where(
        Reply.report_id.in_(reports),
        Reply.case_id == case.id,
        Reply.round == case.reopened,
        Reply.delivered_at.is_not(None),
        Reply.explains.is_(None),
    )
    return {report_id: at for report_id, at in session.execute(query.order_by(Reply.id)) if at}


def until(session: Session, case: Case, answered: datetime) -> datetime:
    """Return until when a review of an answer may be asked for: a limit of calendar days that ends
    on a day off rolls to the next working day.
    """
    policy = preview.policy(session, ClockName.remedy, matter_of(case), answered)
    return rules_of(session).calendar.due(answered, policy.amount, Unit(policy.unit))


def office_above(session: Session, case: Case) -> Area | None:
    """Return the area whose office reviews the answers of the one that has a case: the next one
    above, and no further; None where nobody works there who could, or the case is about it.
    """
    here = session.get_one(Area, passages.office(case))
    if here.parent_code is None:
        return None
    return next((a for a in passages.offices(session, case) if a.code == here.parent_code), None)


def last(session: Session, report: Report) -> tuple[Case, Report]:
    """Return where the matter of a report stands now: in its own case, or in the last review that
    was asked for, and the report that was answered, or will be, there.
    """
    case = session.get_one(Case, report.case_id)
    while (row := asked(session, case, report.id)) is not None:
        report, case = session.get_one(Report, row.report_id), session.get_one(Case, row.case_id)
    return case, report


def chain(session: Session, report: Report) -> Sequence[tuple[Review, Case, Report]]:
    """Return every review that was asked for from a report on, oldest first, with its case and with
    what was asked there.
    """
    root = began_with(session, report)
    query = (
        select(Review, Case, Report)
        .join(Case, Case.id == Review.case_id)
        .join(Report, Report.id == Review.report_id)
        .where(Review.root_report_id == root.id, Review.report_id > report.id)
    )
    return [(row, case, one) for row, case, one in session.execute(query.order_by(Review.id))]


def is_ended(session: Session, report: Report) -> bool:
    """Tell whether the matter stands for good (终结) for whoever sent a report: by the reviews that
    they asked for, in the present round. Others of the same case have remedies of their own.
    """
    case, _ = last(session, began_with(session, report))
    row = of_case(session, case.id) if case.reviews is not None else None
    return row is not None and row.stage == FINAL and row.result not in (None, "redone")


def is_ordered(session: Session, case: Case) -> bool:
    """Tell whether the office above ordered that what a report tells be handled again, and it was
    not answered since, wherever it was split off to or merged into: what is owed is an answer.
    """
    if case.state not in PROPOSED:
        return False
    near = splits.family(session, case.id)
    known = select(Entry.body).where(Entry.case_id.in_(near), Entry.verb == _REOPEN)
    if not any(_is_by_review(body) for body in session.scalars(known)):
        return False
    reports = select(Report).where(Report.case_id == case.id, Report.follows.is_(None))
    return any(_is_to_be_answered_anew(session, one) for one in session.scalars(reports).all())


_REOPEN = "reopen"


def _is_by_review(body: str) -> bool:
    return "review" in json.loads(body)["facts"]


def _is_to_be_answered_anew(session: Session, report: Report) -> bool:
    found = mergers.history_of(session, report, (_REOPEN,), merged=True)
    return bool(found) and _is_by_review(found[-1].body)


def ended(session: Session, scope: Scope, case: Case) -> Sequence[Case]:
    """Return the ended cases that a further one could repeat, as far as somebody sees: about the
    same unit where that is known, newest first.
    """
    query = select(Case).where(Case.ended_at.is_not(None), queries.visible(scope))
    if case.unit_id is not None:
        query = query.where(Case.unit_id == case.unit_id)
    return session.scalars(query.order_by(Case.id.desc()).limit(queries.PAGE)).all()


# Who gives an opinion


def judged(session: Session, case: Case) -> Collection[int]:
    """Return the ids of the cases that a review judges: whose answer it is about, and the one that
    the matter began with.
    """
    began = select(Review.of_case_id, Report.case_id).join(
        Report, Report.id == Review.root_report_id
    )
    row = session.execute(began.where(Review.case_id == case.id)).first()
    return set(row) if row is not None else set()


def had_a_part(session: Session, person: int | None, cases: Collection[int]) -> bool:
    """Tell whether somebody had a part in how cases were handled, or those they were split off
    from.
    """
    every = {*cases}.union(*(splits.origins(session, one) for one in cases))
    own = (Entry.case_id.in_(every), Entry.user_id == person, Entry.verb.not_in(NO_HAND))
    return session.scalar(select(Entry.id).where(*own).limit(1)) is not None


def is_free(session: Session, person: int | None, case: Case) -> bool:
    """Tell whether somebody had no part in what a review judges."""
    return not had_a_part(session, person, judged(session, case))


def fit(session: Session, case: Case) -> Callable[[User], bool]:
    """Return who may have a case in hand for what is due in it next: while a review waits for its
    opinion, whoever may give that.
    """
    if case.reviews is None or case.state != "accepted":
        return lambda _user: True
    able = PERMISSIONS["case.opine"]
    return lambda user: user.role in able and is_free(session, user.id, case)
