"""What came since a form of a unit or an inspector was made, in words that say no more than its
page does: of the office's people no name, of a case nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from sqlalchemy.orm import Session

from caseflow import words
from caseflow.escalation import received
from caseflow.escalation.tables import Order
from caseflow.ledger import holder_news
from caseflow.ledger.assistance_tables import Assistance
from caseflow.people import names
from caseflow.people.tables import User
from caseflow.web.locale import gettext, happened, moment_text
from caseflow.web.unit.frame import scope

# Where the word of the office's own story would say more than a holder may know, or other than it
# is for them: withdrawn and gone another way look the same, and nobody else's case is spoken of.
IN_OTHER_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "return": "退回，请看原因",
        "consent_withdrawal": "停止办理",
        "statutory": "停止办理",
        "hasten": "期限提前",
        "stand_still": "暂停办理",
        "carry_on": "不再暂停，接着办理",
    }
)


@dataclass(frozen=True)
class NewsLine:
    """Something that happened, as `components/timeline.html` shows it."""

    what: str
    who: str
    at: str
    iso: str
    machine: bool = False


def line(said: str, at: datetime, who: str) -> NewsLine:
    """Return something that happened, for the screen; `who`: empty for the machine."""
    return NewsLine(said, who, moment_text(at), at.isoformat())


def of_item(session: Session, item_id: int, seen: str) -> Sequence[NewsLine]:
    """Return what happened to an item since a form that carries the mark `seen`, newest first."""
    news = holder_news.since(session, scope(), item_id, seen)
    people = names.users(session, {one.by for one in news if one.by is not None})
    return [line(what(one.verb), one.at, _who(one, people)) for one in news]


def what(verb: str) -> str:
    """Return what happened, as the holder reads it."""
    if verb in IN_OTHER_WORDS:
        return gettext(IN_OTHER_WORDS[verb])
    return happened(words.MOVES[verb])


def _who(one: holder_news.News, people: Mapping[int, str]) -> str:
    if one.by is not None:
        return people[one.by]
    return "" if one.machine else gettext("督导办公室")


def of_order(session: Session, order: Order, seen: int) -> Sequence[NewsLine]:
    """Return what became of a document after the first `seen` steps, newest first."""
    steps = received.steps(session, order)[seen:]
    return [
        line(what(one.move), one.at, _of_unit(session, one.by, order.unit_id, one.move))
        for one in reversed(steps)
    ]


def of_assistance(session: Session, row: Assistance) -> Sequence[NewsLine]:
    """Return how what a unit was asked beside a lead came to its end."""
    if row.answered_at is not None:
        move = "record_assistance" if row.said_by else "answer_assistance"
        who = _of_unit(session, row.answered_by, row.unit_id, move)
        return [line(what(move), row.answered_at, who)]
    if row.released_at is not None:
        who = gettext("督导办公室") if row.released_by is not None else ""
        return [line(what("release_assistance"), row.released_at, who)]
    return []


def _of_unit(session: Session, user_id: int | None, unit_id: int | None, move: str) -> str:
    """Return who did it, where that was somebody of the unit, or the unit's office; nobody's name
    where only the moment is kept.
    """
    user = session.get(User, user_id) if user_id is not None else None
    if user is not None and user.unit_id == unit_id:
        return user.name
    return "" if move == "order_signed" else gettext("督导办公室")
