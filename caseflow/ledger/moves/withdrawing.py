"""Withdrawing an item (撤项): asked for with a reason, decided by a person who did not ask.

Until then the item goes on as it is and its promises run: asking wins no time. Whoever handles the
item, or had any other hand in it, does not consent: withdrawing ends it without a check, so the
same eyes are wanted as for striking it off. A draft nobody has worked on, so any colleague may.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from caseflow.deadlines import clocks
from caseflow.deadlines.policies import ClockName
from caseflow.errors import MoveNotAllowed, NotPermitted
from caseflow.ledger import gate, hands, proposals, queries, step_ups, withdrawals
from caseflow.ledger.application_tables import Withdrawal
from caseflow.ledger.at_work import at_work
from caseflow.ledger.moves import extending
from caseflow.ledger.moves.ending import conclude_when_done, end, holder_of
from caseflow.ledger.moves.record import handled, matter_of, may_say, of_item, record, words
from caseflow.ledger.tables import Case, Item
from caseflow.people.actor import Actor

WITH_DRAFTS = ("accepted", "handling", "awaiting_reporter")
"""States of a case in which a draft may be withdrawn: nothing of it was sent out."""


def withdraw(
    session: Session,
    actor: Actor,
    item_id: int,
    reason: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Ask that an item be withdrawn: a duplicate, split by mistake, taken back by the reporter."""
    case, item = gate.lock_item(session, item_id, seen)
    if not may_end(case, item):
        raise MoveNotAllowed("办件当前状态不能办理问题项")
    gate.require_free_of(actor, item)
    if withdrawals.undecided(withdrawals.asked(session, case.id), item) is not None:
        raise MoveNotAllowed("已有一份撤项申请等待审批")
    if step_ups.waiting(session, item) is not None:
        raise MoveNotAllowed("已有一份督办升级申请等待审批")
    why = words(reason, "reason", 2000)
    gate.pass_item(actor, case, item, "withdraw")
    session.add(
        Withdrawal(
            case_id=case.id, item_id=item.id, asked_by=actor.person, asked_at=now, grounds=why
        )
    )
    clocks.start(session, ClockName.consent, of_item(item), matter_of(case), now)
    refs = {"asked_by": actor.person}
    record(session, case, actor, "withdraw", now, {"reason": why}, item=item, refs=refs)


def consent_withdrawal(
    session: Session,
    actor: Actor,
    item_id: int,
    remark: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Withdraw an item that somebody else asked to; whoever had it is told that it is over."""
    case, item = gate.lock_item(session, item_id, seen)
    row = _decides(session, actor, case, item)
    said, former = may_say(remark, longest=2000), holder_of(item)
    gate.pass_item(actor, case, item, "consent_withdrawal")
    _decided(session, actor, item, row, "consented", now)
    end(session, case, item, now)
    refs = {
        "asked_by": row.asked_by,
        "all_withdrawn": withdrawals.nothing_stands(case, queries.items_of(session, case)),
        **former,
    }
    record(session, case, actor, "consent_withdrawal", now, {"remark": said}, item=item, refs=refs)
    conclude_when_done(session, case, now)


def refuse_withdrawal(
    session: Session,
    actor: Actor,
    item_id: int,
    reason: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Leave an item as it is, and say why."""
    case, item = gate.lock_item(session, item_id, seen)
    row = _decides(session, actor, case, item)
    why = words(reason, "reason", 2000)
    gate.pass_item(actor, case, item, "refuse_withdrawal")
    _decided(session, actor, item, row, "refused", now)
    refs = {"asked_by": row.asked_by}
    record(session, case, actor, "refuse_withdrawal", now, {"reason": why}, item=item, refs=refs)


def conclude_withdrawn(
    session: Session,
    actor: Actor,
    case_id: int,
    reason: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Go on to the reply with every item withdrawn, as somebody who asked for none of it."""
    case = gate.lock(session, case_id, seen)
    items = queries.items_of(session, case)
    if not withdrawals.nothing_stands(case, items):
        raise MoveNotAllowed("问题项没有全部撤项")
    why = words(reason, "reason", 4000)
    if actor.id in withdrawals.askers(case, items, withdrawals.asked(session, case.id)):
        raise NotPermitted("全部撤项须由没有申请撤项的人确认")
    for item in items:
        gate.require_free_of(actor, item)
    gate.pass_case(actor, case, "conclude_withdrawn")
    handled(session, case, now)
    extending.lapse(session, case, None, now)
    proposals.lapse(session, case, now)
    record(session, case, actor, "conclude_withdrawn", now, {"reason": why})


def may_end(case: Case, item: Item) -> bool:
    """Tell whether the case stands where an item of it can be withdrawn."""
    if item.state == "draft":
        return case.state in WITH_DRAFTS
    return at_work(case)


def may_decide(session: Session, actor: Actor, case: Case, item: Item) -> bool:
    """Tell whether these are other eyes than those that handled an item; who asked is not."""
    if item.state == "draft":
        return True
    return actor.id != case.handler_id and not hands.had_a_hand(session, item.id, actor.person)


def _decides(session: Session, actor: Actor, case: Case, item: Item) -> Withdrawal:
    """Return what is to be decided, for somebody who may."""
    row = withdrawals.undecided(withdrawals.asked(session, case.id), item)
    if row is None:
        raise MoveNotAllowed("没有等待审批的撤项申请")
    gate.require_free_of(actor, item)
    if row.asked_by == actor.id:
        raise NotPermitted("撤项须由另一人审批")
    if not may_decide(session, actor, case, item):
        raise NotPermitted("您参与过这个问题项的办理，撤项须由未参与的人审批")
    return row


def _decided(
    session: Session, actor: Actor, item: Item, row: Withdrawal, outcome: str, now: datetime
) -> None:
    row.outcome, row.decided_by, row.decided_at = outcome, actor.id, now
    session.flush()
    clocks.meet(session, of_item(item), now, ClockName.consent)
