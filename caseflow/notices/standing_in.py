"""Messages for somebody who is away (外出): they get them, and so does somebody who is there.

It stays their matter, so they read of it when they come back or from where they are; but what is
urgent must reach a person who can act. Whoever stands in and may see the matter is told as well,
else the post that would be told if nobody had it. Of a post it is the one who serves who is told.
Absent is who was away when it happened, however late the message is made.
"""

from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from caseflow.ledger import gate
from caseflow.notices.matter import Matter
from caseflow.people import absences, posts
from caseflow.people.accounts import actor_of
from caseflow.people.scope import scope_of
from caseflow.people.tables import User


def told(
    session: Session, matter: Matter, person: User, post: Callable[[], Sequence[User]]
) -> list[User]:
    """Return a person, and where they are away whoever acts for them: else the `post`."""
    away = absences.away(session, matter.event.at)
    if person.id not in away:
        return [person]
    instead = session.get(User, away[person.id]) if away[person.id] else None
    if instead is not None and _may_act(session, instead, matter):
        return [person, instead]
    return [person, *(one for one in post() if one.id != person.id)]


def _may_act(session: Session, user: User, matter: Matter) -> bool:
    if matter.case is None:
        return False
    return gate.covers(scope_of(actor_of(session, user)), matter.case, matter.item)


def there(session: Session, matter: Matter, users: Sequence[User]) -> list[User]:
    """Return those of some people who are not away; everybody where nobody is there."""
    return posts.present(users, absences.away(session, matter.event.at))


def stands_in(session: Session, matter: Matter, user: User) -> bool:
    """Tell whether a message reaches somebody in the place of a colleague who is away."""
    handler = matter.case.handler_id if matter.case else None
    inspector = matter.item.inspector_id if matter.item else None
    whose = {handler, inspector, matter.body.get("asked_by")} - {None, user.id}
    away = absences.away(session, matter.event.at) if whose else {}
    return any(one in whose and instead == user.id for one, instead in away.items())
