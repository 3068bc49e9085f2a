"""Our own mail that came back, and mail that goes round between servers."""

from datetime import datetime

from sqlalchemy.orm import Session

from caseflow.crypto.message_ids import proven
from caseflow.intake.channels.mailbox.threads import MOST_HOPS
from caseflow.intake.filters.letter import Aside, Letter
from caseflow.intake.rooms import Rooms

OWN = "本系统发出的邮件又寄回本系统，请检查转发设置"
ROUND = "邮件在服务器之间循环转发"


def check(_session: Session, rooms: Rooms, letter: Letter, _now: datetime) -> Letter | Aside:
    """Set aside what we wrote ourselves, which its id proves, and what went through too many."""
    own = letter.parsed.threads.own
    if own and proven(rooms.ring, own):
        return Aside(OWN)
    return Aside(ROUND) if letter.parsed.threads.hops > MOST_HOPS else letter
