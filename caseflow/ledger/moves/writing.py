"""What a unit answers counts once its responsible person signed it off (单位负责人签发).

Who has that post and an account signs in person; where nobody has, whoever answers says who signed
and the name is recorded. The unit's clock runs on until then: who waits for a signature is late.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from caseflow.errors import BadInput, MoveNotAllowed
from caseflow.ledger import hands, signatures
from caseflow.ledger.history import commitment
from caseflow.ledger.moves.record import may_say, record
from caseflow.ledger.signature_tables import Signature
from caseflow.ledger.tables import Case, Item
from caseflow.people.actor import Actor
from caseflow.people.names import users

_PARTS = {"find": "finder", "submit": "submitter"}


@dataclass(frozen=True)
class Answer:
    """What somebody of a unit answers; `signer`: who signed, where nobody has the post."""

    move: str
    text: str
    result: str = ""
    signer: str = ""
    rectifying_unit_id: int | None = None
    rectify_text: str = ""


def signs(session: Session, actor: Actor, answer: Answer, now: datetime) -> str | None:
    """Return the name of who answers for what is answered now: nobody's for the office itself.

    None where somebody else of the unit has to sign it first. Raises BadInput where nobody of the
    unit has the post, and nobody was named.
    """
    if actor.unit is None:
        return ""
    people = signatures.responsible(session, actor.unit, now)
    if any(one.id == actor.id for one in people):
        return users(session, [actor.person])[actor.person]
    if people:
        return None
    name = " ".join(may_say(answer.signer, "signer", 40).split())
    if not name:
        raise BadInput({"signer": "请填写签发的单位负责人姓名"})
    return name


def wait(
    session: Session, actor: Actor, case: Case, item: Item, answer: Answer, now: datetime
) -> None:
    """Keep an answer until the responsible person signs it or sends it back. At most one waits."""
    if signatures.waiting(session, item) is not None:
        raise MoveNotAllowed("已有一份答复等待签发")
    signatures.lapse(session, item, now)
    _row(session, actor, item, answer, now)
    hands.add(session, item, actor.person, _PARTS[answer.move])
    facts = {"move": answer.move, "result": answer.result, "text": commitment(answer.text)}
    record(session, case, actor, "write", now, facts, item=item)


def signed(
    session: Session, actor: Actor, item: Item, answer: Answer, signer: str, now: datetime
) -> dict[str, object]:
    """Put the signature under an answer that counts now; return what the entry says of it."""
    row = signatures.waiting(session, item)
    mine = row is not None and (row.move, row.answer) == (answer.move, answer.text)
    if not signer or not mine:
        signatures.lapse(session, item, now)
    if not signer:
        return {}
    if row is None or not mine:
        row = _row(session, actor, item, answer, now)
    row.outcome, row.signer, row.decided_by, row.decided_at = "signed", signer, actor.id, now
    session.flush()
    return {"signer": signer, "written_by": row.written_by}


def _row(session: Session, actor: Actor, item: Item, answer: Answer, now: datetime) -> Signature:
    row = Signature(
        item_id=item.id,
        unit_id=actor.unit,
        move=answer.move,
        result=answer.result,
        answer=answer.text,
        rectifying_unit_id=answer.rectifying_unit_id,
        rectify_text=answer.rectify_text,
        written_by=actor.person,
        written_at=now,
    )
    session.add(row)
    session.flush()
    return row
