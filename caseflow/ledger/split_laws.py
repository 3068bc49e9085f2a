"""Does what the ledger promises of split cases (分案) hold in the data? A law of the `doctor`."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, exists, select

from caseflow.deadlines.clocks import ALIVE
from caseflow.deadlines.tables import Clock
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.report_tables import Report
from caseflow.ledger.split_tables import Split, SplitReport
from caseflow.ledger.tables import Case, Item


def broken() -> Iterator[Select[Any]]:
    """Yield what asks for cases that were split, or began as a part, and do not say so, or the
    other way round; for parts that nothing was reported of; and for what is owed about an item and
    locked with another case than its own.
    """
    for verb, case, n in (
        ("split_off", Split.case_id, Split.case_n),
        ("split_from", Split.part_id, Split.part_n),
    ):
        said = exists().where(Entry.case_id == case, Entry.n == n, Entry.verb == verb)
        yield select(Case.number).join(Split, case == Case.id).where(~said.correlate(Split))
        known = exists().where(case == Entry.case_id, n == Entry.n)
        told = select(Case.number).join(Entry, Entry.case_id == Case.id)
        yield told.where(Entry.verb == verb, ~known.correlate(Entry))
    came = select(SplitReport.report_id).join(Report, Report.id == SplitReport.report_id)
    came = came.where(SplitReport.split_id == Split.id, Report.follows.is_(None))
    yield (
        select(Case.number)
        .join(Split, Split.part_id == Case.id)
        .where(~came.correlate(Split).exists())
    )
    owed = select(Case.number).join(Item, Item.case_id == Case.id)
    owed = owed.join(Clock, Clock.item_id == Item.id).where(Clock.state.in_(ALIVE))
    yield owed.where(Clock.root_case_id != Item.case_id)
