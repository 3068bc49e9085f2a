"""Who may take what a colleague has in hand, and what follows for four eyes (design law 4)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.ledger import checkers
from caseflow.ledger.hands import CHECKERS
from caseflow.ledger.in_hand import Piece
from caseflow.ledger.moves.handlers import ROLES
from caseflow.ledger.states import ITEM_DONE
from caseflow.ledger.tables import Case, Item
from caseflow.people.permissions import INSPECTOR
from caseflow.people.tables import Area, Recusal, User


@dataclass(frozen=True)
class Takers:
    """Who may handle each case, and who may go and verify its items, by case id."""

    handlers: Mapping[int, Sequence[User]]
    inspectors: Mapping[int, Sequence[User]]


@dataclass(frozen=True)
class Lost:
    """Items, by their numbers in the case, that whoever takes it cannot strike off any more.

    `alone`: of these, those that nobody else of the office could strike off.
    """

    items: Sequence[int]
    alone: Sequence[int]


def takers(session: Session, pieces: Sequence[Piece], giver: int, away: Collection[int]) -> Takers:
    """Return who may take what: there now, of the case's office or one above, with nothing to keep
    away from. Three statements whatever the number of cases.
    """
    areas = _areas(session, [piece.case for piece in pieces])
    codes = {code for area in areas.values() for code in area.path}
    query = select(User).where(
        User.area_code.in_(codes), User.active.is_(True), User.role.in_((*ROLES, INSPECTOR))
    )
    people = [
        one
        for one in session.scalars(query.order_by(User.name, User.id))
        if one.id != giver and one.id not in away
    ]
    kept = select(Recusal.user_id, Recusal.unit_id).where(
        Recusal.user_id.in_([one.id for one in people])
    )
    recused = {(user_id, unit_id) for user_id, unit_id in session.execute(kept)}

    def able(roles: tuple[str, ...]) -> dict[int, list[User]]:
        return {
            piece.case.id: [
                one
                for one in people
                if one.role in roles
                and one.area_code in areas[piece.case.area_code].path
                and (one.id, piece.case.unit_id) not in recused
            ]
            for piece in pieces
        }

    return Takers(able(ROLES), able((INSPECTOR,)))


def _areas(session: Session, cases: Iterable[Case]) -> Mapping[str, Area]:
    query = select(Area).where(Area.code.in_({case.area_code for case in cases}))
    return {area.code: area for area in session.scalars(query)}


def lost(session: Session, cases: Sequence[Case], chosen: Mapping[int, int]) -> dict[int, Lost]:
    """Return for each case what its chosen handler could strike off until now and cannot after:
    a handler has a hand in everything that is under way.

    `chosen`: the handler by case id.
    """
    areas = _areas(session, cases)
    by_id = {case.id: case for case in cases}
    query = select(Item).where(
        Item.case_id.in_(by_id), Item.state != "draft", Item.state.not_in(ITEM_DONE)
    )
    rows = [
        (areas[by_id[item.case_id].area_code], by_id[item.case_id], item)
        for item in session.scalars(query.order_by(Item.case_id, Item.n))
    ]
    eyes = checkers.eyes(session, rows)
    found: dict[int, Lost] = {}
    for _, case, item in rows:
        able = eyes[item.id]
        taker = chosen.get(case.id)
        had = able.parts.get(taker or 0) is not None and _checks(session, taker)
        if not able.may(taker) and not had:
            continue
        known = found.get(case.id, Lost((), ()))
        only = [person.id for person in able.people] == [taker]
        found[case.id] = Lost(
            (*known.items, item.n), (*known.alone, item.n) if only else known.alone
        )
    return found


def _checks(session: Session, user_id: int | None) -> bool:
    user = session.get(User, user_id) if user_id is not None else None
    return user is not None and user.role in CHECKERS
