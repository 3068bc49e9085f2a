"""A tip that a unit verifies and cannot conclude: who is told that it has done its part."""

from caseflow.ledger.moves import check, work
from caseflow.ledger.moves.work import Result
from caseflow.ledger.tables import Item
from tests.ledger.test_main_job import blob
from tests.notices.desk import Desk, desk
from tests.notices.test_deciders import urged

__all__ = ["desk"]


def signed(desk: Desk, to: str = "academy", who: str = "academy") -> Item:
    _, item = desk.dispatched(to, kind="tip", unit=desk.office.units["school"])
    desk.told()
    desk.by(work.sign_for, who, item.id)
    return item


def hands_in(desk: Desk, who: str, item: Item) -> set[str]:
    key = blob(desk.session, desk.now)
    return desk.by(work.hand_in, who, item.id, key, "照片.png")


def test_the_handler_is_told_once_that_the_unit_has_done_its_part(desk: Desk) -> None:
    item = signed(desk)
    assert hands_in(desk, "academy", item) == {"to_find > handler"}
    assert hands_in(desk, "academy", item) == set()


def test_the_handler_is_told_again_of_what_follows_a_return(desk: Desk) -> None:
    item = signed(desk)
    hands_in(desk, "academy", item)
    desk.by(work.find, "handler", item.id, Result("unsubstantiated", "不属实"))
    told = desk.by(check.return_item, "reviewer", item.id, "看不清")
    assert told == {"returned > academy"}
    assert hands_in(desk, "academy", item) == {"to_find > handler"}


def test_whoever_concludes_in_person_hands_in_without_a_word(desk: Desk) -> None:
    item = signed(desk, "section", "inspector")
    assert hands_in(desk, "inspector", item) == set()
    _, other = desk.dispatched()
    desk.told()
    desk.by(work.sign_for, "school", other.id)
    assert hands_in(desk, "school", other) == set()  # a complaint, which the unit concludes


def test_what_was_concluded_in_the_same_breath_is_announced_to_nobody(desk: Desk) -> None:
    item = signed(desk)
    boss, key = desk.office["supervisor"], blob(desk.session, desk.now)
    work.hand_in(desk.session, boss, item.id, key, "照片.png", desk.now)
    work.find(desk.session, boss, item.id, Result("unsubstantiated", "不属实"), desk.now)
    assert desk.told() == {"check > reviewer"}


def test_the_unit_is_urged_until_it_handed_something_in(desk: Desk) -> None:
    signed(desk)
    told = urged(desk, "verify")
    assert told[:3] == [
        {"rung > academy"},
        {"rung > academy", "rung > handler"},
        {"sign > supervisor"},
    ]


def test_the_office_is_urged_for_the_finding_that_it_owes(desk: Desk) -> None:
    item = signed(desk)
    hands_in(desk, "academy", item)
    told = urged(desk, "verify")
    assert told[:3] == [{"rung > handler"}, {"rung > handler"}, {"sign > supervisor"}]
    assert not {one for rung in told for one in rung if one.endswith("> academy")}
