"""Opening a file as it came (取出原件): a picture with what its camera noted, or what is held
back. With a reason, in the vault's record and in the history, both before a byte is sent.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from caseflow.errors import NotPermitted
from caseflow.files import handing
from caseflow.files.handing import HeldBack
from caseflow.files.tables import Blob
from caseflow.ledger import gate
from caseflow.ledger.moves.record import record
from caseflow.people.actor import Actor
from caseflow.people.permissions import require
from caseflow.people.scope import scope_of
from caseflow.vault import reveals


def open_file(
    session: Session,
    actor: Actor,
    case_id: int,
    blob: Blob,
    reason: str,
    now: datetime,
    *,
    scans: bool,
    permission: str = "vault.original",
) -> None:
    """Let a person have a file of the case as it came, and say so in its history.

    The reason stands in the history as typed, the file by its hash. `scans`: as `handing.why`.
    `permission`: another one for papers of an inquiry.
    Raises BadInput without a reason of four characters, NotPermitted, HeldBack for what nobody is
    given.
    """
    require(actor, permission)
    case = gate.lock(session, case_id)
    if not gate.covers(scope_of(actor), case):
        raise NotPermitted("不在您的辖区内")
    if not handing.may_be_opened(blob, scans=scans):
        held = handing.why(blob, scans=scans)
        raise HeldBack(handing.WHY[held] if held else "这个文件没有另存的原件")
    reason = reveals.checked_reason(reason)
    reveals.record_file(session, actor.person, blob.id, reason, now)
    facts = {"sha256": blob.sha256, "reason": reason}
    record(session, case, actor, "open_file", now, facts)
