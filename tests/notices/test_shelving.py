"""Who is told that a case is to be shelved, is, and is taken up again."""

from datetime import date

from caseflow.ledger.moves import milestones, shelving
from tests.notices.desk import Desk, desk

__all__ = ["desk"]

SAID = ("没有资金", "列入预算", "今年没有资金", [("批复", date(2026, 6, 1))])


def test_the_leader_decides_and_everybody_at_work_learns_it(desk: Desk) -> None:
    case, _ = desk.dispatched(reach="email")
    desk.told()
    asked = desk.by(shelving.ask_shelving, "handler", case.id, *SAID)
    assert asked == {"shelving > leader"}
    done = desk.by(shelving.shelve, "leader", case.id, "")
    assert done == {"shelved > handler", "put_off > reporter", "still > school"}
    later = (1, date(2026, 7, 1), "推迟")
    moved = desk.by(milestones.ask_milestone, "handler", case.id, *later)
    assert moved == {"milestone > leader"}
    moved = desk.by(milestones.move_milestone, "leader", case.id, "")
    assert moved == {"moved > handler", "put_off > reporter"}
    again = desk.by(shelving.take_up, "leader", case.id, "有了资金")
    assert again == {
        *("taken_up > handler", "taken_up > supervisor"),
        *("put_off > reporter", "carry_on > school"),
    }
