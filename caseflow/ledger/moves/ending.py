"""How an item ends, whichever way, and what its case does then: on to the reply, or not yet."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.deadlines import clocks
from caseflow.ledger import gate, proposals, signatures, withdrawals
from caseflow.ledger.moves import assist_promise, extending
from caseflow.ledger.moves.record import of_item, record
from caseflow.ledger.tables import Case, Item
from caseflow.people.actor import SWEEP


def end(session: Session, case: Case, item: Item, now: datetime) -> None:
    """Let an item owe nothing any more; its documents outlive it (docs/decisions/0009).

    What was kept by the move that ends it the caller has met before.
    """
    item.round = case.reopened
    extending.lapse(session, case, item, now)
    withdrawals.lapse(session, item, now)
    signatures.lapse(session, item, now)
    assist_promise.release_all(session, case, item, now)
    clocks.stop(session, of_item(item), now)


def conclude_when_done(session: Session, case: Case, now: datetime) -> None:
    """Lead the case on to its reply once every item is over and not all were merely withdrawn.

    Where all were, somebody who asked for none of it says so (`withdrawing.conclude_withdrawn`).
    """
    session.flush()
    items = session.scalars(select(Item).where(Item.case_id == case.id)).all()
    if case.state == "handling" and withdrawals.something_stands(case, items):
        gate.pass_case(SWEEP, case, "conclude", "replying")
        extending.lapse(session, case, None, now)
        proposals.lapse(session, case, now)
        record(session, case, SWEEP, "conclude", now)


def holder_of(item: Item) -> dict[str, int | None]:
    """Return who works on an item, or waits for its check, as an event names who has it no more."""
    verifies = item.state in gate.VERIFIES or item.rectifying_unit_id is None
    if verifies and item.inspector_id is not None:
        return {"former_inspector": item.inspector_id}
    unit = item.verifying_unit_id if verifies else item.rectifying_unit_id
    return {"former": unit} if unit is not None else {}
