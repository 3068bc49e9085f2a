"""Who may strike items off, for one item or many at once.

Whoever had a hand in the item is out (design law 4), and so is whoever must keep away from the unit
it is about, or from one that worked on it. Where nobody in the office is left, the level above is
asked.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import String, select
from sqlalchemy.orm import Session

from caseflow.ledger.hands import CHECKERS
from caseflow.ledger.tables import Case, Item, ItemActor
from caseflow.many import one_of
from caseflow.people.tables import Area, Recusal, User

_HANDS = select(ItemActor).where(one_of(ItemActor.item_id, "ids")).order_by(ItemActor.part)
_CHECKERS = (
    select(User)
    .where(one_of(User.area_code, "ids", String), User.role.in_(CHECKERS), User.active.is_(True))
    .order_by(User.name, User.id)
)
_RECUSED = select(Recusal.user_id, Recusal.unit_id).where(one_of(Recusal.user_id, "ids"))


@dataclass(frozen=True)
class Eyes:
    """`parts`: what each person did in the item; `people`: who may strike it off, by name.

    `above`: nobody of the own office may, the people are those of a level above. A responsibility
    district has no office: its county's is its own.
    """

    parts: dict[int, tuple[str, ...]] = field(default_factory=dict)
    people: tuple[User, ...] = ()
    above: bool = False

    def may(self, user_id: int | None) -> bool:
        """Tell whether a person is among those who may."""
        return any(person.id == user_id for person in self.people)


def eyes(session: Session, rows: Sequence[tuple[Area, Case, Item]]) -> dict[int, Eyes]:
    """Return for each item who may strike it off; three statements whatever the number of items."""
    if not rows:
        return {}
    hands = _hands(session, [item.id for _, _, item in rows])
    offices = _offices(session, {code for area, _, _ in rows for code in area.path})
    recused = _recused(session, (person for people in offices.values() for person in people))
    return {
        item.id: _for_item(area, _about(case, item), hands[item.id], offices, recused)
        for area, case, item in rows
    }


def _for_item(
    area: Area,
    about: Sequence[int | None],
    parts: dict[int, tuple[str, ...]],
    offices: dict[str, list[User]],
    recused: set[tuple[int, int | None]],
) -> Eyes:
    for code in area.path:
        free = [
            person
            for person in offices[code]
            if person.id not in parts and not any((person.id, unit) in recused for unit in about)
        ]
        if free:
            return Eyes(parts, tuple(free), code not in _served_by(area))
    return Eyes(parts)


def _served_by(area: Area) -> tuple[str | None, ...]:
    """Return the areas whose people are an area's own office, as the way up of posts has it."""
    return (area.code, area.county) if area.level == "district" else (area.code,)


def _about(case: Case, item: Item) -> tuple[int | None, ...]:
    """Return the units that nobody who judges the item may have to keep away from."""
    return case.unit_id, item.verifying_unit_id, item.rectifying_unit_id


def _hands(session: Session, item_ids: Sequence[int]) -> dict[int, dict[int, tuple[str, ...]]]:
    found: dict[int, dict[int, tuple[str, ...]]] = defaultdict(dict)
    for row in session.scalars(_HANDS, {"ids": item_ids}):
        found[row.item_id][row.user_id] = (*found[row.item_id].get(row.user_id, ()), row.part)
    return found


def _offices(session: Session, codes: set[str]) -> dict[str, list[User]]:
    found: dict[str, list[User]] = defaultdict(list)
    for person in session.scalars(_CHECKERS, {"ids": sorted(codes)}):
        found[person.area_code].append(person)
    return found


def _recused(session: Session, people: Iterable[User]) -> set[tuple[int, int | None]]:
    ids = [person.id for person in people]
    rows = session.execute(_RECUSED, {"ids": ids})
    return {(user_id, unit_id) for user_id, unit_id in rows}
