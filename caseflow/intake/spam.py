"""Spam: somebody who has seen a mail or text message blocks its sender, and can let them in again.

Blocked mail is kept and listed like everything that is set aside; it opens no case and is answered
by nobody. Who blocked whom, when and why stays on record, also after it was lifted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.crypto import blind
from caseflow.crypto.keys import KeyRing
from caseflow.errors import BadInput, MoveNotAllowed, NotFound
from caseflow.intake import looking, sight
from caseflow.intake.channels import sms
from caseflow.intake.channels.mailbox.parse import parse
from caseflow.intake.channels.sms import CHANNEL as TEXT
from caseflow.intake.delivery import LARGEST
from caseflow.intake.filters import blocked
from caseflow.intake.mail_tables import Blocked
from caseflow.intake.rooms import Rooms
from caseflow.intake.tables import Quarantine
from caseflow.people.actor import Actor
from caseflow.people.permissions import require
from caseflow.vault.originals import original_for_machine
from caseflow.vault.tables import Original

PAGE = 200
NO_SENDER = "读不出发件人的邮箱或号码，不能拦截"
UNSEEN = "请先查看原件，再决定是否拦截"
IS_SHARED = "这是公共邮箱服务，不能整个域名拦截"


@dataclass(frozen=True)
class Entry:
    """One sender on the list: `shown` does not say who it is, but which."""

    row: Blocked
    shown: str


def block(
    rooms: Rooms, actor: Actor, quarantine_id: int, reason: str, now: datetime, *, domain: bool
) -> Quarantine:
    """Block the sender of a mail or text message, or all of an address's domain, and discard what
    they sent as spam.

    Raises NotPermitted, NotFound, MoveNotAllowed when it was settled, BadInput without a reason,
    for what was not seen, has no sender, or is a domain at which anybody may have an address.
    """
    with rooms.database.read() as session:
        row = sight.row(session, actor, quarantine_id)
        sender = _sender(session, rooms, row)
    if not sender:
        raise BadInput({"spam": NO_SENDER})
    domain = domain and "@" in sender
    what = f"@{sender.rpartition('@')[2]}" if domain else sender
    if domain and what[1:] in blocked.SHARED:
        raise BadInput({"domain": IS_SHARED})

    def work(session: Session) -> Quarantine:
        found = sight.row(session, actor, quarantine_id)
        if not sight.has_seen(session, actor, found):
            raise BadInput({"spam": UNSEEN})
        said = reason.strip()
        done = looking.discard(session, actor, quarantine_id, said, now)
        _enter(session, rooms.ring, found.area_code, what, said, actor, now)
        return done

    return rooms.database.run(work)


def _sender(session: Session, rooms: Rooms, row: Quarantine) -> str:
    """Return in normal form the address that a mail came from, or the number of a text message;
    empty where it cannot be read.
    """
    if row.channel not in looking.READ or session.get_one(Original, row.whole).size > LARGEST:
        return ""
    raw = b"".join(original_for_machine(session, rooms.ring, rooms.store, row.whole))
    try:
        if row.channel == TEXT:
            return sms.parse(raw, row.received_at).number
        return blind.normal_email(parse(raw, row.received_at).report.contact.email) or ""
    except Exception:  # noqa: BLE001 - whatever broke the reading set it aside in the first place
        return ""


def _enter(
    session: Session,
    ring: KeyRing,
    area: str,
    what: str,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    index = blocked.index_of(ring, what)
    query = select(Blocked.id).where(
        Blocked.index == index, Blocked.area_code == area, Blocked.lifted_at.is_(None)
    )
    if session.scalar(query) is not None:
        return
    session.add(
        Blocked(
            area_code=area,
            index=index,
            sealed=ring.seal(what.encode(), f"blocked:{index}"),
            reason=reason,
            blocked_by=actor.person,
            blocked_at=now,
        )
    )


def entries(session: Session, ring: KeyRing, actor: Actor) -> Sequence[Entry]:
    """Return who is blocked in the actor's areas, newest first. Raises NotPermitted."""
    require(actor, "quarantine.look")
    query = select(Blocked).where(Blocked.lifted_at.is_(None), Blocked.area_code == actor.area)
    rows = session.scalars(query.order_by(Blocked.id.desc()).limit(PAGE)).all()
    return [Entry(row, _shown(ring, row)) for row in rows]


def _shown(ring: KeyRing, row: Blocked) -> str:
    """Return a domain whole, of an address its first letter and its domain, of a number its end."""
    what = ring.open(row.sealed, f"blocked:{row.index}").decode()
    if "@" not in what:
        return f"***{what[-4:]}"
    name, _, domain = what.rpartition("@")
    return f"{name[:1]}***@{domain}" if name else what


def lift(session: Session, actor: Actor, blocked_id: int, now: datetime) -> Blocked:
    """Let a sender in again. Raises NotPermitted, NotFound, MoveNotAllowed when it was."""
    require(actor, "quarantine.look")
    query = select(Blocked).where(Blocked.id == blocked_id, Blocked.area_code == actor.area)
    row = session.scalar(query.with_for_update())
    if row is None:
        raise NotFound("拦截名单中没有这一条")
    if row.lifted_at is not None:
        raise MoveNotAllowed("已解除拦截")
    row.lifted_at, row.lifted_by = now, actor.person
    return row
