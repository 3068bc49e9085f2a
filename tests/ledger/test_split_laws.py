"""The doctor names a split case whose rows say something else than its histories."""

import pytest
from sqlalchemy import text

from caseflow import doctor
from tests.ledger.test_splitting import one, split
from tests.ledger.twice import Two, given

__all__ = ["given", "one"]

LAW = "split cases say so"
PLANTED = {
    "UPDATE case_split SET case_n = 1": "first",
    "UPDATE case_split SET part_n = part_n + 1": "part",
    "DELETE FROM case_split": "both",
    "DELETE FROM split_report": "part",
    "UPDATE clock SET root_case_id = :first WHERE item_id = :item": "part",
}


@pytest.mark.parametrize("statement", PLANTED)
def test_each_violation_of_a_split_is_named(one: Two, statement: str) -> None:
    item, _ = one.dispatched(one.first), one.dispatched(one.first, "academy")
    part = split(one, one.two, [item])
    one.session.flush()

    def named() -> set[str]:
        queries = doctor.LAWS[LAW]()
        return {number for query in queries for number in one.session.scalars(query)}

    assert named() == set()
    if statement.startswith("DELETE FROM case_split"):
        for table in ("split_report", "split_item"):
            one.session.execute(text(f"DELETE FROM {table}"))
    values = {"first": one.first.id, "item": item.id}
    known = {name: value for name, value in values.items() if f":{name}" in statement}
    one.session.execute(text(statement), known)
    expected = {"first": {one.first.number}, "part": {part.number}}
    both = {one.first.number, part.number}
    assert named() == expected.get(PLANTED[statement], both)
