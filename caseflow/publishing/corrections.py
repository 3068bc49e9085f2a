"""Correcting a published circular (更正): a further text beside it, which another person has
checked as they would the circular itself; what was published before stays on the record.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from caseflow.errors import MoveNotAllowed
from caseflow.ledger.history import commitment
from caseflow.ledger.moves.record import gathered, words
from caseflow.people.actor import Actor
from caseflow.publishing import circular_gate, circular_wording
from caseflow.publishing.circular_gate import NOTHING_WAITS, Standing
from caseflow.publishing.circular_record import record
from caseflow.publishing.circulars import all_ticked, named_in
from caseflow.publishing.tables import Correction


def draft_correction(
    session: Session,
    actor: Actor,
    circular_id: int,
    text: str,
    reason: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> Correction:
    """Write what is to be published beside a circular, and why; another person decides."""
    known = circular_gate.lock(session, circular_id, seen)
    circular_gate.edge_of(actor, known, "correction_drafted")
    named = named_in(session, known.circular)
    gathered(
        lambda: circular_wording.checked_public(text, named, "text"),
        lambda: words(reason, "reason", 2000),
    )
    circular_gate.pass_circular(actor, known, "correction_drafted")
    correction = Correction(
        circular_id=known.circular.id,
        text=circular_wording.plain(text),
        reason=words(reason, "reason", 2000),
        drafted_by=actor.person,
        drafted_at=now,
    )
    session.add(correction)
    session.flush()
    facts = {
        "correction": correction.id,
        "text": commitment(correction.text),
        "reason": correction.reason,
    }
    record(session, known.circular, actor, "correction_drafted", now, facts)
    return correction


def publish_correction(
    session: Session,
    actor: Actor,
    circular_id: int,
    ticked: Collection[str],
    now: datetime,
    *,
    seen: int | None = None,
) -> Correction:
    """Publish the correction that waits, checked as the circular was (核对并公开更正).

    Raises BadInput unless every point is ticked, NotPermitted for whoever wrote it.
    """
    known = circular_gate.lock(session, circular_id, seen)
    circular_gate.edge_of(actor, known, "circular_corrected")
    ticks = all_ticked(known.circular, ticked)
    circular_gate.pass_circular(actor, known, "circular_corrected")
    correction = _decide(known, actor, "published", now)
    facts = {"correction": correction.id, "checks": ticks}
    record(session, known.circular, actor, "circular_corrected", now, facts)
    return correction


def refuse_correction(
    session: Session,
    actor: Actor,
    circular_id: int,
    reason: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> Correction:
    """Do not publish the correction that waits, with a reason; another may be drafted."""
    known = circular_gate.lock(session, circular_id, seen)
    circular_gate.edge_of(actor, known, "correction_refused")
    why = words(reason, "reason", 2000)
    circular_gate.pass_circular(actor, known, "correction_refused")
    correction = _decide(known, actor, "refused", now)
    correction.refused_for = why
    facts = {"correction": correction.id, "reason": why}
    record(session, known.circular, actor, "correction_refused", now, facts)
    return correction


def _decide(known: Standing, actor: Actor, outcome: str, now: datetime) -> Correction:
    correction = known.waiting
    if correction is None:
        raise MoveNotAllowed(NOTHING_WAITS)
    correction.outcome, correction.decided_by, correction.decided_at = outcome, actor.person, now
    return correction
