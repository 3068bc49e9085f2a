"""The model's merging (并案): a case lends its reports to another about the same matter, with what
was promised for each and for all, and takes them back (docs/decisions/0020).
"""

from datetime import datetime

from tests.model import back, days
from tests.model.calling import go_on
from tests.model.case_moves import announce
from tests.model.item_moves import hasten, lapse
from tests.model.matters import Case, Lent, Letter, free_of_danger, may, need
from tests.model.office import PEOPLE, Person, first_handler, manages, reaches
from tests.model.promises import MARGIN, Promise
from tests.model.states import ENDED, OVER
from tests.model.things import Said

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
    items = [item for one in target.family() for item in one.items]
    verify = [item.verifying for item in items if item.verifying]
    wrong = any(manages(named, unit) for named in case.shielded for unit in verify)
    need(case.kind != "tip" or not wrong, "a unit reported verifies")
    free_of_danger(case)
    need(not case.above, "the level above has not looked")
    need(all(item.state in OVER for item in case.items), "an item is not over")
    _goes_over(case, target, now)


def _goes_over(case: Case, target: Case, now: datetime) -> None:
    was, case.state = case.state, "merged"
    case.handled(now)
    lapse(case, None, now)
    for one in case.alive("all"):
        if one.name == "resolve":
            one.on = f"case {case.n}" if one.on == "case" else one.on
        elif not one.on.startswith("order") and one.name not in ("notice", "reply"):
            one.end("stopped", now)
    lapse(target, None, now)
    goes = [one for one in case.alive("all") if not one.on.startswith("order")]
    _hand(goes, case, target)
    target.lent.append(Lent(case, was, now, case.letters))
    _lie_in(case.letters, target)
    case.letters, case.merged_into = {}, target
    if was == "received" and target.state != "received":
        announce(target, now)
    hasten(target, now)


def _hand(some: list[Promise], giver: Case, to: Case) -> None:
    giver.promises = [one for one in giver.promises if not any(one is x for x in some)]
    to.promises += some


def _lie_in(letters: dict[int, Letter], case: Case) -> None:
    case.letters |= letters
    for one in letters.values():
        one.lies = case


def unmerge(case: Case, target: Case, person: Person, said: Said, now: datetime) -> None:
    """As it was, but for what was told meanwhile; not once one of its reporters was answered, nor
    once its reports, or all the others, went on to a part that was split off.
    """
    may(person, "unmerge", case)
    may(person, "give_back", target)
    [lent] = [one for one in target.lent if one.case is case]
    need(not answered_since(lent, target), "answered already")
    need(not lent.apart, "its reports went on")
    need(bool(set(target.letters) - set(lent.letters)), "no others are left")
    free_of_danger(target)
    case.state = "accepted" if lent.was == "received" and target.once_accepted else lent.was
    target.lent.remove(lent)
    case.merged_into, case.letters = None, {}
    for n in lent.letters:
        del target.letters[n]
    _lie_in(lent.letters, case)
    _takes_back(case, target)
    _calm(case, target, set(lent.letters))
    again = target.state in ("received", "accepted") and not target.urgent
    if again and not target.alive("case", "immediate"):
        target.start("immediate", "case", now)
    _promised_again(case, target, lent, now)
    _ease(target, now)
    lost = not case.handler or not reaches(PEOPLE[case.handler], case.area, case.about)
    if lost and case.state != "received":
        case.handler = first_handler(person, case.area, case.about)
    if target.state in ENDED:
        back.hold(target, now)
    go_on(target, now)


def answered_since(lent: Lent, target: Case) -> bool:
    """Tell whether one of the reporters who came with a merger was answered there since."""
    return any(target.sent.get(n, lent.at) > lent.at for n in lent.letters)


def _calm(case: Case, target: Case, theirs: set[int]) -> None:
    """Danger goes with who told of it."""
    told = {one for one in target.dangers if one in theirs}
    case.dangers |= told
    target.dangers -= told
    case.urgent, target.urgent = bool(case.dangers), bool(target.dangers)


def _takes_back(case: Case, target: Case) -> None:
    theirs = {f"report {n}" for n in case.letters}
    theirs |= {letter.word(n) for letter in case.letters.values() for n in range(letter.words + 1)}
    theirs |= {f"case {one.n}" for one in (case, *case.below())}
    goes = [one for one in target.alive("all") if one.on in theirs]
    _hand(goes, target, case)
    for one in goes:
        one.on = "case" if one.on == f"case {case.n}" else one.on


def _promised_again(case: Case, target: Case, lent: Lent, now: datetime) -> None:
    """What it owed when it was merged is owed again."""
    every = [(one, x) for one in (case, target, *case.below()) for x in one.promises]

    def last(name: str, on: str, of: Case | None = None) -> Promise:
        known = [x for one, x in every if x.name == name and x.on == ("case" if one is of else on)]
        return max(known, key=lambda x: x.born)

    for one in (case, *case.below()):
        on = "case" if one is case else f"case {one.n}"
        if not case.alive(on, "resolve"):
            case.promises.append(last("resolve", f"case {one.n}", one).again(now))
            case.promises[-1].on = on
    for n in lent.letters:
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
    """Items are due again when they were, had no merger moved them, as far as what others were
    promised allows.
    """
    end = target.promised() if target.lent else None
    for one in target.alive("all", "verify", "rectify"):
        first = one
        while first.follows is not None and first.hastened:
            first = first.follows
        due = first.due
        for began, ended in one.stood if first is not one else ():
            if first.ended is not None and began >= first.ended:
                due = days.given_back(due, began, ended)
        if end:
            due = min(due, max(days.earlier(end, MARGIN), days.working_days(now, 1)))
        if due > one.due:
            new = one.extended_to(due, now)
            new.hastened = True
            target.promises.append(new)


MOVES = {"merge": merge, "unmerge": unmerge}
