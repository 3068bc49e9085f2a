"""An on-the-spot visit (实地核查) put on record: who went, when, where, and what they saw.

At least two different people go, so that what they saw does not hang on one person's word. Whoever
went and whoever wrote it down has a hand in the item, and cannot strike it off.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.errors import BadInput
from caseflow.files.tables import Blob
from caseflow.ledger import gate, hands
from caseflow.ledger.at_work import require_at_work
from caseflow.ledger.history import commitment
from caseflow.ledger.moves.record import gathered, record, words
from caseflow.ledger.tables import Case, Evidence, Item
from caseflow.ledger.visit_tables import Visit, Visitor
from caseflow.people import names
from caseflow.people.actor import Actor
from caseflow.people.tables import Area, User

WENT = ("inspector", "handler", "supervisor", "reviewer", "leader")
"""Roles of the office whose people can be named by account; anybody else is named in words."""
FEWEST, MOST = 2, 10


@dataclass(frozen=True)
class Seen:
    """A visit as it is told: `people` by account, `others` by name, `pictures` as blob and name."""

    at: datetime | None
    place: str
    text: str
    people: Sequence[int]
    others: Sequence[str] = ()
    pictures: Sequence[tuple[str, str]] = ()


def visit(
    session: Session,
    actor: Actor,
    item_id: int,
    told: Seen,
    now: datetime,
    *,
    seen: int | None = None,
) -> int:
    """Put a visit on record and return its id.

    Raises BadInput with everything that is missing: fewer than two different people, no moment or
    one to come or from before the item was sent out, no place, nothing seen.
    """
    case, item = gate.lock_item(session, item_id, seen)
    require_at_work(case)
    if actor.role != "inspector":
        gate.require_free_of(actor, item)
    gate.pass_item(actor, case, item, "visit")
    gathered(
        lambda: _moment(item, told, now),
        lambda: words(told.place, "place", 200),
        lambda: words(told.text, "saw", 4000),
        lambda: _visitors(session, case, told),
    )
    text, people = words(told.text, "saw", 4000), _visitors(session, case, told)
    row = Visit(
        case_id=case.id,
        item_id=item.id,
        at=_moment(item, told, now),
        place=words(told.place, "place", 200),
        seen=text,
        recorded_by=actor.person,
        recorded_at=now,
    )
    session.add(row)
    session.flush()
    for n, (user_id, name) in enumerate(people, 1):
        session.add(Visitor(visit_id=row.id, n=n, user_id=user_id, name=name))
    accounts = [user_id for user_id, _ in people if user_id]
    for user_id in {actor.person, *accounts}:
        hands.add(session, item, user_id, "verifier")
    facts = {
        "visit": row.id,
        "visited_at": row.at.isoformat(),
        "people": accounts,
        "persons": len(people),
        "seen": commitment(text),
        "pictures": _pictures(session, actor, item, row, told, now),
    }
    refs = {"to_check": item.state == "submitted"}
    record(session, case, actor, "visit", now, facts, item=item, refs=refs)
    return row.id


def _moment(item: Item, told: Seen, now: datetime) -> datetime:
    if told.at is None:
        raise BadInput({"visit_time": "请填写到场的时间"})
    if told.at > now:
        raise BadInput({"visit_time": "到场的时间还没有到"})
    if item.dispatched_at is not None and told.at < item.dispatched_at:
        raise BadInput({"visit_time": "到场的时间早于交办"})
    return told.at


def _visitors(session: Session, case: Case, told: Seen) -> list[tuple[int | None, str]]:
    """Return who went, each once. Raises BadInput for fewer than two."""
    area = session.get_one(Area, case.area_code)
    near = {one.id: one.name for one in names.people_near(session, area, WENT, case.unit_id)}
    if any(user_id not in near for user_id in told.people):
        raise BadInput({"companion": "没有这位工作人员，请从列表中选择"})
    found: list[tuple[int | None, str]] = [(one, near[one]) for one in dict.fromkeys(told.people)]
    everybody = {one.name for one in names.people_near(session, area, WENT, None)}
    for name in (" ".join(said.split()) for said in told.others):
        if name in near.values() and name in [known for _, known in found]:
            continue  # the same person, named twice
        if name in everybody:  # would be able to strike off what they saw themselves
            raise BadInput({"others": "与本办人员同名：是本人请从列表中选择，不是请加以区别"})
        if name and (None, name) not in found:
            found.append((None, name))
    if len({name for _, name in found}) < FEWEST:
        raise BadInput({"companion": "实地核查须由两名以上不同的人员到场，请写明另一人"})
    if len(found) > MOST or any(len(name) > 40 for _, name in found):
        raise BadInput({"others": "人员最多 10 名，每个姓名不超过 40 字"})
    if len({name for _, name in found}) < len(found):
        raise BadInput({"companion": "两人同名：请把其中一人写在同行人员里，加以区别"})
    return found


def _pictures(
    session: Session, actor: Actor, item: Item, row: Visit, told: Seen, now: datetime
) -> list[str]:
    """Keep what was photographed as evidence of the item and of the visit; return the sums."""
    for blob_id, name in told.pictures:
        session.add(
            Evidence(
                item_id=item.id,
                blob_id=blob_id,
                name=name,
                note="",
                user_id=actor.person,
                unit_id=None,
                visit_id=row.id,
                at=now,
            )
        )
    session.flush()
    ids = [blob_id for blob_id, _ in told.pictures]
    return list(session.scalars(select(Blob.sha256).where(Blob.id.in_(ids)).order_by(Blob.id)))


def company(session: Session, area: Area, about: int | None) -> list[User]:
    """Return the people who can be named by account, for the form."""
    return list(names.people_near(session, area, WENT, about))
