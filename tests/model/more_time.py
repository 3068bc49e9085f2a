"""The model's extensions (延期): one asks, another decides, once (design §3, trade.md)."""

from datetime import datetime

from tests.model import days, promises
from tests.model.matters import Case, asked, free_of, its_turn, may, may_on, need, working
from tests.model.office import Person
from tests.model.promises import Promise
from tests.model.things import Item, Said, Wish

# Of a case


def room_of_case(case: Case, now: datetime) -> tuple[datetime, datetime]:
    """Return the first and last moment to which a case could be extended: once, before it is due,
    and not while it stands still.
    """
    running = case.alive("all", "resolve")
    need(bool(running), "nothing to extend")
    one = min(running, key=lambda promise: (promise.due, promise.born))
    need(one.state == "running", "it stands still")
    need(now < one.due, "too late")
    need(not any(promise.extended for promise in running), "extended before")
    return days.end_of(days.after(days.last_day(one.due), 1)), promises.farthest(one)


def extend_case(case: Case, person: Person, said: Said, now: datetime) -> None:
    """Asked for before the due moment; who imposed that must have consented."""
    may(person, "extend_case", case)
    need(case.more_time is None, "asked already")
    first, last = room_of_case(case, now)
    until = days.end_of(said.until)
    need(first <= until <= last and days.works(said.until), "not that day")
    need(said.consent or not case.imposed, "no consent")
    case.more_time = Wish(person.name, until)
    case.start("decide", "case", now)


def grant_case(case: Case, person: Person, said: Said, now: datetime) -> None:
    """By another person; the replies follow, and the reporters are to be told in time."""
    may(person, "grant_case", case)
    wish = asked(case.more_time, person)
    running = sorted(case.alive("all", "resolve"), key=lambda one: (one.due, one.born))
    need(bool(running) and max(running[0].due, now) < wish.until, "too late")
    for one in running:
        one.given += 1
        _extended(case, one, wish.until, now, first=one is running[0])
    _replies_follow(case, wish.until, now)
    case.more_time = None
    case.meet("case", now, "decide")


def _extended(case: Case, one: Promise, until: datetime, now: datetime, *, first: bool) -> None:
    """The earliest as asked; those of merged cases as far as each may be by itself."""
    if not first:
        if one.due >= until or one.state != "running" or one.extended or now >= one.due:
            return
        until = min(until, promises.farthest(one))
    new = one.extended_to(until, now)
    new.extended += 1
    case.promises.append(new)


def _replies_follow(case: Case, until: datetime, now: datetime) -> None:
    """Word of the new day is due a working day before the old one ends, or a working day from now
    where that is over (the design says only that the reporter is told).
    """
    for one in case.alive("all", "reply"):
        if one.due >= until:
            continue
        old = one.due
        case.promises.append(one.extended_to(until, now))
        if not case.reach[int(one.on.split()[1])]:
            continue
        by = max(days.earlier(old, 1), days.working_days(now, 1))
        owed = case.alive(one.on, "notice")
        for notice in owed:
            if notice.due > by:
                case.promises.append(notice.extended_to(by, now))
        if not owed:
            notice = case.start("notice", one.on, now)
            notice.due = min(notice.due, by)


def refuse_case(case: Case, person: Person, said: Said, now: datetime) -> None:
    """By another person; the promise stays."""
    may(person, "refuse_case", case)
    asked(case.more_time, person)
    case.more_time = None
    case.meet("case", now, "decide")


# Of an item


def room_of_item(case: Case, item: Item, now: datetime) -> tuple[datetime, datetime]:
    """Return the first and last moment to which an item could be extended, within its case."""
    running = case.alive(item.on, "verify", "rectify")
    need(bool(running), "nothing to extend")
    one = running[0]
    need(one.state == "running", "it stands still")
    need(now < one.due, "too late")
    need(not one.extended, "extended before")
    last = promises.farthest(one)
    for resolve in case.alive("all", "resolve"):
        last = min(last, days.earlier(resolve.due, promises.MARGIN))
    return days.end_of(days.after(days.last_day(one.due), 1)), last


def extend(case: Case, item: Item, person: Person, said: Said, now: datetime) -> None:
    """Asked for by whoever holds it, before it is due."""
    working(case)
    its_turn(person, item)
    may_on(person, "extend", case, item)
    need(item.more_time is None, "asked already")
    first, last = room_of_item(case, item, now)
    until = days.end_of(said.until)
    need(first <= until <= last and days.works(said.until), "not that day")
    item.more_time = Wish(person.name, until)
    case.start("decide", item.on, now)


def grant(case: Case, item: Item, person: Person, said: Said, now: datetime) -> None:
    """By another person; an item's extension never moves its case."""
    wish = asked(item.more_time, person)
    free_of(person, item)
    may_on(person, "grant", case, item)
    running = case.alive(item.on, "verify", "rectify")
    need(bool(running) and max(running[0].due, now) < wish.until, "too late")
    for resolve in case.alive("all", "resolve"):
        need(wish.until <= days.earlier(resolve.due, promises.MARGIN), "beyond the case")
    new = running[0].extended_to(wish.until, now)
    new.extended += 1
    case.promises.append(new)
    item.more_time = None
    case.meet(item.on, now, "decide")


def refuse(case: Case, item: Item, person: Person, said: Said, now: datetime) -> None:
    """By another person; the promise stays."""
    asked(item.more_time, person)
    free_of(person, item)
    may_on(person, "refuse", case, item)
    item.more_time = None
    case.meet(item.on, now, "decide")


CASE_MOVES = {
    "extend_case": extend_case,
    "grant_case": grant_case,
    "refuse_case": refuse_case,
}
ITEM_MOVES = {"extend": extend, "grant": grant, "refuse": refuse}
