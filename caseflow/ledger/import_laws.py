"""Does what the ledger promises of imports hold in the data? A law of the `doctor`.

A case that was finished in the old ledger begins here as closed (decision 62): of it nothing is
asked that only this ledger can have seen, until it is taken up again.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, select

from caseflow.ledger.history_tables import Entry
from caseflow.ledger.import_tables import ImportedRow, LedgerImport
from caseflow.ledger.report_tables import Report
from caseflow.ledger.split_tables import Split
from caseflow.ledger.tables import Case


def as_it_was() -> ColumnElement[bool]:
    """Return the condition that a case is closed because the old ledger said so."""
    row = exists().where(ImportedRow.case_id == Case.id, ImportedRow.as_closed.is_(True))
    return and_(Case.reopened == 0, row)


def broken() -> Iterator[Select[Any]]:
    """Yield what asks for cases that came by an import and of which no row tells, or the other way
    round; for such as began otherwise than by it; for void ones of an import that stands; and for
    imports that have not as many rows as they say. A part that was split off begins by its split.
    """
    row = exists().where(ImportedRow.case_id == Case.id)
    part = exists().where(Split.part_id == Case.id)
    yield select(Case.number).where((Case.channel == "import") != row, ~part)
    of_row = select(Case.number).join(ImportedRow, ImportedRow.case_id == Case.id)
    began = exists().where(Entry.case_id == Case.id, Entry.n == 1, Entry.verb == "import")
    yield of_row.where(~began)
    elsewhere = exists().where(Report.id == ImportedRow.report_id, Report.channel == "import")
    yield of_row.where(~elsewhere)
    of_import = of_row.join(LedgerImport, LedgerImport.id == ImportedRow.import_id)
    undone = LedgerImport.state == "undone"
    yield of_import.where((Case.state == "void") != undone)
    yield of_import.where(ImportedRow.live.is_(True) == undone)
    yield select(Case.number).where(Case.state == "void", ~row)
    rows = select(func.count()).where(ImportedRow.import_id == LedgerImport.id).scalar_subquery()
    yield select(LedgerImport.id).where(LedgerImport.rows != rows)
