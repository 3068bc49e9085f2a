"""The model's handing over of open work (移交): what somebody handles to another handler, what they
verify in person to another inspector, all of a case at once (docs/decisions/0023).
"""

from datetime import datetime

from tests.model import case_moves
from tests.model.afterwards import owed
from tests.model.item_moves import passed_to, succeeds
from tests.model.matters import Case, may, need, working
from tests.model.office import PEOPLE, Person, reaches
from tests.model.states import GOING
from tests.model.things import Item, Said

_TO_VERIFY = ("dispatched", "verifying")


def in_hand(case: Case, name: str) -> tuple[bool, list[Item]]:
    """Return whether somebody has a case to handle, and what of it they have yet to verify."""
    if not name:
        return False, []
    to_do = case.state in GOING or bool(owed(case))
    verifies = [one for one in case.items if one.inspector == name and one.state in _TO_VERIFY]
    return to_do and case.handler == name, verifies


def hand_over(case: Case, person: Person, said: Said, now: datetime) -> None:
    """A supervisor's, of a case that they see; to nobody who may not see it, or must keep away."""
    may(person, "hand_over", case)
    handles, verifies = in_hand(case, said.giver)
    handles, verifies = handles and said.taker != "", verifies if said.goer else []
    need(handles or bool(verifies), "nothing in hand")
    if handles:
        taker = PEOPLE[said.taker]
        need(taker.role in ("handler", "supervisor"), "no handler")
        need(reaches(taker, case.area, case.about), "out of their sight")
    for item in verifies:
        working(case)
        succeeds(case, item, said.goer)
    if handles:
        case_moves.hand_over(case, said.taker)
    for item in verifies:
        passed_to(case, item, said.goer, now)


MOVES = {"hand_over": hand_over}
