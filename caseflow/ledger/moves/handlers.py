"""Whose case it is (承办人): somebody who may see it, with a hand in its items from then on."""

from collections.abc import Callable, Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.errors import BadInput
from caseflow.ledger import gate, hands, passages
from caseflow.ledger.states import ITEM_DONE
from caseflow.ledger.tables import Case, Item
from caseflow.people import absences
from caseflow.people.accounts import actor_of
from caseflow.people.actor import Actor
from caseflow.people.permissions import OFFICE
from caseflow.people.posts import holder
from caseflow.people.scope import scope_of
from caseflow.people.tables import User

ROLES = ("handler", "supervisor")
_POSTS = ("office_handler", "supervisor", "leader", "level_above")


def sees(session: Session, user: User, case: Case) -> bool:
    """Tell whether a case lies within a person's scope, recusals included."""
    return gate.covers(scope_of(actor_of(session, user)), case)


def first_handler(session: Session, actor: Actor, case: Case, now: datetime) -> int:
    """Return who handles an accepted case: whoever accepts it, else the post's holder.

    A holder who is away or must not touch the matter is passed over to the next post up.
    """
    if actor.role in ROLES:
        return actor.person
    return next_in_line(session, case, now) or actor.person


def _anybody(_user: User) -> bool:
    return True


def next_in_line(
    session: Session,
    case: Case,
    now: datetime,
    but: int | None = None,
    able: Callable[[User], bool] = _anybody,
) -> int | None:
    """Return who handles a case that has nobody: the first in turn who can go on with it, may see
    it and is `able`; not who leaves it behind (`but`). None where there is nobody at all.
    """
    for user in _in_turn(session, case, now):
        works = user.id != but and user.role in ROLES
        if works and is_fit(session, user, case) and able(user):
            return user.id
    return None


def _in_turn(session: Session, case: Case, now: datetime) -> Iterator[User]:
    """Yield who may have a case: who serves in a post of its office, then anybody of the office,
    away after there, then who serves above. A leader in between neither works on a case nor
    assigns it: what fell to them would be left with somebody who cannot act on it.
    """
    office, above = passages.office(case), []
    for duty in _POSTS:
        for user in holder(session, duty, case.area_code, now=now):
            if user.area_code in (case.area_code, office):
                yield user
            else:
                above.append(user)
    here = select(User).where(User.area_code == office, User.role.in_(ROLES), User.active)
    people, away = session.scalars(here.order_by(User.id)).all(), absences.away(session, now)
    yield from sorted(people, key=lambda user: user.id in away)
    yield from above


def is_fit(session: Session, user: User, case: Case) -> bool:
    """Tell whether somebody may be a case's handler, by choice or by post: in the office, not left,
    not elsewhere, and with nothing to keep away from.
    """
    return user.active and user.role in OFFICE and sees(session, user, case)


def is_missing(session: Session, case: Case) -> bool:
    """Tell whether a case has no handler, or one who left it behind."""
    person = session.get(User, case.handler_id) if case.handler_id is not None else None
    return person is None or not is_fit(session, person, case)


def take_over(session: Session, case: Case, handler_id: int) -> User:
    """Make a person the handler of a case; four eyes know them in every item that is under way.

    Raises BadInput for anybody who is no handler or may not see the case.
    """
    person = session.get(User, handler_id)
    fit = person is not None and person.active and person.role in ROLES
    if person is None or not fit or not sees(session, person, case):
        raise BadInput({"handler": "请选择一位承办人"})
    hand_over(session, case, person.id)
    return person


def hand_over(session: Session, case: Case, person_id: int) -> None:
    """Make somebody the handler who is fit for it, with a hand in what is under way."""
    case.handler_id = person_id
    under_way = select(Item).where(
        Item.case_id == case.id, Item.state != "draft", Item.state.not_in(ITEM_DONE)
    )
    for item in session.scalars(under_way.order_by(Item.id)):
        hands.add(session, item, person_id, "handler")
