"""Bounces of our own messages: what became of them goes back into the outbox.

A bounce counts only where it names a message that its id proves to be ours. Anybody can write that
an address does not exist; nobody but its reader knows the proof of what was sent there.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.crypto.message_ids import proven
from caseflow.intake.filters.letter import Aside, Letter
from caseflow.intake.rooms import Rooms
from caseflow.notices import unreachable
from caseflow.outbox.tables import Message

SETTLED = "退信已记入发件箱，办件承办人已获通知"
DELAYED = "延迟或暂时退信，已记入发件箱"
TO_STAFF = "发给工作人员的通知被退回，请检查其邮箱"


def check(session: Session, rooms: Rooms, letter: Letter, now: datetime) -> Letter | Aside:
    """Take a bounce of ours back into the outbox; one to a colleague waits for somebody to look."""
    bounce = letter.parsed.bounce
    if bounce is None:
        return letter
    for said in bounce.about:
        message_id = proven(rooms.ring, said)
        message = message_id and session.scalar(
            select(Message).where(Message.message_id == message_id).with_for_update()
        )
        if message:
            unreachable.bounced(session, message, bounce.status, now, permanent=bounce.permanent)
            if bounce.permanent and message.recipient.startswith("user:"):
                return Aside(TO_STAFF)
            return _settled(letter, message, permanent=bounce.permanent)
    return letter


def _settled(letter: Letter, message: Message, *, permanent: bool = False) -> Aside:
    note = SETTLED if permanent else DELAYED
    return Aside(letter.parsed.automatic, note, message.case_id)
