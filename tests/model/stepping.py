"""The model's documents before their date by hand (督办升级): a supervisor asks, a leader decides
(docs/decisions/0046).
"""

from datetime import datetime

from tests.model.matters import Case, Refused, free_of, may_on, need, working
from tests.model.office import Person
from tests.model.promises import Promise
from tests.model.things import Item, Said, StepUp


def holder(item: Item) -> str:
    """Return the unit that has an item: none while an inspector verifies in person."""
    return "" if item.inspector and not item.rectifying else item.holder


def climbed(case: Case, item: Item) -> Promise | None:
    """Return the promise whose ladder is climbed for an item: what is to be done rather than the
    receipt, of those that run.
    """
    for names in (("verify", "rectify"), ("sign_for",)):
        for one in case.alive(item.on, *names):
            if one.state == "running":
                return one
    return None


def reached(case: Case, item: Item, one: Promise) -> int:
    """Return up to which rung documents came for a promise, or for the receipt beside it."""
    beside = [max(x.rung, x.entered) for x in case.alive(item.on, "sign_for")]
    return max(one.rung, one.entered, *beside)


def ask_step_up(case: Case, item: Item, person: Person, said: Said, now: datetime) -> None:
    """For a document that has not come yet; it moves nothing."""
    working(case)
    free_of(person, item)
    may_on(person, "ask_step_up", case, item)
    _may_come(case, item, said.rung)
    need(item.step_up is None and item.withdrawal is None, "asked already")
    item.step_up = StepUp(person.name, holder(item), now, said.rung)
    case.start("consent", item.on, now)


def _may_come(case: Case, item: Item, rung: int) -> None:
    need(holder(item) != "", "no unit has it")
    one = climbed(case, item)
    if one is None:
        raise Refused("no promise runs")
    need(rung > reached(case, item, one), "it came already")


def step_up(case: Case, item: Item, person: Person, said: Said, now: datetime) -> None:
    """It comes when nothing else is left to happen, to the unit that it was asked about."""
    asked = _asked(item, person)
    may_on(person, "step_up", case, item)
    working(case)
    taken = item.held_since is not None and item.held_since > asked.at
    need(asked.unit == holder(item) and not taken, "another one has it")
    _may_come(case, item, asked.rung)
    case.brought.append((item, asked.unit, asked.at, asked.rung))
    case.brought.sort(key=lambda one: one[2])
    _decided(case, item, now)


def refuse_step_up(case: Case, item: Item, person: Person, said: Said, now: datetime) -> None:
    """It comes by its date."""
    _asked(item, person)
    may_on(person, "refuse_step_up", case, item)
    working(case)
    _decided(case, item, now)


def _asked(item: Item, person: Person) -> StepUp:
    if item.step_up is None:
        raise Refused("nothing asked")
    free_of(person, item)
    need(item.step_up.by != person.name, "four eyes")
    return item.step_up


def _decided(case: Case, item: Item, now: datetime) -> None:
    item.step_up = None
    case.meet(item.on, now, "consent")


MOVES = {move.__name__: move for move in (ask_step_up, step_up, refuse_step_up)}
