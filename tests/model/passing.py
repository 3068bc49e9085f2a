"""The model's passing on (移送): a case is one office's at every moment, and another takes it by
signing (docs/decisions/0026).
"""

from datetime import datetime

from tests.model.above import came_back_to
from tests.model.case_moves import hand_over
from tests.model.item_moves import lapse
from tests.model.matters import Case, free_of_danger, may, need
from tests.model.office import ABOVE, DISTRICT, MAY, PEOPLE, SECTION, Person, manages
from tests.model.promises import Promise
from tests.model.states import IN, OVER
from tests.model.things import Passage, Said

DECIDED = 2  # sent back so often between two offices, the upper one has decided


def offices(case: Case) -> list[str]:
    """Return the offices above and below that could get a case: somebody there signs who need not
    keep away; not one that was ever named, or answers to a unit that was.
    """
    near = [area for area in ABOVE if area in ABOVE[case.area] or case.area in ABOVE[area]]
    if any(manages(unit, SECTION) for unit in case.shielded):
        near = [area for area in near if area != DISTRICT]
    return [area for area in near if any(_signs(one, case, area) for one in PEOPLE.values())]


def _signs(person: Person, case: Case, area: str) -> bool:
    free = not person.away or person.away != case.about
    return person.area == area and person.role in MAY["receive"] and free


def pass_on(case: Case, person: Person, said: Said, now: datetime) -> None:
    """By the office that has it; never what somebody works on, nor danger. What the level above
    sent back twice it designates, and is not passed up to it again.
    """
    may(person, "pass_on", case)
    need(person.area == case.area, "another office has it")
    need(said.to in offices(case), "not that office")
    need(all(item.state in ("draft", *OVER) for item in case.items), "an item is under way")
    free_of_danger(case)
    decided = case.sent_back.count({case.area, said.to}) >= DECIDED
    need(not decided or said.to not in ABOVE[case.area], "the level above has decided")
    for item in case.items:
        item.withdrawal = None
        case.stop(item.on, now, "consent")
    lapse(case, None, now)
    case.passage = Passage(said.to, designated=decided)
    case.start("receive", "case", now)


def _under_way(case: Case, move: str) -> tuple[Passage, Promise]:
    need(case.state in IN[move], "the case's state")
    need(case.passage is not None, "nothing is passed on")
    [promise] = case.alive("case", "receive")
    return case.passage or Passage(""), promise


def take_back(case: Case, person: Person, said: Said, now: datetime) -> None:
    """By the office that has it, until somebody signed."""
    _, promise = _under_way(case, "take_back")
    may(person, "take_back", case)
    need(person.area == case.area, "another office has it")
    promise.end("stopped", now)
    case.passage = None


def receive(case: Case, person: Person, said: Said, now: datetime) -> None:
    """Signed for, it lies there with all that hangs on it, and the signer handles it."""
    passage, promise = _under_way(case, "receive")
    need(_signs(person, case, passage.to), "not theirs to sign for")
    promise.end("met", now)
    case.passage, case.sent_back = None, []
    hand_over(case, person.name)
    for one in (case, *case.below()):
        one.area, one.handler, one.sent_back = passage.to, person.name, []


def send_back(case: Case, person: Person, said: Said, now: datetime) -> None:
    """In the time there is to sign for it; not what was designated."""
    passage, promise = _under_way(case, "send_back")
    need(_signs(person, case, passage.to), "not theirs to sign for")
    need(not passage.designated, "designated")
    need(now < promise.due, "too late")
    promise.end("met", now)
    case.passage = None
    case.sent_back.append({case.area, passage.to})
    came_back_to(case, len(case.sent_back), now)


MOVES = {move.__name__: move for move in (pass_on, take_back, receive, send_back)}
