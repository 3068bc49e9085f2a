"""Who has to do something about a document: sign it, or judge the answer to it (decision 33).

The office of the level that issued it judges; a draft is its own office's to sign, or of the level
above where only that may. Nobody is told who wrote what is to be judged, or must keep away from the
unit that is late, whoever the case reports.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Integer, String, Text, column, select, table
from sqlalchemy.orm import Session

from caseflow.deadlines.ladder import OF_LEVEL_ABOVE
from caseflow.deadlines.policies import ClockName
from caseflow.ledger import passages
from caseflow.ledger.tables import Case
from caseflow.notices import standing_in
from caseflow.notices.matter import Matter
from caseflow.people.permissions import PERMISSIONS
from caseflow.people.posts import holder
from caseflow.people.tables import User

# Escalation stands beside this room: its table is read by name.
_DOCUMENT = table(
    "supervision_order",
    *(column("id", Integer), column("kind", String), column("state", String)),
    *(column("unit_id", Integer), column("late_unit_id", Integer)),
    *(column("editors", Text), column("answered_by", Integer), column("issued_level", String)),
)
_ABOVE = ("leader", "level_above")
Free = Callable[[Sequence[User]], list[User]]


@dataclass(frozen=True)
class Document:
    """What a matter is about: its unit and the one that is late, the office whose `permission`
    decides, and the `writers` whose words are to be judged.
    """

    units: frozenset[int]
    office: str
    permission: str
    writers: frozenset[int]


def document(session: Session, matter: Matter) -> Document | None:
    """Return the document that a matter is about, or None."""
    drafted: int | None = matter.body.get("order")
    known = drafted or (matter.clock.order_id if matter.clock is not None else None)
    if known is None or matter.case is None:
        return None
    row = session.execute(select(_DOCUMENT).where(_DOCUMENT.c.id == known)).one()
    units = frozenset(one for one in (row.unit_id, row.late_unit_id) if one is not None)
    if row.issued_level is None:
        writers = frozenset(int(one) for one in row.editors.split(",") if one)
        above = row.kind in OF_LEVEL_ABOVE and matter.case.city is not None
        office = matter.case.city if above else passages.office(matter.case)
        return Document(units, office or matter.area, "order.issue", writers)
    office = _office_of(matter.case, row.issued_level)
    return Document(units, office, "order.judge", frozenset({row.answered_by} - {None}))


def _office_of(case: Case, level: str) -> str:
    """Return the area of the office of a level; the case's own where the case moved up since."""
    place: str | None = getattr(case, level)
    return place or passages.office(case)


def is_waited_for(matter: Matter) -> bool:
    """Tell whether somebody of the office has to judge an answer, or to sign or cancel a draft."""
    clock = matter.clock
    if clock is not None:
        return clock.order_id is not None and clock.name in (ClockName.check, ClockName.draft)
    return matter.event.name == "order_answered"


def judges(session: Session, matter: Matter, about: Document, word: str, free: Free) -> list[User]:
    """Return who is told: of the deciding office whoever holds the duty, going up in it to whoever
    may decide. That it is late is told to its leader and above as well, where nobody decides.
    `free`: those of some people who need not keep away.
    """
    duty = word if word in _ABOVE else "supervisor"
    found = free(_post(session, matter, about, duty))
    able = found if word == "level_above" else _able(about, found)
    for step in ("supervisor", "leader"):
        able = able or _able(about, free(_post(session, matter, about, step)))
    return able or _able(about, free(_anybody(session, matter, about)))


def _post(session: Session, matter: Matter, about: Document, duty: str) -> list[User]:
    return holder(session, duty, about.office, now=matter.event.at)


def _able(about: Document, users: Sequence[User]) -> list[User]:
    return [
        user
        for user in users
        if user.role in PERMISSIONS[about.permission]
        and user.area_code == about.office
        and user.id not in about.writers
    ]


def _anybody(session: Session, matter: Matter, about: Document) -> list[User]:
    """Return everybody of the deciding office, whatever their post."""
    query = select(User).where(User.area_code == about.office, User.active).order_by(User.id)
    return standing_in.there(session, matter, session.scalars(query).all())
