"""An item that goes to a statutory procedure (转入法定程序): police, discipline, a court.

It is over for this office and neither struck off nor open: counted apart, for what becomes of it is
another authority's to say. When that says so, whatever became of the case, it is put on record.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from caseflow.errors import BadInput
from caseflow.ledger import gate
from caseflow.ledger.at_work import require_at_work
from caseflow.ledger.moves.ending import conclude_when_done, end, holder_of
from caseflow.ledger.moves.opening import first_reports
from caseflow.ledger.moves.record import gathered, may_say, record, words
from caseflow.people.actor import Actor


@dataclass(frozen=True)
class Transfer:
    """To which authority an item goes, and why; its number there may come later."""

    authority: str
    reason: str
    number: str = ""


def statutory(
    session: Session,
    actor: Actor,
    item_id: int,
    given: Transfer,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Hand an item over to the authority whose procedure it is; whoever had it is told it is over.

    The holder learns no more than that: where it went may be the very thing it must not know.
    """
    case, item = gate.lock_item(session, item_id, seen)
    require_at_work(case)
    gate.require_free_of(actor, item)
    gathered(
        lambda: words(given.authority, "authority", 200),
        lambda: may_say(given.number, "number", 80),
        lambda: words(given.reason, "reason", 4000),
    )
    former = holder_of(item)
    gate.pass_item(actor, case, item, "statutory")
    item.authority, item.authority_number = given.authority.strip(), given.number.strip()
    item.outcome = "statutory"
    end(session, case, item, now)
    facts = {
        "authority": item.authority,
        "number": item.authority_number,
        "reason": given.reason.strip(),
    }
    reports = [report.id for report in first_reports(session, case)]
    refs = {**former, "reports": reports}
    record(session, case, actor, "statutory", now, facts, item=item, refs=refs)
    conclude_when_done(session, case, now)


def statutory_outcome(
    session: Session,
    actor: Actor,
    item_id: int,
    text: str,
    now: datetime,
    *,
    number: str = "",
    seen: int | None = None,
) -> None:
    """Put on record what the procedure came to, or its number there; also of a closed case.

    What was recorded before stays: a correction is a further record.
    """
    case, item = gate.lock_item(session, item_id, seen)
    gate.require_free_of(actor, item)
    gathered(lambda: may_say(text, "text", 4000), lambda: may_say(number, "number", 80))
    said, known_as = text.strip(), number.strip()
    if not said and not known_as:
        raise BadInput({"text": "请填写处理结果，或对方编号"})
    gate.pass_item(actor, case, item, "statutory_outcome")
    item.authority_number = known_as or item.authority_number
    facts = {"number": known_as, "text": said}
    record(session, case, actor, "statutory_outcome", now, facts, item=item)
