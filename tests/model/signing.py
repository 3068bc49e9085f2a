"""The model's signatures: what a unit answers counts once its responsible person signed it
(docs/decisions/0031).
"""

from datetime import datetime

from tests.model import item_moves
from tests.model.item_moves import find, submit
from tests.model.matters import Case, Refused, may_on, need, working
from tests.model.office import HEAD, Person
from tests.model.things import Answer, Item, Said


def sign_off(case: Case, item: Item, person: Person, said: Said, now: datetime) -> None:
    """It counts from now on, by the hand of whoever signed it."""
    answer = _waits(case, item, person, "sign_off")
    move = find if answer.move == "find" else submit
    move(case, item, person, answer.said, now)


def unsign(case: Case, item: Item, person: Person, said: Said, now: datetime) -> None:
    """Sent back to whoever wrote it; the unit's promise runs on."""
    _waits(case, item, person, "unsign")
    item.answer = None


def _waits(case: Case, item: Item, person: Person, move: str) -> Answer:
    working(case)
    need(person.unit == item.holder != "" and not item.in_person, "not its turn")
    may_on(person, move, case, item)
    answer = item_moves.waiting(item)
    if answer is None:
        raise Refused("nothing waits for a signature")
    need(HEAD.get(person.unit) == person.name, "the head signs")
    return answer


MOVES = {"sign_off": sign_off, "unsign": unsign}
