"""Handing over what a person has in hand (移交), and what is left behind by somebody who leaves.

A handing over is many moves at once: one entry in each case and one message to each person who
takes some. What cannot be handed over is named and stays where it is; the rest goes.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from caseflow.errors import BadInput, CaseflowError, MoveNotAllowed
from caseflow.ledger import gate, later, reviews
from caseflow.ledger.in_hand import handled_by, to_do, verified_by
from caseflow.ledger.moves import handlers
from caseflow.ledger.moves.items import pass_to
from caseflow.ledger.moves.record import record, words
from caseflow.ledger.states import OPEN_CASE_STATES
from caseflow.ledger.tables import Case, Item
from caseflow.outbox.events import JSON, emit
from caseflow.people.actor import SWEEP, Actor
from caseflow.people.office_changes import note
from caseflow.people.tables import Recusal, User

LONGEST_REASON = 500


@dataclass(frozen=True)
class Handing:
    """Who takes what of one case: its handling, the items that the person verifies, or both.

    `seen`: the history number that was read.
    """

    case_id: int
    handler: int | None = None
    inspector: int | None = None
    seen: int | None = None


@dataclass(frozen=True)
class Outcome:
    """How many cases went to whom, by id, and why others stayed, by case id."""

    taken: Mapping[int, int]
    cases: int
    stayed: Mapping[int, str]


def hand_over(
    session: Session, actor: Actor, giver_id: int, given: Handing, reason: str, now: datetime
) -> set[int]:
    """Hand over one case, as far as it is in somebody's hand; return who took something of it.

    Raises BadInput, MoveNotAllowed, NotPermitted, Stale.
    """
    case = gate.lock(session, given.case_id, given.seen)
    gate.pass_case(actor, case, "hand_over")
    facts: dict[str, object] = {
        "giver": giver_id,
        "reason": words(reason, "reason", LONGEST_REASON),
    }
    takers: set[int] = set()
    items: list[int] = []
    if given.handler is not None and _has(session, case, giver_id):
        facts["handler"] = handlers.take_over(session, case, given.handler).id
        takers.add(given.handler)
    for item in _verified(session, case, giver_id) if given.inspector is not None else ():
        pass_to(session, actor, case, item, given.inspector, now)
        items.append(item.id)
    if items and given.inspector is not None:
        facts |= {"items": items, "inspector": given.inspector}
        takers.add(given.inspector)
    if not takers:
        raise MoveNotAllowed("已经不在这个人名下")
    record(session, case, actor, "hand_over", now, facts)
    return takers


def _has(session: Session, case: Case, user_id: int) -> bool:
    to_do = case.state in OPEN_CASE_STATES or later.is_owed(session, case)
    return to_do and case.handler_id == user_id


def _verified(session: Session, case: Case, inspector_id: int) -> Sequence[Item]:
    """Return the items of a case that somebody verifies, locked behind their case."""
    query = select(Item).where(Item.case_id == case.id, verified_by(inspector_id))
    return session.scalars(query.order_by(Item.id).with_for_update(key_share=True)).all()


def hand_over_all(
    session: Session,
    actor: Actor,
    giver_id: int,
    given: Iterable[Handing],
    reason: str,
    now: datetime,
) -> Outcome:
    """Hand over many cases: each goes or stays by itself, and everybody is told once.

    Cases are taken by rising id, so that two who do this at once do not wait for each other in a
    ring. Raises BadInput for a reason that is missing or too long.
    """
    words(reason, "reason", LONGEST_REASON)
    taken: Counter[int] = Counter()
    stayed: dict[int, str] = {}
    gone = 0
    for one in sorted(given, key=lambda each: each.case_id):
        try:
            with session.begin_nested():
                taken.update(hand_over(session, actor, giver_id, one, reason, now))
                gone += 1
        except CaseflowError as refused:
            stayed[one.case_id] = _why(refused)
    if gone:
        _tell(session, actor.area, taken, actor.id, now)
        _tell_giver(session, actor, giver_id, gone, now)
        facts = {"cases": gone, "to": sorted(taken.items())}
        note(session, actor, "work_handed_over", now, facts, user_id=giver_id)
    return Outcome(taken, gone, stayed)


def _why(refused: CaseflowError) -> str:
    if isinstance(refused, BadInput):
        return next(iter(refused.fields.values()))
    return refused.told


def _tell(
    session: Session, area: str, taken: Mapping[int, int], by: int | None, now: datetime
) -> None:
    for person, count in sorted(taken.items()):
        body: dict[str, JSON] = {"area": area, "to": person, "count": count, "by": by}
        emit(session, "handed_over", case_id=None, at=now, body=body)


def _tell_giver(session: Session, actor: Actor, giver_id: int, count: int, now: datetime) -> None:
    """Tell whoever had it, while they still work here: they may be away and not know of it."""
    if session.get_one(User, giver_id).active:
        body: dict[str, JSON] = {"area": actor.area, "to": giver_id, "count": count, "by": actor.id}
        emit(session, "handed_away", case_id=None, at=now, body=body)


# What is left behind


def fall_back(session: Session, case: Case, by: Actor, now: datetime) -> int | None:
    """Give a case that its handler left behind to whoever holds the post, going up; return who.

    Where nobody of the office may have it, it has no handler: its supervisors see that.
    """
    gate.pass_case(SWEEP, case, "fall_back")
    facts: dict[str, object] = {"giver": case.handler_id, "by": by.id}
    able = reviews.fit(session, case)
    somebody = handlers.next_in_line(session, case, now, but=case.handler_id, able=able)
    case.handler_id = None
    if somebody is not None:
        facts["handler"] = somebody
        handlers.hand_over(session, case, somebody)
    record(session, case, SWEEP, "fall_back", now, facts)
    return somebody


def left_behind(
    session: Session, by: Actor, user_id: int, now: datetime, *, moved: bool = False
) -> Outcome:
    """Let what a person has in hand and may handle no more fall to the posts: they were closed,
    moved or recused a moment ago, in this transaction. What they still may handle stays theirs.

    `moved`: they do something else from now on; who handles no cases any more keeps none.

    The items that an inspector verifies stay: the office acts for any holder and is told in their
    place, and who goes there next is a person's choice.
    """
    user = session.get_one(User, user_id)
    unable = moved and user.role not in handlers.ROLES
    taken: Counter[int] = Counter()
    gone = 0
    query = select(Case.id).where(handled_by(user_id)).order_by(Case.id)
    for case_id in session.scalars(query).all():
        case = gate.lock(session, case_id)
        if case.handler_id != user_id or (not unable and handlers.is_fit(session, user, case)):
            continue
        somebody = fall_back(session, case, by, now)
        taken.update([somebody] if somebody is not None else [])
        gone += 1
    _tell(session, by.area, taken, None, now)
    return Outcome(taken, gone, {})


def kept_away(session: Session, by: Actor, now: datetime) -> None:
    """Let everything fall to the posts whose handler has come to have to keep away from it: a unit
    was put below another one a moment ago, in this transaction.
    """
    query = select(Case.handler_id).join(
        Recusal, and_(Recusal.user_id == Case.handler_id, Recusal.unit_id == Case.unit_id)
    )
    query = query.where(to_do()).distinct().order_by(Case.handler_id)
    for user_id in session.scalars(query).all():
        if user_id is not None:
            left_behind(session, by, user_id, now)
