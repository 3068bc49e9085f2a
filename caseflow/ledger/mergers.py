"""Which cases are merged into which (并案): for verbs and pages."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import bindparam, exists, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from caseflow.deadlines.calendar import Unit
from caseflow.deadlines.rules import rules_of
from caseflow.deadlines.tables import Clock, Pause
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.report_tables import MergedClock, MergedReport, Merger, Report
from caseflow.ledger.split_tables import Split, SplitReport
from caseflow.ledger.states import ITEM_DONE
from caseflow.ledger.tables import Case, Item

ALIKE = ("complaint", "help")


WAS_MOVED = or_(
    exists().where(MergedReport.report_id == Report.id),
    exists().where(SplitReport.report_id == Report.id),
)
"""In SQL: a report belongs, or belonged, to another case than the one it came with."""
_OTHER = aliased(Report)
IS_SHARED = exists().where(
    _OTHER.case_id == Report.case_id, _OTHER.follows.is_(None), _OTHER.id != Report.id
)
"""In SQL: others reported the same matter, in the case that a report belongs to."""


WAS_SHARED = exists().where(Merger.into_id == Report.case_id)
"""In SQL: others' reports are, or were, in the case that a report belongs to."""


def shared_times(
    session: Session, cases: Collection[int]
) -> Sequence[tuple[int, datetime, datetime | None]]:
    """Return from when until when (None: still) reports of others were in which of these cases."""
    query = select(Merger.into_id, Merger.merged_at, Merger.undone_at)
    rows = session.execute(query.where(Merger.into_id.in_(cases))).all()
    together = select(Split.part_id, Split.at).where(Split.part_id.in_(cases))
    together = together.join(SplitReport, SplitReport.split_id == Split.id)
    together = together.join(Report, Report.id == SplitReport.report_id)
    together = together.where(Report.follows.is_(None)).group_by(Split.id)
    several = session.execute(together.having(func.count() > 1)).all()
    found = [(case_id, since, until) for case_id, since, until in rows]
    return found + [(part_id, at, None) for part_id, at in several]


def lasting(session: Session, case_id: int) -> Merger | None:
    """Return the merger by which a case is another one's now."""
    query = select(Merger).where(Merger.case_id == case_id, Merger.undone_at.is_(None))
    return session.scalar(query)


def into(session: Session, case_id: int) -> Sequence[Merger]:
    """Return the mergers by which others are this case's now, oldest first."""
    query = select(Merger).where(Merger.into_id == case_id, Merger.undone_at.is_(None))
    return session.scalars(query.order_by(Merger.id)).all()


_EITHER = or_(
    (Merger.case_id == bindparam("case")) & (Merger.into_id == Case.id),
    (Merger.into_id == bindparam("case")) & (Merger.case_id == Case.id),
)
_MERGED = (
    select(Case, Merger.into_id)
    .join(Merger, _EITHER)
    .where(Merger.undone_at.is_(None))
    .order_by(Merger.id)
)


def cases_of(session: Session, case: Case) -> tuple[Case | None, Sequence[Case]]:
    """Return the case that this one is merged into, and those merged into it; one statement."""
    rows = session.execute(_MERGED, {"case": case.id}).all()
    above = next((one for one, into_id in rows if into_id == one.id), None)
    return above, [one for one, into_id in rows if into_id == case.id]


def reports_of(session: Session, merger: Merger) -> Sequence[Report]:
    """Return the reports that went over, and what their senders added since."""
    went = select(MergedReport.report_id).where(MergedReport.merger_id == merger.id)
    query = select(Report).where(or_(Report.id.in_(went), Report.follows.in_(went)))
    return session.scalars(query.order_by(Report.id)).all()


def below(session: Session, case_id: int) -> set[int]:
    """Return every case that is merged into this one, and into those."""
    found: set[int] = set()
    at = {case_id}
    while at:
        query = select(Merger.case_id).where(Merger.into_id.in_(at), Merger.undone_at.is_(None))
        at = set(session.scalars(query)) - found
        found |= at
    return found


def alike(case: Case, other: Case) -> bool:
    """Tell whether two cases are handled by the same rules: what protects a tip differs, and a
    question has no items.
    """
    return case.kind == other.kind or {case.kind, other.kind} <= set(ALIKE)


