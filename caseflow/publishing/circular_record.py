"""The history of a circular: who, when, what, why, chained by hash as a case's is (design law 8).

Texts enter it as salted commitments: what stands in the rows beside it cannot be changed unseen.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from caseflow.ledger import chains
from caseflow.ledger.history import Line, commitment
from caseflow.outbox.events import JSON, emit
from caseflow.people.actor import Actor
from caseflow.publishing.tables import Circular, CircularEntry, Correction

WRITES = ("circular_drafted", "circular_edited")
"""Verbs by which somebody wrote what others have to check and sign."""


def record(
    session: Session,
    circular: Circular,
    actor: Actor,
    verb: str,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
    *,
    again: bool = False,
) -> None:
    """Append a line to the history of a circular, which must be locked, and tell of it. `again`:
    what was checked, or came back, was changed.
    """
    row = chains.fold("circular", circular, Line(verb, actor, now, facts or {}))
    session.execute(insert(CircularEntry), [row])
    body: dict[str, JSON] = {
        "circular": circular.id,
        "area": circular.area_code,
        "by": actor.person,
    }
    body |= {"again": True} if again else {}
    emit(session, verb, case_id=None, at=now, body=body)
    session.flush()


def texts(circular: Circular) -> dict[str, Any]:
    """Return the commitments to the texts of a circular, for the entry of who wrote them."""
    return {"text": commitment(circular.text), "public_text": commitment(circular.public_text)}


def entries(session: Session, circular: Circular) -> Sequence[CircularEntry]:
    """Return the history of a circular, oldest first."""
    query = select(CircularEntry).where(CircularEntry.circular_id == circular.id)
    return session.scalars(query.order_by(CircularEntry.n)).all()


def facts(entry: CircularEntry) -> dict[str, Any]:
    """Return what an entry says beside who, when and what."""
    return dict(json.loads(entry.body)["facts"])


def writers(told: Sequence[CircularEntry]) -> frozenset[int]:
    """Return everybody who drafted a circular or changed its texts, by its history."""
    return frozenset(one.user_id for one in told if one.verb in WRITES)


def misfits(session: Session) -> Iterator[str]:
    """Yield the circulars whose history, or whose texts, are not what was put on record."""
    told: dict[int, list[CircularEntry]] = {}
    every = select(CircularEntry).order_by(CircularEntry.circular_id, CircularEntry.n)
    for entry in session.scalars(every):
        told.setdefault(entry.circular_id, []).append(entry)
    corrected: dict[int, str] = {one.id: one.text for one in session.scalars(select(Correction))}
    for circular in session.scalars(select(Circular).order_by(Circular.id)):
        lines = told.pop(circular.id, [])
        if not (chains.is_whole("circular", circular, lines) and _says(circular, lines, corrected)):
            yield f"circular {circular.id}"
    yield from (f"circular {circular_id}" for circular_id in told)


def _says(circular: Circular, lines: Sequence[CircularEntry], corrected: Mapping[int, str]) -> bool:
    """Tell whether the texts in the rows are those that were committed to."""
    wrote = [facts(line) for line in lines if line.verb in WRITES][-1]
    pairs = [(wrote["text"], circular.text), (wrote["public_text"], circular.public_text)]
    for line in lines:
        if line.verb == "correction_drafted":
            said = facts(line)
            pairs.append((said["text"], corrected.get(said["correction"], "")))
    return all(chains.is_of(seal, text) for seal, text in pairs)
