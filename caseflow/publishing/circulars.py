"""What people do with a circular: edit, check, sign, publish, withdraw (修改, 核对, 签发, 公开…).

Whoever wrote it neither checks nor signs it. Once signed its texts stay as they are: what was
published wrongly is corrected by a further text (`corrections`) or withdrawn, both on the record.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.errors import BadInput, MoveNotAllowed
from caseflow.ledger import numbers, proven
from caseflow.ledger.moves.record import gathered, words
from caseflow.people.actor import Actor
from caseflow.people.tables import Unit
from caseflow.publishing import circular_gate, circular_record, circular_wording
from caseflow.publishing.circular_gate import Standing
from caseflow.publishing.circular_record import record
from caseflow.publishing.circular_states import CHECKS
from caseflow.publishing.circular_wording import FEWEST, Named
from caseflow.publishing.tables import Circular, CircularItem, CircularUnit

# The body that signs, in front of 〔year〕number; a series of its own beside those of orders.
_SERIES = "教督通报"  # not said
_CODE = "CR"

UNCHECKED = "每一项都要核对；有一项不符合的，请退回修改"
NOT_FOUND_ANY_MORE = "所写的问题项里，有的核查结论已经改变，请修改或撤销"


def edit(
    session: Session,
    actor: Actor,
    circular_id: int,
    text: str,
    public_text: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> Circular:
    """Change the texts of a draft; what was checked has to be checked again.

    Raises BadInput for texts that say what tells a matter or a person from all others, and for a
    public one that names a unit with few matters.
    """
    known = circular_gate.lock(session, circular_id, seen)
    circular = known.circular
    circular_gate.edge_of(actor, known, "circular_edited")
    named = named_in(session, circular)
    gathered(
        lambda: circular_wording.checked(text, "text"),
        lambda: circular_wording.checked_public(public_text, named),
    )
    said = circular_wording.plain(text), circular_wording.plain(public_text)
    if said == (
        circular_wording.plain(circular.text),
        circular_wording.plain(circular.public_text),
    ):
        raise BadInput({"text": "正文没有改动"})
    circular_gate.pass_circular(actor, known, "circular_edited")
    again = circular.checked_by is not None or bool(circular.returned_for)
    circular.text, circular.public_text = said
    circular.edited_by, circular.returned_for = actor.person, ""
    circular.checked_by = circular.checked_at = None
    texts = circular_record.texts(circular)
    record(session, circular, actor, "circular_edited", now, texts, again=again)
    return circular


def named_in(session: Session, circular: Circular) -> Named:
    """Return which units of a circular on lateness may be named in public, and which not; a problem
    that was found and is published may be told of one.
    """
    if circular.kind != "lateness":
        return Named()
    query = select(Unit.name, CircularUnit.cases).join(
        CircularUnit, CircularUnit.unit_id == Unit.id
    )
    query = query.where(CircularUnit.circular_id == circular.id).order_by(Unit.id)
    rows = session.execute(query).all()
    return Named(
        few=[name for name, cases in rows if cases < FEWEST],
        many=[name for name, cases in rows if cases >= FEWEST],
    )


def check(
    session: Session,
    actor: Actor,
    circular_id: int,
    ticked: Collection[str],
    now: datetime,
    *,
    seen: int | None = None,
) -> Circular:
    """Another person has looked for what identifies somebody, and for minors (核对).

    Raises BadInput unless every point of the list is ticked, NotPermitted for whoever wrote it,
    MoveNotAllowed where a problem that it states has no finding any more.
    """
    known = circular_gate.lock(session, circular_id, seen)
    circular = known.circular
    circular_gate.edge_of(actor, known, "circular_checked")
    ticks = all_ticked(circular, ticked)
    _found(session, circular)
    circular_gate.pass_circular(actor, known, "circular_checked")
    circular.checked_by, circular.checked_at, circular.returned_for = actor.person, now, ""
    record(session, circular, actor, "circular_checked", now, {"checks": ticks})
    return circular


def all_ticked(circular: Circular, ticked: Collection[str]) -> list[str]:
    """Return the points of a circular's list. Raises BadInput where one of them is not ticked."""
    points = CHECKS[circular.kind]
    if not set(points) <= set(ticked):
        raise BadInput({"checks": UNCHECKED})
    return list(points)


