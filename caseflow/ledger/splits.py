"""Which cases were split off from which (分案): for verbs, letters and pages."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from caseflow.deadlines.tables import Clock
from caseflow.ledger import mergers
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.report_tables import MergedReport, Merger, Report
from caseflow.ledger.split_tables import Split, SplitItem, SplitReport
from caseflow.ledger.states import ITEM_DONE
from caseflow.ledger.tables import Case, Item

APART = "并入的来件已经分案，不能取消并案"
ALONE = "原有的来件都已分案，取消后那个办件就没有来件了，不能取消并案"


@dataclass(frozen=True)
class Gone:
    """An item that was a case's and went to a part of it: its number here, what it is about, and
    the part's number.
    """

    n: int
    matter: str
    to: str


def cases_of(session: Session, case: Case) -> tuple[Case | None, Sequence[Case]]:
    """Return the case that this one was split off from, and those split off from it, oldest
    first; one statement.
    """
    either = or_(
        (Split.part_id == case.id) & (Case.id == Split.case_id),
        (Split.case_id == case.id) & (Case.id == Split.part_id),
    )
    query = select(Case, Split.part_id).join(Split, either).order_by(Split.id)
    rows = session.execute(query).all()
    origin = next((one for one, part_id in rows if part_id == case.id), None)
    return origin, [one for one, part_id in rows if part_id == one.id]


def given_on(session: Session, case: Case) -> Sequence[Case]:
    """Return where the reports of a merged case went since it was merged, other than with it."""
    brought = select(MergedReport.report_id).join(Merger, Merger.id == MergedReport.merger_id)
    brought = brought.where(Merger.case_id == case.id, Merger.undone_at.is_(None))
    parts = select(Split.part_id).join(SplitReport, SplitReport.split_id == Split.id)
    parts = parts.where(SplitReport.report_id.in_(brought))
    return session.scalars(select(Case).where(Case.id.in_(parts)).order_by(Case.id)).all()


def gone(session: Session, case: Case) -> Mapping[int, Gone]:
    """Return by id the items that went from this case to parts of it."""
    query = (
        select(Item.id, SplitItem.was, Item.matter, Case.number)
        .join(SplitItem, SplitItem.item_id == Item.id)
        .join(Split, Split.id == SplitItem.split_id)
        .join(Case, Case.id == Split.part_id)
        .where(Split.case_id == case.id)
    )
    return {row[0]: Gone(*row[1:]) for row in session.execute(query)}


def last_number(session: Session, case: Case) -> int:
    """Return the number of the last item that a case has, or ever had: none is given twice."""
    here = select(func.max(Item.n)).where(Item.case_id == case.id)
    left = select(func.max(SplitItem.was)).join(Split, Split.id == SplitItem.split_id)
    left = left.where(Split.case_id == case.id)
    return max(session.scalar(here) or 0, session.scalar(left) or 0)


def before(session: Session, case: Case, items: Collection[int]) -> Sequence[Entry]:
    """Return what the cases that this one was split off from say of these items, newest first:
    what happened while they were there.
    """
    query = select(Entry).where(Entry.case_id.in_(origins(session, case.id)))
    query = query.where(Entry.item_id.in_(items))
    return session.scalars(query.order_by(Entry.id.desc())).all()


def origins(session: Session, case_id: int) -> set[int]:
    """Return every case that this one was split off from: the first, and that one's."""
    found: set[int] = set()
    at: int | None = case_id
    while at is not None:
        at = session.scalar(select(Split.case_id).where(Split.part_id == at))
        found |= {at} if at is not None else set()
    return found


def family(session: Session, case_id: int) -> set[int]:
    """Return a case with all those that it has, or had, reports or items in common with: split off
    from one another, and merged into any of these.
    """
    found: set[int] = set()
    at = {case_id}
    while at:
        found |= at
        either = or_(Split.case_id.in_(at), Split.part_id.in_(at))
        near = set(session.execute(select(Split.case_id, Split.part_id).where(either)).all())
        ids = {one for pair in near for one in pair}
        for one in at:
            ids |= mergers.below(session, one)
        at = ids - found
    return found


def bars_undoing(session: Session, merger: Merger) -> str:
    """Say why a merger cannot be undone since its case was split, or nothing where it can: what it
    brought went away, or nothing else is left there.
    """
    brought = select(MergedReport.report_id).where(MergedReport.merger_id == merger.id)
    apart = select(Split.id).join(SplitReport, SplitReport.split_id == Split.id)
    apart = apart.where(SplitReport.report_id.in_(brought))
    apart = apart.where(Split.case_id == merger.into_id, Split.case_n > merger.into_n)
    if session.scalar(apart.limit(1)) is not None:
        return APART
    others = select(Report.id).where(
        Report.case_id == merger.into_id, Report.follows.is_(None), Report.id.not_in(brought)
    )
    return "" if session.scalar(others.limit(1)) is not None else ALONE


def promise(running: Sequence[Clock], homes: Collection[int]) -> Clock:
    """Return which `resolve` clock of those that run on a case holds for a part of it: the earliest
    of the cases that its reports came with (`mergers.homes`), or of all where none of those runs.
    """
    own = [clock for clock in running if clock.case_id in homes] or running
    return min(own, key=lambda clock: clock.due)


def is_at_work(case: Case, item: Item) -> bool:
    """Tell whether an item makes its case one that is handled: it was sent out, and is not over
    since an earlier round.
    """
    return item.state != "draft" and (item.state not in ITEM_DONE or item.round == case.reopened)
