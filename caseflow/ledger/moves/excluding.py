"""Leaving a case out of the figures (考核剔除): asked by one person, decided by another, and lifted
by a further decision.

Nothing else of the case changes: what was done stays done, nobody outside the office learns of it,
and the figures are shown with it and without (`insight.figures`).
"""

from datetime import datetime

from sqlalchemy.orm import Session

from caseflow.deadlines import clocks
from caseflow.deadlines.policies import ClockName
from caseflow.errors import BadInput, MoveNotAllowed, NotPermitted
from caseflow.ledger import exclusions, gate, proposals
from caseflow.ledger.application_tables import Exclusion
from caseflow.ledger.moves.record import gathered, matter_of, may_say, record, words
from caseflow.ledger.tables import Case
from caseflow.people.actor import SWEEP, Actor
from caseflow.people.permissions import require

_LONGEST = 2000


def ask_exclusion(
    session: Session,
    actor: Actor,
    case_id: int,
    code: str,
    reason: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Ask that a case be left out of the figures; `code`: of `exclusions.REASONS`.

    Raises BadInput, and MoveNotAllowed where it is left out already, or somebody asked.
    """
    case = gate.lock(session, case_id, seen)
    gathered(lambda: _known(code), lambda: words(reason, "reason", _LONGEST))
    known = exclusions.asked(session, case.id)
    if exclusions.undecided(known) is not None:
        raise MoveNotAllowed("已有一份剔除申请等待审批")
    if exclusions.lasting(known) is not None:
        raise MoveNotAllowed("这个办件已经不计入考核")
    gate.pass_case(actor, case, "ask_exclusion")
    why = words(reason, "reason")
    row = Exclusion(case_id=case.id, code=code, grounds=why, asked_by=actor.person, asked_at=now)
    session.add(row)
    clocks.start(session, ClockName.consent, proposals.of(case), matter_of(case), now)
    refs = {"asked_by": actor.person}
    record(session, case, actor, "ask_exclusion", now, {"code": code, "reason": why}, refs=refs)


def exclude(
    session: Session,
    actor: Actor,
    case_id: int,
    remark: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Leave a case out of the figures as somebody else asked, until it is lifted."""
    case = gate.lock(session, case_id, seen)
    row = _decides(session, actor, case)
    said = may_say(remark, longest=_LONGEST)
    gate.pass_case(actor, case, "exclude")
    _decided(session, actor, case, row, "approved", now)
    refs = {"asked_by": row.asked_by}
    facts = {"code": row.code, "reason": row.grounds, "remark": said, **refs}
    record(session, case, actor, "exclude", now, facts, refs=refs)


def refuse_exclusion(
    session: Session,
    actor: Actor,
    case_id: int,
    reason: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Let a case count, and say why."""
    case = gate.lock(session, case_id, seen)
    row = _decides(session, actor, case)
    why = words(reason, "reason", _LONGEST)
    gate.pass_case(actor, case, "refuse_exclusion")
    _decided(session, actor, case, row, "refused", now)
    refs = {"asked_by": row.asked_by}
    record(session, case, actor, "refuse_exclusion", now, {"reason": why, **refs}, refs=refs)


def lift_exclusion(
    session: Session,
    actor: Actor,
    case_id: int,
    reason: str,
    now: datetime,
    *,
    seen: int | None = None,
) -> None:
    """Let a case count again that was left out: a decision of its own, with a reason."""
    case = gate.lock(session, case_id, seen)
    row = exclusions.lasting(exclusions.asked(session, case.id))
    if row is None:
        raise MoveNotAllowed("这个办件没有剔除")
    why = words(reason, "reason", _LONGEST)
    gate.pass_case(actor, case, "lift_exclusion")
    row.lifted_by, row.lifted_at = actor.person, now
    refs = {"asked_by": row.asked_by}
    record(session, case, actor, "lift_exclusion", now, {"reason": why}, refs=refs)


def counts_again(session: Session, actor: Actor, case: Case, now: datetime) -> None:
    """Let a case count from now on that somebody took up again: what it was left out for is no
    reason to leave out how it is handled now. Whoever asked is told, and can ask anew once it is
    over.
    """
    row = exclusions.lasting(exclusions.asked(session, case.id))
    if row is None:
        return
    gate.pass_case(SWEEP, case, "lift_exclusion")
    row.lifted_by, row.lifted_at = actor.person, now
    refs = {"asked_by": row.asked_by}
    record(session, case, SWEEP, "lift_exclusion", now, {"round": case.reopened}, refs=refs)


def _known(code: str) -> None:
    if code not in exclusions.REASONS:
        raise BadInput({"code": "请选择理由类别"})


def _decides(session: Session, actor: Actor, case: Case) -> Exclusion:
    """Return what is to be decided, for somebody who may."""
    row = exclusions.undecided(exclusions.asked(session, case.id))
    if row is None:
        raise MoveNotAllowed("没有等待审批的剔除申请")
    require(actor, "case.decide_exclusion")
    if row.asked_by == actor.id:
        raise NotPermitted("须由申请人以外的人审批")
    return row


def _decided(
    session: Session, actor: Actor, case: Case, row: Exclusion, outcome: str, now: datetime
) -> None:
    row.outcome, row.decided_by, row.decided_at = outcome, actor.person, now
    session.flush()
    clocks.meet(session, proposals.of(case), now, ClockName.consent)
