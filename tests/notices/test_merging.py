"""Who is told that cases are handled together, or apart again."""

from datetime import timedelta

from caseflow.ledger.moves import merging, triage
from tests.notices.desk import Desk, desk
from tests.notices.watch import drafted

__all__ = ["desk"]


def test_the_other_handler_and_whoever_learns_that_it_is_accepted_are_told(desk: Desk) -> None:
    first, _ = desk.case(reach="email")
    second, _ = desk.case(reach="email")
    desk.by(triage.accept, "handler", first.id)
    told = desk.by(merging.merge, "supervisor", second.id, first.number, "同一件事")
    assert told == {"merged > handler", "decision > reporter"}
    told = desk.by(merging.unmerge, "supervisor", second.id, "是两件事")
    assert told == {"parted > handler"}


def test_who_was_told_already_is_not_told_again(desk: Desk) -> None:
    first, _ = desk.case(reach="email")
    second, _ = desk.case(reach="email")
    for case in (first, second):
        desk.by(triage.accept, "handler", case.id)
    told = desk.by(merging.merge, "supervisor", second.id, first.number, "同一件事")
    assert told == {"merged > handler"}


def test_a_unit_that_has_less_time_is_told_so(desk: Desk) -> None:
    first, _ = desk.case()
    desk.by(triage.accept, "handler", first.id)
    desk.now += timedelta(days=3)
    case, _ = desk.dispatched()
    desk.told()
    told = desk.by(merging.merge, "handler", first.id, case.number, "同一件事")
    assert told == {"hastened > school"}
    told = desk.by(merging.unmerge, "handler", first.id, "是两件事")
    assert told == {"eased > school"}


def test_a_decision_reaches_whom_it_is_about_wherever_they_belong_by_then(desk: Desk) -> None:
    first, _ = desk.case(reach="email")
    second, _ = desk.case(reach="email")
    for case in (first, second):
        triage.accept(desk.session, desk.office["handler"], case.id, desk.now)
    merging.merge(
        desk.session, desk.office["supervisor"], second.id, first.number, "同一件事", desk.now
    )
    drafts = [draft for draft in drafted(desk.session) if draft.rule == "decision"]
    assert len(drafts) == 2
    assert len({draft.recipient for draft in drafts}) == 2
