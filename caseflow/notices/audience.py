"""Role words become people: through the posts, past vacant ones, never to nobody.

Who is recused from the unit reported, or from that of a document, is passed over for the next one
up (回避), and so is whoever may not decide what is to be decided.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.deadlines.policies import ClockName
from caseflow.ledger import checkers, deciders, gate, hands, queries, tips, withdrawals
from caseflow.ledger.deciders import Decision
from caseflow.ledger.moves import handlers, urgency
from caseflow.ledger.moves.proposing import PROPOSES
from caseflow.ledger.states import ENDS
from caseflow.ledger.tables import Case, Item
from caseflow.notices import circulars, documents, standing_in
from caseflow.notices.matter import Matter, unit_of, verifies
from caseflow.people.accounts import actor_of
from caseflow.people.permissions import PERMISSIONS
from caseflow.people.posts import holder
from caseflow.people.scope import scope_of
from caseflow.people.tables import Area, Recusal, User

_OF_OFFICE = ("consent_withdrawal", "refuse_withdrawal", "step_up", "refuse_step_up")
_OF_UNIT = ("unit_handler", "unit_head")
_UP = ("supervisor", "leader", "level_above")
_ABOVE = ("leader", "level_above")
_AT_DESK = ("assignee", "shift_leader")
_OF_ANSWER = (ClockName.resolve, ClockName.reply)
"""What is promised of an answer: in a review, of the opinion."""


def people(session: Session, matter: Matter, word: str) -> list[User]:
    """Return who answers to an audience word for this matter.

    Where everybody up the line is passed over, administrators are told, who read no case; a
    document that went to no unit is announced to nobody.
    """
    if circulars.of(matter) is not None:
        return circulars.people(session, matter, word)
    if word == "unit_named" and matter.body.get("unit") is None:
        return []
    if documents.is_waited_for(matter) and (about := documents.document(session, matter)):
        told = documents.judges(
            session, matter, about, word, partial(_not_recused, session, matter)
        )
        return told or _administrators(session, matter)
    if word == "former":  # whoever has it no more, or nobody: there is nothing to do in their place
        return _not_recused(session, matter, _former(session, matter))
    if matter.clock is not None and matter.clock.name == ClockName.receive and word in _AT_DESK:
        word = "office_handler"  # whoever handles it is of the office that passed it on
    decision = _decision(session, matter)
    if word == "assignee" and decision is not None:
        word = "supervisor"  # whoever handles a case cannot decide on what is asked for it
    found = _found(session, matter, word)
    free = _free(session, matter, word, _able(session, matter, word, found, decision))
    for step in _UP:
        if free:
            break
        above = _deciding(session, matter, _post(session, matter, step), decision)
        free = _free(session, matter, word, above)
    free = free or _without_post(session, matter, decision)
    return free or _administrators(session, matter) or found


def _free(session: Session, matter: Matter, word: str, users: Sequence[User]) -> list[User]:
    """Return who may act: not recused, and no other eyes than those of the one who decided."""
    decided: set[int | None] = set()
    if word == "lookers":
        decided = {matter.body.get("by")}
    elif word == "signers" and matter.case is not None:
        decided = urgency.took_over(session, matter.case)
    elif word == "confirmers" and matter.case is not None:
        users = [user for user in users if user.role in PERMISSIONS["case.conclude_withdrawn"]]
        decided = _asked_for(session, matter.case)
    free = _not_recused(session, matter, users)
    return [user for user in free if user.id not in decided]


def _decision(session: Session, matter: Matter) -> Decision | None:
    """Return what an event, or a rung of a promise to decide, wants decided."""
    case, item, name = matter.case, matter.item, matter.event.name
    if case is None:
        return None
    clock = matter.clock.name if matter.clock else ""
    if name == "review" or (clock in _OF_ANSWER and _awaits_opinion(case)):
        return deciders.on_review()
    if clock == ClockName.decide:
        return deciders.promised(session, case, item)
    if ClockName.call_back in (clock, name):
        return deciders.on_call_back(session, case)
    if name in ("extend", "extend_case"):
        return deciders.on_extension(item, matter.body["asked_by"])
    if clock == ClockName.oversee:
        return deciders.on_oversight()
    if clock == ClockName.consent:
        return deciders.consented(session, case, item)
    if name in _ASKED:
        return _ASKED[name](matter.body["asked_by"])
    return _of_item(matter, item) if item is not None else None


def _of_item(matter: Matter, item: Item) -> Decision | None:
    """Return what an event about an item asks somebody else to decide."""
    if matter.event.name == "withdraw":
        return deciders.on_withdrawal(item, matter.body["asked_by"])
    if matter.event.name == "object":
        return deciders.on_objection(matter.body["times"])
    return None


def _awaits_opinion(case: Case) -> bool:
    return case.reviews is not None and case.state == "accepted"


_ASKED: Mapping[str, Callable[[int | None], Decision]] = {
    **dict.fromkeys(PROPOSES.values(), deciders.on_proposal),
    **dict.fromkeys(("ask_shelving", "ask_milestone"), deciders.on_shelving),
    "ask_exclusion": deciders.on_exclusion,
    "go_up": deciders.on_oversight,
    "ask_step_up": deciders.on_step_up,
}
"""What an event about a case asks somebody else to decide."""


def _able(
    session: Session, matter: Matter, word: str, users: Sequence[User], decision: Decision | None
) -> list[User]:
    """Return who may decide. That it is late is told above as well, where nobody decides, but not
    to whoever must keep away or asked.
    """
    case = matter.case
    if decision is None or case is None or matter.clock is None or word not in _ABOVE:
        return _deciding(session, matter, users, decision)
    item = matter.item
    return [user for user in users if deciders.may_hear(session, user, case, item, decision)]


def _deciding(
    session: Session, matter: Matter, users: Sequence[User], decision: Decision | None
) -> list[User]:
    case, item = matter.case, matter.item
    if decision is None or case is None:
        return list(users)
    return [one for one in users if deciders.may_decide(session, one, case, item, decision)]


def _without_post(session: Session, matter: Matter, decision: Decision | None) -> list[User]:
    """Return everybody of the office and of those above it who may decide, whatever their post."""
    if decision is None:
        return []
    area = session.get_one(Area, matter.area)
    query = select(User).where(
        User.area_code.in_(area.path), User.role.in_(PERMISSIONS[decision.permission]), User.active
    )
    able = _deciding(session, matter, session.scalars(query.order_by(User.id)).all(), decision)
    return standing_in.there(session, matter, able)


def _asked_for(session: Session, case: Case) -> set[int | None]:
    """Return who asked for what was withdrawn, and so does not say what follows from it."""
    known = withdrawals.asked(session, case.id)
    return {*withdrawals.askers(case, queries.items_of(session, case), known)}


def _administrators(session: Session, matter: Matter) -> list[User]:
    query = select(User).where(
        User.area_code == matter.area, User.role == "administrator", User.active
    )
    return standing_in.there(session, matter, session.scalars(query.order_by(User.id)).all())


def _found(session: Session, matter: Matter, word: str) -> list[User]:
    if word == "assignee":
        return _assignee(session, matter)
    if word == "asker":
        return _asker(session, matter)
    if word == "holder":
        return _of_unit(session, matter, "unit_handler", unit_of(session, matter))
    if word == "rectifier":
        return _post(session, matter, "unit_handler", matter.body.get("unit"))
    if word == "unit_named":
        unit = matter.body.get("unit")
        return _post(session, matter, "unit_head", unit) if unit is not None else []
    if word == "checkers":
        return _checkers(session, matter)
    if word in _BY_NAME:
        return _BY_NAME[word](session, matter)
    if word in ("signers", "confirmers"):
        both = [_post(session, matter, duty) for duty in ("supervisor", "leader")]
        return list({user.id: user for users in both for user in users}.values())
    if word in _OF_UNIT:
        return _of_unit(session, matter, word, unit_of(session, matter))
    return _post(session, matter, word)


def _post(session: Session, matter: Matter, duty: str, unit: int | None = None) -> list[User]:
    """Return who served in a post of the matter's office, or of a unit, when it happened."""
    return holder(session, duty, matter.area, unit, now=matter.event.at)


