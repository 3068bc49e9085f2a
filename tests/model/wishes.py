"""The model's moves in which one asks and another decides: objection and withdrawal."""

from datetime import datetime

from tests.model import days
from tests.model.item_moves import end, fits, give, lapse
from tests.model.matters import Case, asked, free_of, its_turn, may_on, need, working
from tests.model.office import ABOVE, DISTRICT, Person
from tests.model.things import Item, Said, Wish

OBJECTIONS = 2
OBJECT_WITHIN = 5

# Objection


def object_to(case: Case, item: Item, person: Person, said: Said, now: datetime) -> None:
    """Within 5 working days of the dispatch; the old clocks run on meanwhile. Not to what the
    leader designated, and (the design is silent) not once the answer came back.
    """
    working(case)
    its_turn(person, item)
    may_on(person, "object", case, item)
    need(not item.designated, "designated")
    need(not item.returns, "judged before")
    late = item.dispatched and now >= days.working_days(item.dispatched, OBJECT_WITHIN)
    need(not late, "too late")
    item.state = "objected"
    item.objections += 1
    lapse(case, item, now)
    case.start("decide", item.on, now)


def reject_objection(case: Case, item: Item, person: Person, said: Said, now: datetime) -> None:
    """It stays where it was."""
    _decides(case, item, person, "reject_objection")
    need(item.objections < OBJECTIONS, "the leader's to say")
    _stays(case, item, now)


def _decides(case: Case, item: Item, person: Person, move: str) -> None:
    working(case)
    free_of(person, item)
    may_on(person, move, case, item)


def _stays(case: Case, item: Item, now: datetime) -> None:
    item.state = "verifying" if item.signed else "dispatched"
    case.meet(item.on, now, "decide")


def dispatch_anew(case: Case, item: Item, person: Person, said: Said, now: datetime) -> None:
    """Another unit gets it, with its own clock within the same case due moment."""
    _decides(case, item, person, "dispatch_anew")
    need(item.objections < OBJECTIONS, "the leader's to say")
    need(said.unit != item.verifying, "the same unit")
    need(said.unit != person.away, "must keep away")
    fits(case, said)
    _handed_over(case, item, said, now)


def _handed_over(case: Case, item: Item, said: Said, now: datetime) -> None:
    item.state, item.signed = "dispatched", False
    case.meet(item.on, now, "decide")
    case.stop(item.on, now, "sign_for", "verify")
    give(case, item, said, now)


def designate(case: Case, item: Item, person: Person, said: Said, now: datetime) -> None:
    """After two objections the leader designates; where the office has none, a level above."""
    _decides(case, item, person, "designate")
    need(item.objections >= OBJECTIONS, "too early")
    led = case.area == DISTRICT
    instead = person.role == "supervisor" and person.area in ABOVE[case.area]
    need(person.role == "leader" if led else instead, "the leader's to say")
    need(said.unit != person.away, "must keep away")
    fits(case, said)
    item.designated = True
    if said.unit == item.verifying and not said.inspector:
        _stays(case, item, now)
    else:
        _handed_over(case, item, said, now)


# Withdrawal


def withdraw(case: Case, item: Item, person: Person, said: Said, now: datetime) -> None:
    """Asked for; the item goes on meanwhile."""
    drafts = ("accepted", "handling", "awaiting_reporter")
    need(case.state in drafts if item.state == "draft" else case.at_work, "the case's state")
    free_of(person, item)
    may_on(person, "withdraw", case, item)
    need(item.withdrawal is None and item.step_up is None, "asked already")
    item.withdrawal = Wish(person.name)
    case.start("consent", item.on, now)


def _other_eyes(case: Case, item: Item, person: Person, move: str) -> Wish:
    """A second person; of what was sent out, one without a hand in it."""
    wish = asked(item.withdrawal, person)
    free_of(person, item)
    draft = {"consent_withdrawal": "consent_draft", "refuse_withdrawal": "refuse_draft"}[move]
    may_on(person, move, case, item, draft if item.state == "draft" else move)
    free = person.name != case.handler and person.name not in item.hands
    need(item.state == "draft" or free, "four eyes")
    return wish


def consent_withdrawal(case: Case, item: Item, person: Person, said: Said, now: datetime) -> None:
    """Withdrawn."""
    item.withdrawn_by = _other_eyes(case, item, person, "consent_withdrawal").by
    item.state = "withdrawn"
    case.meet(item.on, now, "consent")
    end(case, item, now)


def refuse_withdrawal(case: Case, item: Item, person: Person, said: Said, now: datetime) -> None:
    """It goes on."""
    _other_eyes(case, item, person, "refuse_withdrawal")
    item.withdrawal = None
    case.meet(item.on, now, "consent")


MOVES = {
    "object": object_to,
    "reject_objection": reject_objection,
    "dispatch_anew": dispatch_anew,
    "designate": designate,
    "withdraw": withdraw,
    "consent_withdrawal": consent_withdrawal,
    "refuse_withdrawal": refuse_withdrawal,
}