def _found(session: Session, circular: Circular) -> None:
    """Refuse to go on with a problem that is not, or not any more, what was found."""
    query = select(CircularItem.item_id).where(CircularItem.circular_id == circular.id)
    items = set(session.scalars(query))
    if items and proven.still(session, items) != items:
        raise MoveNotAllowed(NOT_FOUND_ANY_MORE)


def send_back(
    session: Session,
    actor: Actor,
    circular_id: int,
    reason: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> Circular:
    """Say what has to be changed before it is checked, or signed (退回修改)."""
    known = circular_gate.lock(session, circular_id, seen)
    circular = known.circular
    circular_gate.edge_of(actor, known, "circular_returned")
    why = words(reason, "reason", 2000)
    circular_gate.pass_circular(actor, known, "circular_returned")
    circular.returned_for = why
    circular.checked_by = circular.checked_at = None
    record(session, circular, actor, "circular_returned", now, {"reason": why})
    return circular


def issue(
    session: Session, actor: Actor, circular_id: int, now: datetime, *, seen: int | None = None
) -> Circular:
    """The leader signs it under its number (签发). Raises as `check` does."""
    known = circular_gate.lock(session, circular_id, seen)
    circular = known.circular
    circular_gate.edge_of(actor, known, "circular_issued")
    _found(session, circular)
    year = numbers.year_of(now)
    seq = numbers.take(session, circular.area_code, f"{_CODE}{year}")
    circular_gate.pass_circular(actor, known, "circular_issued")
    circular.number = f"{_SERIES}〔{year}〕{circular.area_code}-{seq}号"
    circular.issued_by, circular.issued_at = actor.person, now
    record(session, circular, actor, "circular_issued", now, {"number": circular.number})
    return circular


def publish(
    session: Session, actor: Actor, circular_id: int, now: datetime, *, seen: int | None = None
) -> Circular:
    """Open the public text to everybody (公开). Raises MoveNotAllowed as `check` does."""
    known = circular_gate.lock(session, circular_id, seen)
    circular = known.circular
    circular_gate.edge_of(actor, known, "circular_published")
    _found(session, circular)
    circular_gate.pass_circular(actor, known, "circular_published")
    circular.published_at = now
    record(session, circular, actor, "circular_published", now)
    return circular


def cancel(
    session: Session,
    actor: Actor,
    circular_id: int,
    reason: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> Circular:
    """Give a draft up, with a reason (撤销). It stays on the record, and never gets a number."""
    known = circular_gate.lock(session, circular_id, seen)
    return _end(session, actor, known, "circular_cancelled", reason, now)


def withdraw(
    session: Session,
    actor: Actor,
    circular_id: int,
    reason: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> Circular:
    """Take an issued circular back, with a reason (收回): it is public no more, and stays on the
    record with its number; a correction that waits lapses.
    """
    known = circular_gate.lock(session, circular_id, seen)
    circular = _end(session, actor, known, "circular_withdrawn", reason, now)
    if known.waiting is not None:
        known.waiting.outcome, known.waiting.decided_at = "lapsed", now
    return circular


def _end(
    session: Session, actor: Actor, known: Standing, move: str, reason: str, now: datetime
) -> Circular:
    circular = known.circular
    circular_gate.edge_of(actor, known, move)
    why = words(reason, "reason", 2000)
    circular_gate.pass_circular(actor, known, move)
    circular.reason, circular.ended_at = why, now
    if move == "circular_cancelled":
        circular.checked_by = circular.checked_at = None
    record(session, circular, actor, move, now, {"reason": why})
    return circular
