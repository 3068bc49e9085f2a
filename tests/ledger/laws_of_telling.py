"""What must hold at the end of every story: the history tells of each row that hangs on a case.

The page of a case asks for nothing that its history is silent about (`caseflow.ledger.told`).
"""

from collections import defaultdict

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from caseflow.db import Base
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.report_tables import Merger
from caseflow.ledger.split_tables import Split
from caseflow.ledger.step_up_tables import StepUp
from caseflow.ledger.tables import Item
from caseflow.ledger.told import LEFT_BY, Told


def every_row_is_told_of(session: Session) -> None:
    """Raise AssertionError for a row whose case would not be asked for it."""
    verbs: dict[int, set[str]] = defaultdict(set)
    for case_id, verb in session.execute(select(Entry.case_id, Entry.verb).distinct()):
        verbs[case_id].add(verb)
    known = {case_id: Told.by(here) for case_id, here in verbs.items()}
    untold = {
        (table.__tablename__, *sorted(verbs[case_id]))
        for table in LEFT_BY
        for case_id in session.scalars(_cases_with(table))
        if not known[case_id].may_have(table)
    }
    assert not untold, f"rows that no entry tells of: {untold}"
    for merger in session.scalars(select(Merger)):
        assert known[merger.case_id].is_akin, "merged, and told of no kin"
        assert known[merger.into_id].is_akin, "took something in, and told of no kin"
    for split in session.scalars(select(Split)):
        assert known[split.case_id].is_akin, "split, and told of no kin"
        assert known[split.part_id].is_akin, "split off, and told of no kin"


def _cases_with(table: type[Base]) -> Select[int]:
    columns = table.__table__.c
    if table is StepUp:
        return select(StepUp.case_id).where(StepUp.asked_by.is_not(None))
    if "case_id" in columns:
        return select(columns.case_id)
    return select(Item.case_id).join(table.__table__, columns.item_id == Item.id)
