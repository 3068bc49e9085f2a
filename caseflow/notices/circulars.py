"""Whom a circular waits for (通报): checked by somebody who wrote nothing of it, signed by the
leader, changed by whoever wrote it; nobody who must keep away from a unit that it is about.
"""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Integer, String, column, select, table
from sqlalchemy.orm import Session

from caseflow.notices import standing_in
from caseflow.notices.matter import Matter
from caseflow.people.permissions import LEADER, PERMISSIONS, REVIEWER, SUPERVISOR
from caseflow.people.tables import Recusal, User

# Publishing stands above this room: its tables are read by name.
_ENTRY = table(
    "circular_entry",
    *(column("circular_id", Integer), column("verb", String), column("user_id", Integer)),
    column("n", Integer),
)
_UNIT = table("circular_unit", column("circular_id", Integer), column("unit_id", Integer))
_WRITES = ("circular_drafted", "circular_edited")


def of(matter: Matter) -> int | None:
    """Return which circular a matter is about, None where it is about none."""
    found: int | None = matter.body.get("circular")
    return found


def people(session: Session, matter: Matter, word: str) -> list[User]:
    """Return who answers to an audience word for a circular; nobody where nobody may act: its page
    says so to whoever reads it.
    """
    return _BY_NAME[word](session, matter)


def _checkers(session: Session, matter: Matter) -> list[User]:
    able = _able(session, matter, "circular.check", _wrote(session, matter, *_WRITES))
    return [one for one in able if one.role == REVIEWER] or able


def _signers(session: Session, matter: Matter) -> list[User]:
    able = _able(session, matter, "circular.sign", _wrote(session, matter, *_WRITES))
    return [one for one in able if one.role == LEADER]


def _publishers(session: Session, matter: Matter) -> list[User]:
    """Return who may publish the correction that waits: not whoever wrote it last."""
    author = _wrote(session, matter, "correction_drafted")[-1:]
    able = _able(session, matter, "circular.publish", author)
    return [one for one in able if one.role == SUPERVISOR] or able


def _writer(session: Session, matter: Matter) -> list[User]:
    """Return who wrote the texts last, and else whoever may change them."""
    return _last(session, matter, *_WRITES)


def _corrector(session: Session, matter: Matter) -> list[User]:
    return _last(session, matter, "correction_drafted")


def _last(session: Session, matter: Matter, *verbs: str) -> list[User]:
    able = _able(session, matter, "circular.draft", ())
    last = _wrote(session, matter, *verbs)[-1:]
    return [one for one in able if one.id in last] or able


def _wrote(session: Session, matter: Matter, *verbs: str) -> Sequence[int]:
    """Return who did this with a circular, in the order in which they did."""
    query = select(_ENTRY.c.user_id).where(_ENTRY.c.circular_id == of(matter))
    return session.scalars(query.where(_ENTRY.c.verb.in_(verbs)).order_by(_ENTRY.c.n)).all()


def _able(session: Session, matter: Matter, permission: str, but: Sequence[int]) -> list[User]:
    """Return those of the circular's office who may do something with it and are there."""
    units = select(_UNIT.c.unit_id).where(_UNIT.c.circular_id == of(matter))
    away = select(Recusal.user_id).where(Recusal.unit_id.in_(units))
    query = select(User).where(
        User.area_code == matter.area,
        User.role.in_(PERMISSIONS[permission]),
        User.active,
        User.id.not_in(but),
        User.id.not_in(away),
    )
    return standing_in.there(session, matter, session.scalars(query.order_by(User.id)).all())


_BY_NAME: Mapping[str, Callable[[Session, Matter], list[User]]] = {
    "circular_checkers": _checkers,
    "circular_signers": _signers,
    "circular_publishers": _publishers,
    "circular_writer": _writer,
    "circular_corrector": _corrector,
}
