"""A mediation that the office led (调解): when, with whom, and what it came to.

It is a record and ends nothing: a reporter who settled takes the report back themselves
(`retracting`), and the office goes on where it must. A tip is not mediated: whoever reported it
would have to show themselves.
"""

from datetime import date, datetime

from sqlalchemy.orm import Session

from caseflow.clock import local
from caseflow.errors import BadInput, MoveNotAllowed
from caseflow.ledger import gate
from caseflow.ledger.moves.record import gathered, record, words
from caseflow.ledger.states import MEDIATED
from caseflow.ledger.tables import Case
from caseflow.people.actor import Actor


def mediate(
    session: Session,
    actor: Actor,
    case_id: int,
    on: date | None,
    present: str,
    result: str,
    text: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Put a mediation on record. `result`: one of `states.MEDIATED`; `present`: who took part, by
    their part in the matter. Raises BadInput, and MoveNotAllowed for a tip.
    """
    case = gate.lock(session, case_id, seen)
    gathered(
        lambda: _require_day(case, on, now),
        lambda: words(present, "present", 400),
        lambda: _require_result(result),
        lambda: words(text, "text", 4000),
    )
    if case.kind == "tip":
        raise MoveNotAllowed("举报不调解：反映人的身份须保密")
    gate.pass_case(actor, case, "mediate")
    facts = {
        "on": on.isoformat() if on else "",
        "present": words(present, "present"),
        "result": result,
        "text": words(text),
    }
    record(session, case, actor, "mediate", now, facts)


def _require_day(case: Case, on: date | None, now: datetime) -> None:
    if on is None or not local(case.opened_at).date() <= on <= local(now).date():
        raise BadInput({"on": "请选择调解的日期，不早于来件、不晚于今天"})


def _require_result(result: str) -> None:
    if result not in MEDIATED:
        raise BadInput({"result": "请选择调解结果"})
