"""Every telephone call leaves a record, whatever its exchange tells of it and in which order.

What was told is taken under the lock of the call's row; what it comes to is decided by
`call_states`, and who has to ring back by `ring_backs`, in the same transaction.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, false, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from caseflow.crypto import blind
from caseflow.crypto.keys import KeyRing
from caseflow.errors import NotFound
from caseflow.intake import duty, ring_backs
from caseflow.intake.call_states import Facts, Heard, after
from caseflow.intake.call_tables import Call
from caseflow.intake.report import Contact
from caseflow.people.actor import Actor
from caseflow.people.tables import Area
from caseflow.vault.identities import keep_identity

CHANNEL = "telephone"
_OLDEST = timedelta(days=2)
"""What is told of a call that began before that is told of now: some exchange's clock is wrong."""

RINGS_AT_MOST = timedelta(minutes=15)
"""Nobody lets it ring so long: that it was hung up got lost on the way to us."""

TALKS_AT_MOST = timedelta(hours=12)


@dataclass(frozen=True)
class Told:
    """What an exchange tells of a call: `what` of `call_states.WHATS`, `at` where it says when.

    `number`: the caller's, empty where it is withheld; `line`: the number that rings or answered.
    Neither is ever logged.
    """

    provider: str
    call: str
    what: str
    at: datetime | None = None
    number: str = field(default="", repr=False)
    line: str = field(default="", repr=False)


def take(session: Session, ring: KeyRing, area: str, told: Told, now: datetime) -> Call:
    """Take in what an exchange tells and return the call, locked. Told twice, it changes nothing.

    `area`: code of the office that the exchange belongs to. Raises NoPolicy without a rule for
    ringing back.
    """
    at = now if told.at is None or told.at < now - _OLDEST else min(told.at, now)
    call, known = _row(session, area, told, at, now)
    _number(session, ring, call, told.number, now)
    whom = duty.who(session, ring, area, told.line) if told.line else None
    put(call, after(known, Heard(told.what, at, whom)))
    call.heard_at = now
    session.flush()
    ring_backs.review(session, call, now)
    return call


def _row(
    session: Session, area: str, told: Told, at: datetime, now: datetime
) -> tuple[Call, Facts | None]:
    """Return the call, locked, and what was known of it: None where this is the first of it."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    new = {
        "provider": told.provider,
        "provider_id": told.call,
        "area_code": area,
        "began_at": at,
        "recorded": False,
        "outcome": "ringing",
        "heard_at": now,
    }
    once = insert(Call).values(**new).on_conflict_do_nothing().returning(Call.id)
    made = session.scalar(once)
    query = select(Call).where(Call.provider == told.provider, Call.provider_id == told.call)
    call = session.scalars(query.with_for_update().execution_options(populate_existing=True)).one()
    return call, None if made is not None else facts(call)


def facts(call: Call) -> Facts:
    """Return what is known of a call."""
    rung = None if call.ringing is None or call.ringing_at is None else call.ringing_at
    return Facts(
        began=call.began_at,
        ringing=None if rung is None or call.ringing is None else (rung, call.ringing),
        answered=call.answered_at,
        answered_by=call.answered_by,
        ended=call.ended_at,
        recorded=call.recorded,
    )


def put(call: Call, known: Facts) -> None:
    """Write down what is known of a call."""
    call.began_at = known.began
    call.ringing_at, call.ringing = known.ringing or (None, None)
    call.answered_at, call.answered_by = known.answered, known.answered_by
    call.ended_at, call.recorded = known.ended, known.recorded
    call.outcome = known.outcome


def _number(session: Session, ring: KeyRing, call: Call, number: str, now: datetime) -> None:
    """Seal the caller's number, once; what is no number was withheld."""
    if call.identity_id is not None or blind.normal_phone(number) is None:
        return
    call.identity_id = keep_identity(session, ring, Contact(phone=number), now)
    call.number_index = blind.phone_index(ring, number)


def in_reach(actor: Actor) -> ColumnElement[bool]:
    """Return the SQL condition on `Call` for the subtree of the actor's area (law 11)."""
    if not actor.level:
        return false()
    return Call.area_code.in_(select(Area.code).where(getattr(Area, actor.level) == actor.area))


def found(session: Session, actor: Actor, call_id: int, *, lock: bool = False) -> Call:
    """Return a call in the actor's reach. Raises NotFound."""
    query = select(Call).where(Call.id == call_id, in_reach(actor))
    call = session.scalar(query.with_for_update() if lock else query)
    if call is None:
        raise NotFound("没有这个来电")
    return call


def give_up(session: Session, now: datetime, limit: int = 100) -> int:
    """End calls of which nothing was heard for longer than anybody rings or talks; return how many.

    So a call is missed also where the message that it was hung up got lost. A second run finds
    nothing left.
    """
    silent = (Call.outcome == "ringing") & (Call.heard_at <= now - RINGS_AT_MOST)
    endless = (Call.outcome == "talking") & (Call.heard_at <= now - TALKS_AT_MOST)
    query = select(Call).where(silent | endless).order_by(Call.id).limit(limit)
    calls = session.scalars(query.with_for_update(skip_locked=True)).all()
    for call in calls:
        put(call, after(facts(call), Heard("hung_up", call.heard_at)))
        session.flush()
        ring_backs.review(session, call, now)
    return len(calls)


def answered_here(call: Call, actor: Actor, now: datetime) -> None:
    """Note who opened the log of a call that is talked, where the exchange did not say: they have
    it. While it rings it proves nothing: the caller may hang up before anybody says a word.
    """
    if call.outcome == "talking" and call.answered_by is None:
        put(call, after(facts(call), Heard("answered", call.answered_at or now, actor.person)))


def written_down(
    session: Session, actor: Actor, call_id: int, report_id: int, at: datetime
) -> None:
    """Note what a call became; nobody need ring back any more. One written down before stays so."""
    query = select(Call).where(Call.id == call_id, in_reach(actor))
    call = session.scalar(query.with_for_update())
    if call is None or call.report_id is not None:
        return
    call.report_id = report_id
    ring_backs.settle(session, call, "logged", at)
