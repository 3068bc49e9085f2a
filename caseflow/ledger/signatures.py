"""Whose signature an answer of a unit needs, and what waits for one: for verbs and pages."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.ledger import gate
from caseflow.ledger.signature_tables import Signature
from caseflow.ledger.tables import Item
from caseflow.people import posts
from caseflow.people.tables import User

STATES = {"find": "verifying", "submit": "rectifying"}
"""In which state of the item an answer of that kind is given."""


def responsible(session: Session, unit_id: int, now: datetime) -> Sequence[User]:
    """Return the responsible people of a unit who have an account and are there."""
    return posts.heads(session, unit_id, now)


def waiting(session: Session, item: Item) -> Signature | None:
    """Return the answer that waits for its signature; none where the item went another way."""
    row = _open(session, item)
    return row if row is not None and _stands(row, item) else None


def waiting_of(session: Session, items: Collection[Item]) -> Mapping[int, Signature]:
    """Return the answers that wait for their signatures, by item id: one statement for all."""
    by_id = {item.id: item for item in items}
    query = select(Signature).where(Signature.item_id.in_(by_id), Signature.outcome.is_(None))
    rows = session.scalars(query)
    return {row.item_id: row for row in rows if _stands(row, by_id[row.item_id])}


def _open(session: Session, item: Item) -> Signature | None:
    query = select(Signature).where(Signature.item_id == item.id, Signature.outcome.is_(None))
    return session.scalar(query)


def _stands(row: Signature, item: Item) -> bool:
    begun = item.held_since is None or row.written_at >= item.held_since
    here = item.state == STATES[row.move] and gate.holder_unit(item) == row.unit_id
    back = item.returned_at is None or row.written_at > item.returned_at
    return here and begun and back and not (row.move == "find" and item.inspector_id)


def lapse(session: Session, item: Item, now: datetime) -> None:
    """Let an answer that waits be over: another one was given, or the item went elsewhere."""
    row = _open(session, item)
    if row is not None:
        row.outcome, row.decided_at = "lapsed", now
        session.flush()


def newest(session: Session, item: Item, unit_id: int) -> Signature | None:
    """Return the last answer that somebody of a unit wrote to an item, whatever became of it."""
    query = select(Signature).where(Signature.item_id == item.id, Signature.unit_id == unit_id)
    return session.scalar(query.order_by(Signature.id.desc()).limit(1))


def known_signer(session: Session, unit_id: int) -> str:
    """Return who signed last for a unit, to be offered where nobody has the post."""
    query = select(Signature.signer).where(
        Signature.unit_id == unit_id, Signature.outcome == "signed"
    )
    return session.scalar(query.order_by(Signature.id.desc()).limit(1)) or ""
