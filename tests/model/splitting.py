"""The model's splitting (分案): a part goes its own way, and no due moment moves
(docs/decisions/0043).
"""

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from tests.model.item_moves import conclude_when_done, lapse
from tests.model.matters import Case, Letter, free_of_danger, may, need
from tests.model.office import PEOPLE, Person, first_handler, reaches
from tests.model.promises import Promise
from tests.model.states import OVER
from tests.model.things import Item, Said


class Apart(NamedTuple):
    """A part that was split off, and which numbers its items and documents had before."""

    case: Case
    items: dict[int, int]
    documents: dict[int, int]


def split_off(case: Case, person: Person, said: Said, now: datetime) -> Apart:
    """At least one report goes, or tells of both matters; one stays, and of a case that is handled
    an item that makes it so. Nobody splits what is urgent now, or the level above looks into.
    """
    may(person, "split_off", case)
    free_of_danger(case)
    need(not case.above, "the level above has not looked")
    goes, both = set(said.going), set(said.shared)
    need(goes | both <= set(case.letters) and not goes & both, "no such report")
    need(bool(goes | both), "no report goes")
    need(bool(set(case.letters) - goes), "no report stays")
    items = [item for item in case.items if item.n in said.items]
    left = [item for item in case.items if item not in items]
    need(len(items) == len(set(said.items)), "no such item")
    works = case.state == "handling"
    need(not (works and _works(case, items) and not _works(case, left)), "all the work goes")
    lapse(case, None, now)
    part = _born(case, said, items)
    handled = works and _works(case, items)
    part.state = "handling" if handled else "accepted"
    _promised(case, part, [case.letters[n] for n in (*said.going, *said.shared)], goes, now)
    for n in said.going:
        _goes(case, part, n)
    for n in said.shared:
        _linked(case, part, case.letters[n], now)
    known = dict(enumerate((item.n for item in items), 1))
    documents = [one for item in items for one in _item_goes(case, part, item)]
    if not part.handler or not reaches(PEOPLE[part.handler], part.area, part.about):
        part.handler = first_handler(person, part.area, part.about)
        for item in part.items:
            if item.state not in ("draft", *OVER):
                item.hands.add(part.handler)
    if not handled and not part.urgent:
        _somebody_at_once(case, part, now)
    for one in (case, part):
        conclude_when_done(one, now)
    return Apart(part, known, dict(enumerate(documents, 1)))


def _works(case: Case, items: list[Item]) -> bool:
    """Tell whether one of these makes its case one that is handled."""
    sent = [item for item in items if item.state != "draft"]
    return any(item.state not in OVER or item.round == case.reopened for item in sent)


def _born(case: Case, said: Said, items: list[Item]) -> Case:
    """The same office, unit, handler and round; what is over keeps the rules of its category."""
    letters = [case.letters[n] for n in (*said.going, *said.shared)]
    first = letters[0] if not said.going else case.letters[min(said.going)]
    own = first.petition or first.category
    like = case if any(item.state in OVER for item in items) or not own else first
    kind = "tip" if any(one.kind == "tip" for one in letters) else first.kind
    part = Case(case.area, kind, like.petition, False, case.about, said.number)
    part.category, part.handler, part.reopened = like.category, case.handler, case.reopened
    part.named |= {case.about} - {""}
    part.urgent = _in_danger(case, letters)
    part.dangers |= {None} if part.urgent else set()
    part.once_accepted, part.split_from = True, case
    case.parts.append(part)
    return part


def _in_danger(case: Case, letters: list[Letter]) -> bool:
    """Unless all danger was told of in reports that stay; what came with an urgent case is too."""
    homes = {one.home for one in letters}
    if any(one.urgent and one.n in homes for one in case.below()):
        return True
    stay = set(case.letters) - {one.n for one in letters}
    return case.urgent and not (case.dangers and case.dangers <= stay)


def _promised(case: Case, part: Case, letters: list[Letter], goes: set[int], now: datetime) -> None:
    """The promise of the case that its reports came with is followed by two; where nobody of a
    merged case is left, it ends here. More time that the whole was given was given to both.
    """
    running = case.alive("all", "resolve")
    homes = {_of(case, one.home) for one in letters}
    mine = [one for one in running if one.on in homes] or running
    new = _fork(case, part, min(mine, key=lambda one: (one.due, one.born)), "case", now)
    new.extended = new.given
    stay = {_of(case, one.home) for n, one in case.letters.items() if n not in goes}
    for one in case.alive("all", "resolve"):
        if one.on in homes - stay - {"case"}:
            one.end("stopped", now)


def _of(case: Case, home: int) -> str:
    return "case" if home == case.n else f"case {home}"


def _fork(case: Case, part: Case, one: Promise, on: str, now: datetime) -> Promise:
    for of, where in ((case, one.on), (part, on)):
        of.promises.append(one.followed(where))
    one.end("superseded", now)
    return part.promises[-1]


def _goes(case: Case, part: Case, n: int) -> None:
    """A report goes with what was promised for it, and what its sender said later."""
    letter = case.letters.pop(n)
    part.letters[n] = letter
    letter.home, letter.lies = part.n, part
    for lent in case.lent:
        lent.apart = lent.apart or n in lent.letters
    _hand(case, part, f"report {n}", f"report {n}")
    for on in {one.on for one in case.alive("all") if letter.has_word(one.on)}:
        _hand(case, part, on, on)


def _hand(case: Case, part: Case, on: str, new: str) -> None:
    goes = case.alive(on)
    case.promises = [one for one in case.promises if not any(one is x for x in goes)]
    for one in goes:
        one.on = new
    part.promises += goes


def _linked(case: Case, part: Case, letter: Letter, now: datetime) -> None:
    """The part gets a report that tells of both as one of its own, promised for the same days; that
    there are two numbers is told to whoever can be reached.
    """
    part.letters[part.n] = replace(letter, n=part.n, home=part.n, lies=part, words=0)
    on = f"report {part.n}"
    for one in case.alive(f"report {letter.n}", "notice", "reply"):
        _fork(case, part, one, on, now)
    if not part.alive(on, "reply"):
        part.start("reply", on, now).due = part.alive("case", "resolve")[0].due
    if letter.reach and not part.alive(on, "notice"):
        part.start("notice", on, now)


def _item_goes(case: Case, part: Case, item: Item) -> list[int]:
    """An item goes with all that hangs on it, by another number; return those that its documents
    had. The old numbers are not given again.
    """
    old, was = item.n, item.on
    part.items_ever += 1
    case.items.remove(item)
    part.items.append(item)
    item.n = part.items_ever
    _hand(case, part, was, item.on)
    for asked in item.assisted:
        on, asked.item = asked.on, item.n
        _hand(case, part, on, asked.on)
    mine = [one for one in case.brought if one[0] is item]
    part.brought += mine
    case.brought = [one for one in case.brought if one[0] is not item]
    numbers = []
    for order in [one for one in case.documents if one.item == old]:
        numbers.append(order.n)
        case.documents.remove(order)
        part.documents.append(order)
        on, part.documents_ever = order.on, part.documents_ever + 1
        order.n, order.item = part.documents_ever, item.n
        _hand(case, part, on, order.on)
    return numbers


def _somebody_at_once(case: Case, part: Case, now: datetime) -> None:
    """What nobody works on somebody must deal with: as was promised, or from now on."""
    running = case.alive("case", "immediate")
    if running:
        _fork(case, part, running[0], "case", now)
    else:
        part.start("immediate", "case", now)


MOVES = {"split_off": split_off}
