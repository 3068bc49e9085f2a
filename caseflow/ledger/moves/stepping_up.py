"""Asking that an item's ladder be climbed before its date (督办升级); decided by a leader.

Asking moves nothing. What is approved is one document of the ladder, drafted like those that come
by their date; it wants a signature of its own before the unit reads it.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from caseflow.deadlines import clocks
from caseflow.deadlines.ladder import Step
from caseflow.deadlines.policies import ClockName
from caseflow.deadlines.rules import rules_of
from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted
from caseflow.ledger import gate, step_ups, withdrawals
from caseflow.ledger.at_work import require_at_work
from caseflow.ledger.moves.record import gathered, matter_of, may_say, of_item, record, words
from caseflow.ledger.step_up_tables import CAUSES, StepUp
from caseflow.ledger.tables import Case, Item
from caseflow.people.actor import Actor

NO_UNIT = "没有单位承办这个问题项，督办文书没有收文单位"
NOTHING_RUNS = "这个问题项现在没有正在计算的单位期限，不能督办升级"
_LONGEST = 2000


def ask_step_up(
    session: Session,
    actor: Actor,
    item_id: int,
    document: str,
    cause: str,
    reason: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Ask for a `document` of the item's ladder now (of `Action`); `cause`: of `CAUSES`.

    Raises BadInput, and MoveNotAllowed where something else waits to be decided, where no unit has
    the item, or where its time does not run.
    """
    case, item = gate.lock_item(session, item_id, seen)
    require_at_work(case)
    gate.require_free_of(actor, item)
    gathered(
        lambda: _known(session, item, document),
        lambda: _caused(cause),
        lambda: words(reason, "reason", _LONGEST),
    )
    _nothing_waits(session, case, item)
    rung = _steps(session, item)[document].n
    gate.pass_item(actor, case, item, "ask_step_up")
    why = words(reason, "reason", _LONGEST)
    said = {"action": document, "cause": cause}
    row = StepUp(
        case_id=case.id,
        item_id=item.id,
        unit_id=_addressee(item),
        grounds=why,
        asked_by=actor.person,
        asked_at=now,
        **said,
    )
    session.add(row)
    clocks.start(session, ClockName.consent, of_item(item), matter_of(case), now)
    facts, refs = {**said, "rung": rung, "reason": why}, {"asked_by": actor.person}
    record(session, case, actor, "ask_step_up", now, facts, item=item, refs=refs)


def step_up(
    session: Session,
    actor: Actor,
    item_id: int,
    remark: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Approve what somebody else asked for; the ladder is climbed with the next sweep at the
    latest. Raises MoveNotAllowed where that cannot be done any more.
    """
    case, item = gate.lock_item(session, item_id, seen)
    row = _decides(session, actor, item)
    said = may_say(remark, longest=_LONGEST)
    if not step_ups.is_about_holder(row, item):
        raise MoveNotAllowed("这个问题项已改由他人办理：请不同意，并说明")
    step = _steps(session, item).get(row.action)
    if step is None:
        raise MoveNotAllowed("这一级已经发生过，或阶梯已没有这一级：请不同意，并说明")
    gate.pass_item(actor, case, item, "step_up")
    _decided(session, actor, item, row, "approved", now)
    refs = {"asked_by": row.asked_by}
    facts = {"action": row.action, "rung": step.n, "cause": row.cause, "remark": said, **refs}
    record(session, case, actor, "step_up", now, facts, item=item, refs=refs)


def refuse_step_up(
    session: Session,
    actor: Actor,
    item_id: int,
    reason: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Let the ladder be climbed by its dates, and say why."""
    case, item = gate.lock_item(session, item_id, seen)
    row = _decides(session, actor, item)
    why = words(reason, "reason", _LONGEST)
    gate.pass_item(actor, case, item, "refuse_step_up")
    _decided(session, actor, item, row, "refused", now)
    facts, refs = {"cause": row.cause, "reason": why}, {"asked_by": row.asked_by}
    record(session, case, actor, "refuse_step_up", now, facts, item=item, refs=refs)


def _known(session: Session, item: Item, document: str) -> None:
    if document not in _steps(session, item):
        raise BadInput({"document": "请选择还没有发生过的一级"})


def _steps(session: Session, item: Item) -> dict[str, Step]:
    """Return what may still come, by which document it drafts. Raises MoveNotAllowed."""
    _addressee(item)
    known = clocks.alive(session, of_item(item))
    clock = step_ups.clock_of(known, item)
    if clock is None:
        raise MoveNotAllowed(NOTHING_RUNS)
    return {str(step.action): step for step in step_ups.steps(rules_of(session), clock, known)}


def _addressee(item: Item) -> int:
    unit_id = step_ups.addressee(item)
    if unit_id is None:
        raise MoveNotAllowed(NO_UNIT)
    return unit_id


def _caused(cause: str) -> None:
    if cause not in CAUSES:
        raise BadInput({"cause": "请选择事由"})


def _nothing_waits(session: Session, case: Case, item: Item) -> None:
    if step_ups.waiting(session, item) is not None:
        raise MoveNotAllowed("已有一份督办升级申请等待审批")
    if withdrawals.undecided(withdrawals.asked(session, case.id), item) is not None:
        raise MoveNotAllowed("已有一份撤项申请等待审批")


def _decides(session: Session, actor: Actor, item: Item) -> StepUp:
    """Return what is to be decided, for somebody who may."""
    row = step_ups.waiting(session, item)
    if row is None:
        raise MoveNotAllowed("没有等待审批的督办升级申请")
    gate.require_free_of(actor, item)
    if row.asked_by == actor.id:
        raise NotPermitted("督办升级须由另一人审批")
    return row


def _decided(
    session: Session, actor: Actor, item: Item, row: StepUp, outcome: str, now: datetime
) -> None:
    row.outcome, row.decided_by, row.decided_at = outcome, actor.person, now
    session.flush()
    clocks.meet(session, of_item(item), now, ClockName.consent)
