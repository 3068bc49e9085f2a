"""Who is told that a part of a case is one of its own now."""

from caseflow.ledger.moves import merging, splitting, triage
from tests.notices.desk import Desk, desk

__all__ = ["desk"]


def test_whoever_has_both_is_told_unless_they_did_it(desk: Desk) -> None:
    first, _ = desk.case(reach="email")
    parts = [desk.case(reach="email") for _ in range(2)]
    for case in (first, *(case for case, _ in parts)):
        desk.by(triage.accept, "handler", case.id)
    for case, _ in parts:
        desk.by(merging.merge, "supervisor", case.id, first.number, "同一件事")
    [one, two] = [report for _, report in parts]
    told = desk.by(splitting.split_off, "supervisor", first.id, [one.number], "两件事")
    assert told == {"split > handler"}
    assert not desk.by(splitting.split_off, "handler", first.id, [two.number], "两件事")