def same_place(case: Case, other: Case) -> bool:
    """Tell whether two cases are about the same unit, and of the same office: whoever may see the
    one may see the other, and must keep away from both.
    """
    ours, theirs = ((one.province, one.city, one.county, one.unit_id) for one in (case, other))
    return ours == theirs


def history_of(
    session: Session, report: Report, verbs: Collection[str], *, merged: bool
) -> Sequence[Entry]:
    """Return what the histories say of a report with these verbs, oldest first: of the case that it
    came with, and of another one only from when to when it belonged to that.
    """
    parts = [
        (Entry.case_id == case_id)
        & (Entry.n > after)
        & ((Entry.n <= until) if until is not None else true())
        for case_id, after, until in (
            _stretches(session, report) if merged else [(report.case_id, 0, None)]
        )
    ]
    query = select(Entry).where(or_(*parts), Entry.verb.in_(verbs))
    return session.scalars(query.order_by(Entry.at, Entry.n)).all()


def _stretches(session: Session, report: Report) -> list[tuple[int, int, int | None]]:
    """Return which case a report belonged to, after and until which entry of its history."""
    steps = sorted(_steps(session, report))
    where, after = steps[0][1] if steps else report.case_id, 0
    found: list[tuple[int, int, int | None]] = []
    for _, _, until, to, begin in steps:
        found.append((where, after, until))
        where, after = to, begin
    return [*found, (where, after, None)]


def _steps(session: Session, report: Report) -> list[tuple[datetime, int, int, int, int]]:
    """Return when a report went from which case, until which entry, to which, after which."""
    query = select(Merger).join(MergedReport, MergedReport.merger_id == Merger.id)
    went = session.scalars(query.where(MergedReport.report_id == report.id)).all()
    steps = [(one.merged_at, one.case_id, one.case_n, one.into_id, one.into_n) for one in went]
    for one in went:
        if one.undone_at is not None:
            back = (one.into_id, one.into_undone_n or 0, one.case_id, one.case_undone_n or 0)
            steps.append((one.undone_at, *back))
    apart = select(Split).join(SplitReport, SplitReport.split_id == Split.id)
    rows = session.scalars(apart.where(SplitReport.report_id == report.id)).all()
    steps += [(one.at, one.case_id, one.case_n, one.part_id, one.part_n) for one in rows]
    if report.split_from is None:
        return steps
    letter, born = session.get_one(Report, report.split_from), min(one.at for one in rows)
    return [one for one in _steps(session, letter) if one[0] < born] + steps


def homes(session: Session, reports: Collection[Report]) -> dict[int, int]:
    """Return by report id the case that it came with, or that it was split off into, whichever it
    belongs to now: what was promised for all of that one was promised to its sender.
    """
    ids = [one.id for one in reports]
    found = {one.id: one.case_id for one in reports}
    came = select(MergedReport.report_id, Merger.case_id).join(
        Merger, Merger.id == MergedReport.merger_id
    )
    went = select(SplitReport.report_id, Split.part_id).join(
        Split, Split.id == SplitReport.split_id
    )
    came = came.where(MergedReport.report_id.in_(ids)).order_by(Merger.id.desc())
    went = went.where(SplitReport.report_id.in_(ids)).order_by(Split.id)
    for query in (came, went):  # the first merger counts, and after it the last split
        found |= dict(session.execute(query).all())
    return found


def came_with(session: Session, report: Report) -> int:
    """Return the case that a report came with, or that it was split off into (`homes`)."""
    return homes(session, [report])[report.id]


def undone(session: Session, case: Case) -> bool:
    """Tell whether an item of the case is not over: nobody lays an allegation aside by merging."""
    query = select(Item.id).where(Item.case_id == case.id, Item.state.not_in(ITEM_DONE))
    return session.scalar(query.limit(1)) is not None


def due_without(session: Session, clock: Clock) -> datetime:
    """Return when a clock were due had no merger moved it; what stood still since counts for it."""
    first = clock
    while first.follows is not None and session.get(MergedClock, first.id) is not None:
        first = session.get_one(Clock, first.follows)
    due, calendar = first.due, rules_of(session).calendar
    if first is clock or first.ended_at is None:
        return due
    still = select(Pause).where(Pause.clock_id == clock.id, Pause.started_at >= first.ended_at)
    for stretch in session.scalars(still.order_by(Pause.id)):
        if stretch.ended_at is not None:
            due = calendar.shift(due, stretch.started_at, stretch.ended_at, Unit(clock.unit))
    return due
