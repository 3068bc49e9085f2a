"""The model's moves of items: dispatch, verify, put right, check, strike off (design §3)."""

from datetime import datetime

from tests.model import days, promises
from tests.model.above import came_back, looked_into
from tests.model.assisting import leads_now, let_go, promised
from tests.model.matters import Case, free_of, its_turn, may, may_on, need, working
from tests.model.office import CITY, HEAD, OF_THE_OFFICE, PEOPLE, PROVINCE, Person, manages
from tests.model.states import OVER
from tests.model.things import Answer, Item, Said
from tests.model.visiting import visited

TO_RECTIFY = ("substantiated", "partly")
_OWED = {
    "dispatched": "verify",
    "objected": "verify",
    "verifying": "verify",
    "rectifying": "rectify",
}


def edit(case: Case, item: Item, person: Person, said: Said, now: datetime) -> None:
    """Reword a draft."""
    need(case.state != "shelved", "shelved")
    may_on(person, "edit", case, item)


def dispatch(case: Case, item: Item, person: Person, said: Said, now: datetime) -> None:
    """A unit gets it, with two promises; an operator dispatches urgent ones only."""
    may(person, "dispatch", case)
    may_on(person, "dispatch", case, item)
    need(person.role != "operator" or case.urgent, "not urgent")
    fits(case, said)
    if case.state == "accepted":
        promise_again(case, now)
    case.state, item.state = "handling", "dispatched"
    case.handled(now)
    give(case, item, said, now)


def fits(case: Case, said: Said) -> None:
    """Refuse a unit that a tip must not go to: the one reported, whatever it manages, and any that
    was ever named as reported.
    """
    if said.inspector:
        other = PEOPLE[said.inspector]
        need(other.role == "inspector", "no inspector")
        need(other.away not in case.shielded | {said.unit}, "the inspector must keep away")
    if case.kind == "tip":
        need(bool(case.about) or said.none_listed, "nobody said whom the tip is about")
        wrong = any(manages(unit, said.unit) for unit in case.shielded)
        need(not wrong, "the unit reported would verify")


def give(case: Case, item: Item, said: Said, now: datetime) -> None:
    """Put an item into somebody's hands, with fresh promises."""
    item.verifying, item.inspector = said.unit, said.inspector
    item.dispatched = item.held_since = now
    if case.handler:
        item.hands.add(case.handler)
    leads_now(case, item, said.unit, now)
    case.start("sign_for", item.on, now)
    case.start_work("verify", item, now)


def promise_again(case: Case, now: datetime) -> None:
    """What a decline or a referral left unfinished is owed again once the case is at work again
    (the design is silent).
    """
    for item in case.items:
        if item.state in ("draft", *OVER) or case.alive(item.on):
            continue
        unsigned = not item.signed and item.state in ("dispatched", "objected", "rectifying")
        if unsigned:
            case.start("sign_for", item.on, now)
            if item.state != "rectifying":
                item.dispatched = now
        if item.state in _OWED:
            case.start_work(_OWED[item.state], item, now)
        if item.state in ("objected", "submitted"):
            case.start("decide" if item.state == "objected" else "check", item.on, now)
        for one in item.assisted:
            if one.owes:
                promised(case, item, one, now)


def reassign(case: Case, item: Item, person: Person, said: Said, now: datetime) -> None:
    """Let another inspector verify; promises go on, what the former holder asked for lapses."""
    working(case)
    may_on(person, "reassign", case, item)
    succeeds(case, item, said.inspector)
    passed_to(case, item, said.inspector, now)


def succeeds(case: Case, item: Item, name: str) -> None:
    """Refuse whoever cannot verify an item in the place of who does."""
    need(name not in ("", item.inspector), "the same inspector")
    other = PEOPLE[name]
    need(other.role == "inspector", "no inspector")
    need(other.away not in case.shielded | {item.verifying}, "the inspector must keep away")


def passed_to(case: Case, item: Item, name: str, now: datetime) -> None:
    """Another inspector verifies an item from now on."""
    item.inspector, item.held_since = name, now
    wish = item.more_time
    if wish is not None and PEOPLE[wish.by].role in ("unit", "inspector"):
        lapse(case, item, now)


def lapse(case: Case, item: Item | None, now: datetime) -> None:
    """Let what was asked for be over, with nobody deciding."""
    of = item or case
    if item is None:
        undecided_lapses(case, now)
    if of.more_time is not None:
        of.more_time = None
        case.stop(item.on if item else "case", now, "decide")


