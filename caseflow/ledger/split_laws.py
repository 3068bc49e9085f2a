"""Does what the ledger promises of split cases (分案) hold in the data? A law of the `doctor`."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, exists, select

from caseflow.ledger.history_tables import Entry
from caseflow.ledger.report_tables import Report
from caseflow.ledger.split_tables import Split, SplitReport
from caseflow.ledger.tables import Case


def broken() -> Iterator[Select[Any]]:
    """Yield what asks for cases that were split, or began as a part, and do not say so, or the
    other way round; and for parts that nothing was reported of.
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
