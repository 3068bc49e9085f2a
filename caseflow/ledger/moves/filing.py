"""Handing out a case file (案卷): what leaves the house leaves a line in the history, which is the
last one of the file itself.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from caseflow.errors import BadInput, NotPermitted, Told
from caseflow.ledger import gate
from caseflow.ledger.moves.record import record
from caseflow.ledger.tables import Case
from caseflow.people.actor import Actor
from caseflow.people.permissions import require
from caseflow.people.scope import scope_of

LEAST, MOST = 4, 500


def hand_out(session: Session, actor: Actor, case_id: int, reason: str, now: datetime) -> Case:
    """Record that somebody takes the file of a case out of the house, and return the case.

    The reason stands in the history as typed. Raises BadInput without one of four characters,
    NotPermitted.
    """
    require(actor, "case.file")
    case = gate.lock(session, case_id)
    if not gate.covers(scope_of(actor), case):
        raise NotPermitted("不在您的辖区内")
    why = " ".join(reason.split())
    if not LEAST <= len(why) <= MOST:
        limits = {"least": LEAST, "most": MOST}
        raise BadInput({"reason": Told("请写明导出理由（%(least)d 至 %(most)d 字）", **limits)})
    record(session, case, actor, "hand_out", now, {"reason": why})
    return case