def undecided_lapses(case: Case, now: datetime) -> None:
    """Let what was proposed for a case, or that it be shelved, be over with nobody deciding."""
    asked = case.shelving is not None and case.shelving.since is None
    if asked or case.proposal is not None:
        case.proposal = None
        case.shelving = None if asked else case.shelving
        case.stop("case", now, "consent")


def sign_for(case: Case, item: Item, person: Person, said: Said, now: datetime) -> None:
    """The verifying unit signs for it, later the rectifying one for its notice."""
    working(case)
    its_turn(person, item)
    may_on(person, "sign_for", case, item)
    need(item.state == "dispatched" or not item.signed, "signed already")
    item.signed = True
    case.meet(item.on, now, "sign_for")
    if item.state == "dispatched":
        item.state = "verifying"
        item.hands.add(person.name)


def hand_in(case: Case, item: Item, person: Person, said: Said, now: datetime) -> None:
    """Evidence; whoever brought it has a hand in the item."""
    working(case)
    its_turn(person, item)
    may_on(person, "hand_in", case, item)
    item.evidence = now
    item.hands.add(person.name)


def find(case: Case, item: Item, person: Person, said: Said, now: datetime) -> None:
    """The unit itself finds for complaints and help, an inspector or handler for tips."""
    working(case)
    its_turn(person, item)
    may_on(person, "find", case, item)
    if case.kind == "tip":
        need(person.role != "unit", "not the unit's to find")
    elif person.role in ("handler", "supervisor"):
        need(item.verifying in OF_THE_OFFICE, "the unit's to find")
    if said.result not in TO_RECTIFY:
        _evidence(item, item.returned)
    if not _signed(item, person, "find", said, now):
        return
    item.finding, item.found = said.result, now
    item.hands.add(person.name)
    case.meet(item.on, now, "verify")
    lapse(case, item, now)
    if said.result in TO_RECTIFY:
        _rectify(case, item, said, now)
    else:
        _submitted(case, item, now)


def _signed(item: Item, person: Person, move: str, said: Said, now: datetime) -> bool:
    """Tell whether an answer counts at once: the office's own, its head's, or that of a unit where
    nobody has the post and somebody said who signed; else it waits, one at the most.
    """
    head = HEAD.get(person.unit, "")
    if not person.unit or head == person.name:
        item.answer = None
        return True
    if not head:
        need(said.signer, "nobody signed")
        item.answer = None
        return True
    need(waiting(item) is None, "one waits already")
    item.answer = Answer(person.name, person.unit, now, move, said)
    item.hands.add(person.name)
    return False


def waiting(item: Item) -> Answer | None:
    """Return the answer that waits for a signature; none once the item went another way."""
    one = item.answer
    if one is None:
        return None
    there = item.state == {"find": "verifying", "submit": "rectifying"}[one.move]
    there = there and item.holder == one.unit and not item.in_person
    since = [at for at in (item.held_since, item.returned) if at is not None]
    return one if there and all(one.at > at for at in since) else None


def _rectify(case: Case, item: Item, said: Said, now: datetime) -> None:
    """Begins with a notice to sign for, unless the unit found it itself (the design is silent)."""
    item.state, item.rectifying = "rectifying", said.rectifier
    leads_now(case, item, said.rectifier, now)
    if said.rectifier != item.verifying or item.inspector:
        item.signed = False
        case.start("sign_for", item.on, now)
    case.start_work("rectify", item, now)


def _evidence(item: Item, since: datetime | None) -> None:
    """Needed: newer than the last return or finding, and from whoever has the item now."""
    new = item.evidence is not None and (since is None or item.evidence > since)
    mine = item.evidence is not None and item.held_since is not None
    need(new and mine and item.evidence >= item.held_since, "no new evidence")


def _submitted(case: Case, item: Item, now: datetime) -> None:
    """Submission stops the unit's clock and starts the office's."""
    item.state = "submitted"
    case.start("check", item.on, now)


def submit(case: Case, item: Item, person: Person, said: Said, now: datetime) -> None:
    """Put right, says whoever has to."""
    working(case)
    its_turn(person, item)
    may_on(person, "submit", case, item)
    need(item.signed, "not signed for")
    _evidence(item, max(one for one in (item.returned, item.found) if one is not None))
    if not _signed(item, person, "submit", said, now):
        return
    case.meet(item.on, now, "rectify")
    lapse(case, item, now)
    item.hands.add(person.name)
    _submitted(case, item, now)


