"""Opening a reporter's identity (查看反映人身份): with a reason, in the vault's record and in the
history of the case, both in the transaction whose commit comes before anything is shown.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from caseflow.crypto.keys import KeyRing
from caseflow.errors import NotFound, NotPermitted
from caseflow.ledger import gate
from caseflow.ledger.moves.record import record
from caseflow.ledger.report_tables import Report
from caseflow.people.actor import Actor
from caseflow.people.permissions import require
from caseflow.people.scope import scope_of
from caseflow.vault import identities
from caseflow.vault.person import Person


def reveal(
    session: Session,
    ring: KeyRing,
    actor: Actor,
    case_id: int,
    report_id: int,
    reason: str,
    now: datetime,
) -> Person:
    """Open who sent a report of the case and say so in its history.

    The reason stands in the history as typed. Raises BadInput without a reason of four characters,
    NotPermitted, NotFound where the report is of another case or came without a name.
    """
    require(actor, "vault.reveal")
    case = gate.lock(session, case_id)
    if not gate.covers(scope_of(actor), case):
        raise NotPermitted("不在您的辖区内")
    report = session.get(Report, report_id)
    if report is None or report.case_id != case.id or report.identity_id is None:
        raise NotFound("这个来件没有留下身份")
    person = identities.reveal(session, ring, report.identity_id, actor.person, reason, now)
    facts = {"report": report.number, "reason": " ".join(reason.split())}
    record(session, case, actor, "reveal", now, facts)
    return person
