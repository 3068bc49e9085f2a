"""The model's shelving (挂账): a case that cannot be solved now owes its milestones, and nothing
else but word that it was accepted (docs/decisions/0036).
"""

from datetime import date, datetime

from tests.model import days
from tests.model.item_moves import hasten, lapse
from tests.model.matters import Case, Refused, asked, free_of_danger, may, need
from tests.model.office import Person
from tests.model.things import Milestone, Said, Shelving, Wish

FARTHEST = 365  # days ahead that a milestone may lie
APART = 9  # days between the two that chance asks for
_RUN_ON = ("notice", "milestone", "oversee")


def _end_of(day: date, now: datetime) -> datetime:
    """Return the end of a day to come, or of the next working day where that is a day off."""
    today = days.day_of(now)
    need(today < day <= today + FARTHEST * days.DAY, "not that day")
    return days.end_of(days.rolled(day))


def _shelving(case: Case) -> Shelving:
    if case.shelving is None:
        raise Refused("nothing asked")
    return case.shelving


def ask_shelving(case: Case, person: Person, said: Said, now: datetime) -> None:
    """Asked for with milestones; the case goes on meanwhile."""
    may(person, "ask_shelving", case)
    need(case.shelving is None, "asked already")
    need(case.proposal is None, "proposed already")
    free_of_danger(case)
    first = days.day_of(now) + said.ahead * days.DAY
    every = [first, first + APART * days.DAY] if said.two else [first]
    ends = [_end_of(day, now) for day in every]
    case.shelving = Shelving(person.name, [Milestone(n, end) for n, end in enumerate(ends, 1)])
    case.start("consent", "case", now)


def shelve(case: Case, person: Person, said: Said, now: datetime) -> None:
    """By the leader: what was promised ends, to hold again later; what was asked for lapses."""
    may(person, "shelve", case)
    row = _shelving(case)
    free_of_danger(case)
    need(all(one.until > now for one in row.milestones), "too late")
    row.was, row.since = case.state, now
    case.state = "shelved"
    case.meet("case", now, "consent")
    for item in (None, *case.items):
        lapse(case, item, now)
    for item in case.items:
        item.withdrawal = item.step_up = None
        case.stop(item.on, now, "consent")
    for one in case.alive("all"):
        if one.name not in _RUN_ON:
            one.end("stopped", now)
            row.stood.append(one)
    for milestone in row.milestones:
        milestone.promise = case.start("milestone", "case", now)
        milestone.promise.due = milestone.until


def refuse_shelving(case: Case, person: Person, said: Said, now: datetime) -> None:
    """It goes on as it was."""
    may(person, "refuse_shelving", case)
    _shelving(case)
    case.shelving = None
    case.meet("case", now, "consent")


def take_up(case: Case, person: Person, said: Said, now: datetime) -> None:
    """Off the books before its milestones are over."""
    may(person, "take_up", case)
    _taken_up(case, now)


def _taken_up(case: Case, now: datetime) -> None:
    """Everything holds again with what was left of it, and time enough that nothing climbs at
    once; but what danger was owed since it was raised anew is owed by that.
    """
    row = _shelving(case)
    case.state, case.shelving = row.was, None
    case.stop("case", now, "consent", "milestone")
    since = row.since or now
    for one in row.stood:
        if not (one.name == "immediate" and case.urgent):
            case.promises.append(one.taken_up(since, now))
    if len(case.letters) > 1:
        hasten(case, now)


# Milestones


def _left(case: Case, n: int) -> Milestone:
    for one in _shelving(case).milestones:
        if one.n == n and not one.met:
            return one
    raise Refused("no such milestone")


def _wished(case: Case) -> Milestone:
    for one in _shelving(case).milestones:
        if one.wish is not None:
            return one
    raise Refused("nothing asked")


def meet_milestone(case: Case, person: Person, said: Said, now: datetime) -> None:
    """What it waited for is there; with the last one it is taken up by itself."""
    may(person, "meet_milestone", case)
    one = _left(case, said.which)
    one.met = True
    if one.wish is not None:
        case.stop("case", now, "consent")
        one.wish = None
    if one.promise is not None:
        one.promise.end("met", now)
    if all(one.met for one in _shelving(case).milestones):
        _taken_up(case, now)


def ask_milestone(case: Case, person: Person, said: Said, now: datetime) -> None:
    """Asked that it be moved; until that is decided the old day stands."""
    may(person, "ask_milestone", case)
    one = _left(case, said.which)
    until = _end_of(days.day_of(now) + said.ahead * days.DAY, now)
    need(until != one.until, "that day already")
    need(all(other.wish is None for other in _shelving(case).milestones), "asked already")
    one.wish = Wish(person.name, until)
    case.start("consent", "case", now)


def move_milestone(case: Case, person: Person, said: Said, now: datetime) -> None:
    """By the leader; the old promise stays on the record."""
    may(person, "move_milestone", case)
    one = _wished(case)
    wish = asked(one.wish, person)
    need(wish.until > now, "too late")
    one.until, one.wish = wish.until, None
    case.meet("case", now, "consent")
    if one.promise is not None:
        one.promise = one.promise.extended_to(wish.until, now)
        case.promises.append(one.promise)


def refuse_milestone(case: Case, person: Person, said: Said, now: datetime) -> None:
    """It stays where it is."""
    may(person, "refuse_milestone", case)
    one = _wished(case)
    asked(one.wish, person)
    one.wish = None
    case.meet("case", now, "consent")


MOVES = {
    move.__name__: move
    for move in (
        *(ask_shelving, shelve, refuse_shelving, take_up),
        *(meet_milestone, ask_milestone, move_milestone, refuse_milestone),
    )
}
