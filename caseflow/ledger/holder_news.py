"""What happened to an item since its holder's form was made, as far as the holder may know it.

No more than the item's page tells (`holding`): the moves that change a form's mark, by the holder
now and in its own part; neither what was done with the item before it came, nor what becomes of it
at somebody else's.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.ledger import holding, queries
from caseflow.ledger.application_tables import Extension
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.holding import Side
from caseflow.ledger.states import TO_RECTIFY
from caseflow.ledger.tables import Item
from caseflow.people.actor import SYSTEM_ROLE
from caseflow.people.scope import Scope

_OF_HOLDERS = ("unit", "inspector")


@dataclass(frozen=True)
class News:
    """A move, by its name. `by`: who of the holder's own people made it; None where that was the
    office, or the `machine`.
    """

    verb: str
    at: datetime
    by: int | None
    machine: bool


def since(session: Session, scope: Scope, item_id: int, seen: str) -> list[News]:
    """Return what came after the mark `seen` of a form, newest first; nothing for one that is no
    mark of the item. Raises NotFound for an item that is not the holder's.
    """
    case, item = queries.item_in_scope(session, scope, item_id)
    query = select(Entry).where(Entry.case_id == case.id, Entry.item_id == item.id)
    query = query.where(Entry.verb.in_(holding.NOTICED)).order_by(Entry.n.desc())
    entries: list[Entry] = []
    for entry in session.scalars(query):
        if holding.is_marked(entry.hash, seen):
            break
        entries.append(entry)
    else:
        return []
    part, unheard = Part.of(session, scope, item), _office_asked_in_vain(session, scope, item)
    return [_news(one) for one in entries if one.at in part and (one.verb, one.at) not in unheard]


@dataclass(frozen=True)
class Part:
    """When an item is the holder's: `since` it came to who verifies it, and only `until` the
    finding or only `after` it where somebody else puts it right.
    """

    since: datetime | None
    until: datetime | None = None
    after: datetime | None = None

    @classmethod
    def of(cls, session: Session, scope: Scope, item: Item) -> "Part":
        """Tell it from who asks and from what was found last."""
        side, found = Side.of(scope, item), holding.newest_finding(session, item)
        if found is None or found.result not in TO_RECTIFY or (side.verifies and side.rectifies):
            return cls(item.held_since)
        if side.verifies:
            return cls(item.held_since, until=found.at)
        return cls(item.held_since, after=found.at)

    def __contains__(self, at: datetime) -> bool:
        """Tell whether a moment belongs to it; that of the finding to who found."""
        if self.since is not None and at < self.since:
            return False
        if self.until is not None and at > self.until:
            return False
        return self.after is None or at > self.after


def _office_asked_in_vain(
    session: Session, scope: Scope, item: Item
) -> set[tuple[str, datetime | None]]:
    """Return the moves of applications that are no concern of the holder's (`holding`)."""
    query = select(Extension).where(Extension.item_id == item.id, Extension.outcome == "refused")
    others = [one for one in session.scalars(query) if not holding.is_own(session, scope, one)]
    return {("extend", one.asked_at) for one in others} | {
        ("refuse", one.decided_at) for one in others
    }


def _news(entry: Entry) -> News:
    role = json.loads(entry.body)["role"]
    by = entry.user_id if role in _OF_HOLDERS else None
    return News(entry.verb, entry.at, by, machine=role == SYSTEM_ROLE)
