"""Proposing not to accept a matter, or to send it on; decided by a supervisor who did not propose.

Meanwhile the case goes on and its promises run: proposing wins no time. What is approved happens
at once, as if the supervisor had decided alone, but nobody looks at it again the next day: the
second pair of eyes came first.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from caseflow.deadlines import clocks
from caseflow.deadlines.policies import ClockName
from caseflow.errors import MoveNotAllowed, NotPermitted
from caseflow.ledger import gate, proposals, shelvings
from caseflow.ledger.application_tables import Proposal
from caseflow.ledger.moves import triage
from caseflow.ledger.moves.record import matter_of, may_say, record, words
from caseflow.ledger.moves.triage import Because
from caseflow.ledger.tables import Case
from caseflow.people.actor import Actor
from caseflow.people.permissions import require

PROPOSES = {"decline": "propose_decline", "refer": "propose_refer"}
"""The move that proposes, by the move that is proposed."""


def propose(
    session: Session,
    actor: Actor,
    case_id: int,
    move: str,
    because: Because,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Propose `decline` or `refer` with a reason. Raises BadInput, and MoveNotAllowed where one
    proposal waits already.
    """
    case = gate.lock(session, case_id, seen)
    said = triage.checked(session, case, move, because)
    if proposals.undecided(proposals.asked(session, case.id)) is not None:
        raise MoveNotAllowed("已有一份拟办意见等待审批")
    if shelvings.undecided(shelvings.asked(session, case.id)) is not None:
        raise MoveNotAllowed("已有一份挂账申请等待审批")
    triage.require_countersigned(case)
    triage.require_not_ordered(session, case)
    gate.pass_case(actor, case, PROPOSES[move])
    session.add(
        Proposal(
            case_id=case.id,
            move=move,
            code=said.code,
            authority=said.authority,
            grounds=said.reason,
            asked_by=actor.person,
            asked_at=now,
        )
    )
    clocks.start(session, ClockName.consent, proposals.of(case), matter_of(case), now)
    refs = {"asked_by": actor.person}
    record(session, case, actor, PROPOSES[move], now, triage.facts_of(move, said), refs=refs)


def approve(
    session: Session,
    actor: Actor,
    case_id: int,
    remark: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Do what somebody else proposed."""
    case = gate.lock(session, case_id, seen)
    row = _decides(session, actor, case)
    triage.require_countersigned(case)
    said = may_say(remark, longest=2000)
    _decided(session, actor, case, row, "approved", now)
    because = Because(row.code, row.grounds, row.authority)
    triage.carry_out(session, actor, case, row.move, because, now, proposal=(row.asked_by, said))


def refuse_proposal(
    session: Session,
    actor: Actor,
    case_id: int,
    reason: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Let the case go on as it was, and say why."""
    case = gate.lock(session, case_id, seen)
    row = _decides(session, actor, case)
    why = words(reason, "reason", 2000)
    gate.pass_case(actor, case, "refuse_proposal")
    _decided(session, actor, case, row, "refused", now)
    facts, refs = {"reason": why, "move": row.move}, {"asked_by": row.asked_by}
    record(session, case, actor, "refuse_proposal", now, facts, refs=refs)


def _decides(session: Session, actor: Actor, case: Case) -> Proposal:
    """Return what is to be decided, for somebody who may."""
    row = proposals.undecided(proposals.asked(session, case.id))
    if row is None:
        raise MoveNotAllowed("没有等待审批的拟办意见")
    require(actor, "case.approve")
    if row.asked_by == actor.id:
        raise NotPermitted("拟办意见须由另一人审批")
    return row


def _decided(
    session: Session, actor: Actor, case: Case, row: Proposal, outcome: str, now: datetime
) -> None:
    row.outcome, row.decided_by, row.decided_at = outcome, actor.id, now
    session.flush()
    clocks.meet(session, proposals.of(case), now, ClockName.consent)