def send_back(case: Case, item: Item, person: Person, said: Said, now: datetime) -> None:
    """Returned: the clock goes on with what was left, at least the policy's minimum."""
    working(case)
    free_of(person, item)
    may_on(person, "return", case, item)
    name = "rectify" if item.finding in TO_RECTIFY else "verify"
    item.state = {"rectify": "rectifying", "verify": "verifying"}[name]
    item.finding = item.finding if name == "rectify" else ""
    item.returns, item.returned = item.returns + 1, now
    case.meet(item.on, now, "check")
    old = [one for one in case.promises if one.on == item.on and one.name == name][-1]
    case.promises.append(_again(case, old, now))
    if case.asked_until is not None:
        case.promises[-1].stand_still(now, case.asked_until)
    unit = "" if item.inspector and not item.rectifying else item.holder
    if item.returns == promises.SENT_BACK and unit:
        case.brought.append((item, unit, now, promises.BRINGS))
    came_back(case, item, now)


def _again(case: Case, old: promises.Promise, now: datetime) -> promises.Promise:
    handed_in = old.ended or now
    due = old.due
    if handed_in < old.due:
        due = days.given_back(old.due, handed_in, max(handed_in, now))
    end = case.promised()
    if end:
        due = min(due, max(end, old.due))
    new = promises.start(old.name, old.on, case.matter(), now)
    new.due = max(due, days.working_days(now, promises.LEFT_AFTER_RETURN))
    new.used, new.extended = old.used, old.extended
    return new


def strike_off(case: Case, item: Item, person: Person, said: Said, now: datetime) -> None:
    """Four eyes: by nobody who had a hand in it. Under a document of a level above by that alone
    (docs/decisions/0034).
    """
    working(case)
    free_of(person, item)
    may_on(person, "strike_off", case, item)
    need(person.name not in item.hands, "four eyes")
    about = [one for one in case.documents if one.item == item.n and one.unit]
    levels = {one.level for one in about if one.state in ("issued", "answered")}
    highest = next((one for one in (PROVINCE, CITY) if one in levels), person.area)
    need(person.area == highest, "under the city's document")
    looked_into(case, item)
    visited(case, item)
    item.state = "struck_off"
    case.meet(item.on, now, "check")
    end(case, item, now)


def hasten(case: Case, now: datetime) -> None:
    """Let what is worked on be due before the earliest promise there is, by its margin."""
    end = case.promised()
    for one in case.alive("all", "verify", "rectify") if end else ():
        due = max(days.earlier(end, promises.MARGIN), days.working_days(now, 1))
        if due < one.due:
            new = one.extended_to(due, now)
            new.hastened = True
            case.promises.append(new)


def end(case: Case, item: Item, now: datetime) -> None:
    """An item that is over owes nothing; the last one leads its case on."""
    item.round = case.reopened
    lapse(case, item, now)
    item.withdrawal = item.step_up = None
    case.stop(item.on, now)
    for one in item.assisted:
        if one.owes:
            let_go(case, one, now)
    conclude_when_done(case, now)


def conclude_when_done(case: Case, now: datetime) -> None:
    """`replying` needs every item over, and one of this round not merely withdrawn."""
    here = [item for item in case.items if item.round == case.reopened]
    over = all(item.state in OVER for item in case.items)
    if case.state == "handling" and over and any(item.state != "withdrawn" for item in here):
        case.state = "replying"
        lapse(case, None, now)


def statutory(case: Case, item: Item, person: Person, said: Said, now: datetime) -> None:
    """To the authority whose procedure it is."""
    working(case)
    free_of(person, item)
    may_on(person, "statutory", case, item)
    item.state = "statutory"
    end(case, item, now)


def statutory_outcome(case: Case, item: Item, person: Person, said: Said, now: datetime) -> None:
    """What came of it, whatever became of the case."""
    free_of(person, item)
    may_on(person, "statutory_outcome", case, item)


MOVES = {
    "edit": edit,
    "dispatch": dispatch,
    "reassign": reassign,
    "sign_for": sign_for,
    "hand_in": hand_in,
    "find": find,
    "submit": submit,
    "return": send_back,
    "strike_off": strike_off,
    "statutory": statutory,
    "statutory_outcome": statutory_outcome,
}
