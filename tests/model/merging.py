"""The model's merging (并案): a case lends its reports to another about the same matter, with what
was promised for each and for all, and takes them back (docs/decisions/0020).

Left out: chains of mergers, several at once into one case, and danger that was told meanwhile.
"""

from datetime import datetime

from tests.model import back, days, promises
from tests.model.calling import go_on
from tests.model.case_moves import announce
from tests.model.item_moves import hasten, lapse
from tests.model.matters import Case, Lent, Said, may, need
from tests.model.office import PEOPLE, Person, first_handler, manages, reaches
from tests.model.states import ENDED, OVER

ALIKE = {"complaint", "help"}


def merge(case: Case, target: Case, person: Person, said: Said, now: datetime) -> None:
    """Of the same office, about the same unit, under the same rules; nobody lays an allegation or
    danger aside by merging.
    """
    need(target is not case, "into itself")
    may(person, "merge", case)
    may(person, "take_in", target)
    need((case.area, case.about) == (target.area, target.about), "about another unit")
    alike = case.kind == target.kind or {case.kind, target.kind} <= ALIKE
    need(alike, "another kind")
    need(case.state == "received" or target.state != "received", "not accepted yet")
    verify = [item.verifying for item in target.items if item.verifying]
    wrong = any(manages(named, unit) for named in case.shielded for unit in verify)
    need(case.kind != "tip" or not wrong, "a unit reported verifies")
    need(not case.countersign, "not countersigned")
    need(not (case.urgent and case.alive("case", "immediate")), "nobody took over")
    need(not case.above, "the level above has not looked")
    need(all(item.state in OVER for item in case.items), "an item is not over")
    _goes_over(case, target, now)


def _goes_over(case: Case, target: Case, now: datetime) -> None:
    was, case.state = case.state, "merged"
    case.handled(now)
    lapse(case, None, now)
    for one in case.alive("all"):
        if one.on == "case" and one.name == "resolve":
            one.on = f"case {case.n}"
        elif one.on.startswith("order") or one.name in ("notice", "reply"):
            continue
        else:
            one.end("stopped", now)
    lapse(target, None, now)
    goes = [one for one in case.alive("all") if not one.on.startswith("order")]
    case.promises = [one for one in case.promises if one not in goes]
    target.promises += goes
    target.reach |= case.reach
    target.wants |= case.wants
    target.lent.append(Lent(case, was, now, case.reach, case.wants))
    case.reach, case.wants, case.merged_into = {}, {}, target
    if was == "received" and target.state != "received":
        announce(target, now)
    hasten(target, now)


def unmerge(case: Case, target: Case, person: Person, said: Said, now: datetime) -> None:
    """As it was, but for what was told meanwhile; not once one of its reporters was answered."""
    may(person, "unmerge", case)
    may(person, "give_back", target)
    [lent] = [one for one in target.lent if one.case is case]
    need(not set(lent.reach) & target.sent, "answered already")
    need(not target.countersign, "not countersigned")
    case.state = "accepted" if lent.was == "received" and target.once_accepted else lent.was
    target.lent.remove(lent)
    case.merged_into, case.reach, case.wants = None, lent.reach, lent.wants
    for n in lent.reach:
        del target.reach[n], target.wants[n]
    _takes_back(case, target, now)
    if target.state in ("received", "accepted") and not target.alive("case", "immediate"):
        target.start("immediate", "case", now)
    _promised_again(case, target, lent, now)
    _ease(target, now)
    lost = not case.handler or not reaches(PEOPLE[case.handler], case.area, case.about)
    if lost and case.state != "received":
        case.handler = first_handler(person, case.area, case.about)
    if target.state in ENDED:
        back.hold(target, now)
    go_on(target, now)


def _theirs(case: Case) -> set[str]:
    return {f"case {case.n}", f"report {case.n}", f"later {case.n}"}


def _takes_back(case: Case, target: Case, now: datetime) -> None:
    goes = [one for one in target.alive("all") if one.on in _theirs(case)]
    target.promises = [one for one in target.promises if one not in goes]
    case.promises += goes
    for one in goes:
        one.on = "case" if one.on.startswith("case") else one.on


def _promised_again(case: Case, target: Case, lent: Lent, now: datetime) -> None:
    every = [*case.promises, *target.promises]

    def last(name: str, *on: str) -> promises.Promise:
        return max((x for x in every if x.name == name and x.on in on), key=lambda x: x.born)

    if not case.alive("case", "resolve"):
        old = [x for x in target.promises if x.on == f"case {case.n}" and x.name == "resolve"]
        old += [x for x in case.promises if x.on == "case" and x.name == "resolve"]
        new = max(old, key=lambda x: x.born).again(now)
        new.on = "case"
        case.promises.append(new)
    for n in lent.reach:
        if not case.alive(f"report {n}", "reply"):
            case.promises.append(last("reply", f"report {n}").again(now))
    own = [x for x in case.promises if x.on == "case"]
    if case.state != "handling" and not case.urgent:
        met = [x for x in own if x.name == "immediate" and x.ended == lent.at]
        if met:
            case.promises.append(met[-1].again(now, lent.at))
        else:
            case.start("immediate", "case", now)


def _ease(target: Case, now: datetime) -> None:
    """Items are due again when they were, had no merger moved them."""
    for one in target.alive("all", "verify", "rectify"):
        first = one
        while first.follows is not None and first.hastened:
            first = first.follows
        due = first.due
        for began, ended in one.stood if first is not one else ():
            if first.ended is not None and began >= first.ended:
                due = days.given_back(due, began, ended)
        if due > one.due:
            new = one.extended_to(due, now)
            new.hastened = True
            target.promises.append(new)


MOVES = {"merge": merge, "unmerge": unmerge}