def _of_unit(session: Session, matter: Matter, duty: str, unit: int | None) -> list[User]:
    """Return who holds the item: the inspector who verifies in person, else the unit's post.

    While an inspector verifies, the unit holds nothing and must not learn of it, its head no more
    than its handler: the office stands in.
    """
    item = matter.item
    if matter.clock is not None and matter.clock.name == ClockName.assist:
        return _post(session, matter, duty, unit)  # a unit beside the lead, whoever that is
    if _office_finds(session, matter):
        return _assignee(session, matter)
    if item is None or item.inspector_id is None or not verifies(matter):
        return _post(session, matter, duty, unit)
    person = session.get(User, item.inspector_id)

    def office() -> list[User]:
        return _post(session, matter, "office_handler")

    if duty == "unit_handler" and person and person.active and person.role == "inspector":
        return standing_in.told(session, matter, person, office)
    return office()


def _office_finds(session: Session, matter: Matter) -> bool:
    """Tell whether a rung urges a unit for a finding that the office owes.

    The unit that verifies a tip did its part when it handed in what it saw, and cannot conclude.
    The clock stays the unit's, for nothing says that it has handed in all; only whom its rungs
    turn to is another. Documents are drafted on as ever: whoever is to sign one learns by it that
    the finding is late, and cancels what is none of the unit's.
    """
    item, case, clock = matter.item, matter.case, matter.clock
    if item is None or case is None or clock is None or clock.name != ClockName.verify:
        return False
    return item.id in tips.to_find(session, case)


