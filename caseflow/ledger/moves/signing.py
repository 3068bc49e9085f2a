"""The responsible person of a unit signs an answer off, or sends it back to whoever wrote it."""

from datetime import datetime

from sqlalchemy.orm import Session

from caseflow.errors import MoveNotAllowed, NotPermitted
from caseflow.ledger import gate, signatures
from caseflow.ledger.at_work import require_at_work
from caseflow.ledger.moves import work
from caseflow.ledger.moves.record import record, words
from caseflow.ledger.moves.work import Result
from caseflow.ledger.signature_tables import Signature
from caseflow.ledger.tables import Case, Item
from caseflow.people.actor import Actor


def sign_off(
    session: Session, actor: Actor, item_id: int, now: datetime, *, seen: int | None = None
) -> None:
    """Sign what a colleague wrote: it counts as the unit's answer from now on (签发)."""
    _, item, row = _waiting(session, actor, item_id, now, seen)
    if row.move == "find":
        found = Result(row.result, row.answer, row.rectifying_unit_id, row.rectify_text)
        work.find(session, actor, item.id, found, now)
    else:
        work.submit(session, actor, item.id, row.answer, now)


def send_back_answer(
    session: Session,
    actor: Actor,
    item_id: int,
    reason: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Send an answer back to whoever wrote it, and say why; the unit's clock runs on."""
    case, item, row = _waiting(session, actor, item_id, now, seen)
    why = words(reason, "reason", 2000)
    row.outcome, row.decided_by, row.decided_at, row.remark = "sent_back", actor.id, now, why
    refs = {"to": row.written_by}
    record(session, case, actor, "unsign", now, {"reason": why}, item=item, refs=refs)


def _waiting(
    session: Session, actor: Actor, item_id: int, now: datetime, seen: int | None
) -> tuple[Case, Item, Signature]:
    """Return what waits, for the responsible person of the unit that has the item."""
    case, item = gate.lock_item(session, item_id, seen)
    require_at_work(case)
    if actor.unit is None or not gate.its_turn(actor, item):
        raise NotPermitted("这个问题项现在不在您这里")
    row = signatures.waiting(session, item)
    if row is None:
        raise MoveNotAllowed("没有等待签发的答复")
    people = signatures.responsible(session, actor.unit, now)
    if row.written_by == actor.id or all(one.id != actor.id for one in people):
        raise NotPermitted("由单位负责人签发")
    return case, item, row
