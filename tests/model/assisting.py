"""The model's assisting units (协办): asked beside an item's lead, each by a promise of its own
(docs/decisions/0045).
"""

from datetime import datetime, timedelta

from tests.model import days
from tests.model.matters import Case, Refused, free_of, may_on, need, working
from tests.model.office import MAY, Person, manages
from tests.model.things import Assistance, Item, Said


def ask_assistance(case: Case, item: Item, person: Person, said: Said, now: datetime) -> None:
    """A unit beside the lead; a tip never goes to one that was ever named as the one reported."""
    working(case)
    free_of(person, item)
    may_on(person, "ask_assistance", case, item)
    need(said.unit != person.away, "must keep away")
    need(said.unit not in item.units, "it leads")
    need(_owes(item, said.unit) is None, "asked already")
    if case.kind == "tip":
        need(bool(case.about) or said.none_listed, "nobody said whom the tip is about")
        wrong = any(manages(unit, said.unit) for unit in case.shielded)
        need(not wrong, "the unit reported would assist")
    one = Assistance(len(item.assisted) + 1, item.n, said.unit, now)
    item.assisted.append(one)
    promised(case, item, one, now)


def _owes(item: Item, unit: str) -> Assistance | None:
    return next((one for one in item.assisted if one.unit == unit and one.owes), None)


def promised(case: Case, item: Item, one: Assistance, now: datetime) -> None:
    """Never due after the item is; of what is late already a working day is left."""
    ends = [other.due for other in case.alive(item.on, "verify", "rectify")]
    ends = ends or [end for end in (case.promised(),) if end]
    new = case.start("assist", one.on, now)
    if ends:
        new.due = min(new.due, *ends)
        if min(ends) <= now:
            new.due = max(new.due, days.working_days(now, 1))


def answer_assistance(case: Case, item: Item, person: Person, said: Said, now: datetime) -> None:
    """Once, in writing; whoever answered has a hand in the item."""
    one = _owes(item, person.unit) if person.unit else None
    if one is None:
        raise Refused("nothing asked")
    working(case)
    _at(person, "answer_assistance", item)
    one.answered = True
    item.hands.add(person.name)
    case.meet(one.on, now)


def record_assistance(case: Case, item: Item, person: Person, said: Said, now: datetime) -> None:
    """By telephone, written down by the office: kept when it was said, which is told by the minute
    and was not before it was asked; whoever wrote it down has a hand in the item.
    """
    working(case)
    free_of(person, item)
    one = _owes(item, said.unit)
    if one is None:
        raise Refused("nothing asked")
    need(said.unit != person.away, "must keep away")
    heard = now - timedelta(hours=said.heard)
    need(heard >= one.asked.replace(second=0, microsecond=0), "before it was asked")
    may_on(person, "record_assistance", case, item)
    one.answered = True
    item.hands.add(person.name)
    for promise in case.alive(one.on):
        promise.end("met", max(heard, promise.started))


def _at(person: Person, move: str, item: Item) -> None:
    need(item.state in ASSISTED, "the item's state")
    need(person.role in MAY[move], "the role")


def release_assistance(case: Case, item: Item, person: Person, said: Said, now: datetime) -> None:
    """It owes no answer any more."""
    free_of(person, item)
    working(case)
    may_on(person, "release_assistance", case, item)
    _released(case, item, said.unit, now)


def _released(case: Case, item: Item, unit: str, now: datetime) -> None:
    one = _owes(item, unit)
    if one is None:
        raise Refused("nothing asked")
    let_go(case, one, now)


def let_go(case: Case, one: Assistance, now: datetime) -> None:
    """Release a unit."""
    one.released = True
    case.stop(one.on, now)


def leads_now(case: Case, item: Item, unit: str, now: datetime) -> None:
    """A unit that leads, or puts right, from now on assists no more."""
    one = _owes(item, unit)
    if one is not None:
        let_go(case, one, now)


def share_assistance(case: Case, item: Item, person: Person, said: Said, now: datetime) -> None:
    """The lead reads the words of an answer from now on: the one that the office chose of those
    that the unit gave, which are counted from 1; 0 is its newest.
    """
    working(case)
    free_of(person, item)
    may_on(person, "share_assistance", case, item)
    answered = [one for one in item.assisted if one.unit == said.unit and one.answered]
    need(said.which <= len(answered) and bool(answered), "it did not answer so often")
    chosen = answered[said.which - 1] if said.which else answered[-1]
    need(not chosen.shared, "shared already")
    chosen.shared = True


ASSISTED = ("dispatched", "objected", "verifying", "rectifying", "submitted")
MOVES = {
    move.__name__: move
    for move in (ask_assistance, answer_assistance, release_assistance, share_assistance)
}
BY_TELEPHONE = {"record_assistance": record_assistance}
