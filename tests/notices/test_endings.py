"""Who is told that an item is to be withdrawn, is withdrawn, or went to a statutory procedure."""

from datetime import timedelta

import pytest

from caseflow.escalation.sweep import sweep
from caseflow.ledger.moves import items, transferring, triage, withdrawing, work
from caseflow.ledger.moves.transferring import Transfer
from caseflow.ledger.tables import Case, Item
from caseflow.people.tables import Recusal, User
from tests.notices.desk import Desk, desk

__all__ = ["desk"]

POLICE = Transfer("区公安分局", "涉嫌违法犯罪")


def asks(desk: Desk, item: Item, who: str = "handler") -> set[str]:
    return desk.by(withdrawing.withdraw, who, item.id, "与另一件重复")


def consents(desk: Desk, item: Item, who: str = "leader") -> set[str]:
    return desk.by(withdrawing.consent_withdrawal, who, item.id, "")


def drafted(desk: Desk, **more: object) -> tuple[Case, Item, Item]:
    """A case with an item at the school and a draft."""
    case, item = desk.dispatched(**more)
    [draft] = items.split(desk.session, desk.office["handler"], case.id, ["作业"], desk.now)
    desk.told()
    return case, item, draft


def test_a_supervisor_decides_and_one_who_asks_does_not(desk: Desk) -> None:
    _, item, _ = drafted(desk)
    assert asks(desk, item) == {"withdrawal > supervisor"}
    desk.by(withdrawing.refuse_withdrawal, "leader", item.id, "要查")
    assert asks(desk, item, "supervisor") == {"withdrawal > leader"}


def test_whoever_handles_the_case_is_not_asked(desk: Desk) -> None:
    case, item, _ = drafted(desk)
    boss = desk.office["supervisor"]
    desk.by(triage.assign, "supervisor", case.id, boss.person)
    assert asks(desk, item) == {"withdrawal > leader"}


def test_whoever_keeps_away_from_the_unit_is_not_asked(desk: Desk) -> None:
    _, item, _ = drafted(desk)
    boss, school = desk.office["supervisor"], desk.office.units["school"]
    desk.session.add(Recusal(user_id=boss.person, unit_id=school, reason="亲属", since=desk.now))
    desk.session.flush()
    assert asks(desk, item) == {"withdrawal > leader"}


def test_the_unit_learns_that_it_is_over_and_nothing_else(desk: Desk) -> None:
    _, item, _ = drafted(desk)
    asks(desk, item)
    assert consents(desk, item) == {"withdrawn > handler", "stopped > school"}


def test_of_a_draft_no_unit_learns_anything(desk: Desk) -> None:
    _, _, draft = drafted(desk)
    assert asks(desk, draft) == {"withdrawal > supervisor"}
    assert consents(desk, draft, "supervisor") == {"withdrawn > handler"}


def test_a_refusal_goes_to_whoever_asked_or_has_the_case_now(desk: Desk) -> None:
    case, item, _ = drafted(desk)
    asks(desk, item)
    told = desk.by(withdrawing.refuse_withdrawal, "leader", item.id, "要查")
    assert told == {"not_withdrawn > handler"}
    asks(desk, item)
    desk.session.get_one(User, desk.office["handler"].person).active = False
    case.handler_id = desk.office["supervisor"].person
    told = desk.by(withdrawing.refuse_withdrawal, "leader", item.id, "要查")
    assert told == {"not_withdrawn > supervisor"}


def test_with_nothing_left_somebody_who_asked_for_none_of_it_is_told(desk: Desk) -> None:
    case, item = desk.dispatched()
    desk.told()
    asks(desk, item, "supervisor")
    told = consents(desk, item, "city")
    assert told == {"withdrawn > supervisor", "stopped > school", "all_withdrawn > leader"}
    told = desk.by(withdrawing.conclude_withdrawn, "leader", case.id, "均已撤项")
    assert told == {"write_reply > handler"}


def test_an_inspector_is_told_in_person(desk: Desk) -> None:
    _, item = desk.dispatched(to="section", unit=None)
    desk.told()
    told = desk.by(transferring.statutory, "supervisor", item.id, POLICE)
    assert "stopped > inspector" in told
    assert not any(line.endswith("section") for line in told)


def test_a_statutory_procedure_is_told_to_the_unit_and_to_whoever_reported(desk: Desk) -> None:
    _, item, _ = drafted(desk, reach="email")
    told = desk.by(transferring.statutory, "supervisor", item.id, POLICE)
    assert told == {"stopped > school", "transferred > reporter"}
    silent = desk.by(transferring.statutory_outcome, "handler", item.id, "已立案")
    assert silent == set()


@pytest.mark.parametrize("hours", [13, 40])
def test_a_request_that_nobody_decides_climbs_past_whoever_handles_the_case(
    desk: Desk, hours: int
) -> None:
    """A reminder before the working day is over, and again once it is: never to who cannot."""
    _, item, _ = drafted(desk)
    desk.by(work.sign_for, "school", item.id)
    asks(desk, item)
    while sweep(desk.session, desk.now + timedelta(hours=hours)):
        pass
    assert desk.told() == {"rung > supervisor"}