def _assignee(session: Session, matter: Matter) -> list[User]:
    case = matter.case
    person = session.get(User, case.handler_id) if case and case.handler_id else None

    def office() -> list[User]:
        return _post(session, matter, "office_handler" if _after_the_end(matter) else "assignee")

    if person and _took_from_below(matter, person):
        return _post(session, matter, "office_handler")
    if case and person and person.active and handlers.sees(session, person, case):
        return standing_in.told(session, matter, person, office)
    return office()


def _took_from_below(matter: Matter, person: User) -> bool:
    """Tell whether somebody of another office took up anew a case that is theirs: who did it needs
    no telling, and the office that has the case does.
    """
    elsewhere = person.area_code != matter.area
    return matter.event.name == "reopen" and person.id == matter.body.get("by") and elsewhere


def _after_the_end(matter: Matter) -> bool:
    """Tell whether somebody waits for an answer to what they wrote once a case was over: who sits
    at the desk gives none.
    """
    over = matter.case is not None and matter.case.state in ENDS
    promised = matter.clock is not None and matter.clock.name == ClockName.reply
    return over and (promised or matter.event.name == "add")


def _checkers(session: Session, matter: Matter) -> list[User]:
    """Return the reviewers who had no hand in the item; supervisors where there is none."""
    if matter.case is None or matter.item is None:
        return []
    case, item = matter.case, matter.item
    area = session.get_one(Area, case.area_code)
    able = checkers.eyes(session, [(area, case, item)])[item.id].people
    able_now = standing_in.there(session, matter, able)
    return _reviewers_first(able_now) or _post(session, matter, "supervisor")


def _former(session: Session, matter: Matter) -> list[User]:
    """Return who had the item before: the unit's people, or the inspector while still in office."""
    inspector = matter.body.get("former_inspector")
    if inspector is None:
        unit = matter.body.get("former")
        return _post(session, matter, "unit_handler", unit) if unit is not None else []
    query = select(User).where(User.id == inspector, User.active)
    return list(session.scalars(query))


def _asker(session: Session, matter: Matter) -> list[User]:
    """Return who asked while the matter is theirs, else whoever has it now: of what the office asks
    for itself that is never the holder of an item.
    """
    person, case, item = session.get_one(User, matter.body["asked_by"]), matter.case, matter.item
    actor = actor_of(session, person)
    theirs = case is not None and gate.covers(scope_of(actor), case, item)
    outside = item is not None and matter.event.name not in _OF_OFFICE

    def whose() -> list[User]:
        return _found(session, matter, "holder" if outside else "assignee")

    if person.active and theirs and (item is None or gate.its_turn(actor, item)):
        return standing_in.told(session, matter, person, whose)
    return whose()


def _assisting(session: Session, matter: Matter) -> list[User]:
    return _post(session, matter, "unit_handler", matter.body["assisting"])


def _auditors(session: Session, _matter: Matter) -> list[User]:
    query = select(User).where(User.role == "auditor", User.active).order_by(User.id)
    return list(session.scalars(query))


def _lookers(session: Session, matter: Matter) -> list[User]:
    """Return who may look again at a decision: anybody but whoever took it, reviewers first."""
    query = select(User).where(
        User.area_code == matter.area,
        User.role.in_(hands.CHECKERS),
        User.active,
        User.id != (matter.body.get("by") or 0),
    )
    able = standing_in.there(session, matter, session.scalars(query.order_by(User.id)).all())
    return _reviewers_first(able) or _post(session, matter, "leader")


def _named(session: Session, matter: Matter) -> list[User]:
    user = session.get_one(User, matter.body["to"])
    if user.active or user.unit_id is None:
        return [user] if user.active else []
    return _post(session, matter, "unit_handler", user.unit_id)


_BY_NAME: Mapping[str, Callable[[Session, Matter], list[User]]] = {
    "assisting": _assisting,
    "auditors": _auditors,
    "lookers": _lookers,
    "named": _named,
}


def _reviewers_first(able: Sequence[User]) -> list[User]:
    return [user for user in able if user.role == "reviewer"] or list(able)


def _not_recused(session: Session, matter: Matter, users: Iterable[User]) -> list[User]:
    about = documents.document(session, matter)
    units = {matter.case.unit_id if matter.case else None, *(about.units if about else ())} - {None}
    if not units:
        return list(users)
    query = select(Recusal.user_id).where(Recusal.unit_id.in_(units))
    recused = set(session.scalars(query))
    return [user for user in users if user.id not in recused]
