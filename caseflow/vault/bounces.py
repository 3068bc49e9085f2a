"""An e-mail address that takes no mail any more, wherever it was given."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from caseflow.vault.tables import Identity


def email_bounced(session: Session, identity_id: str, now: datetime) -> bool:
    """Let the address be no way to its owner, in every contact that gave it; tell whether it was.

    A later contact from there finds it usable again: whoever writes from it can be written to.
    """
    row = session.get_one(Identity, identity_id)
    same = [Identity.email_index == row.email_index] if row.email_index else []
    found = session.scalars(select(Identity).where(or_(Identity.id == identity_id, *same))).all()
    usable = False
    for one in found:
        ways = [way for way in one.can_be_reached.split(",") if way]
        if "email" in ways:
            usable = True
            one.can_be_reached = ",".join(way for way in ways if way != "email")
            one.bounced_at = now
    return usable


def bounced(session: Session, identities: Iterable[str]) -> Mapping[str, datetime]:
    """Return since when the addresses of some identities take no mail, of those that take none."""
    query = select(Identity.id, Identity.bounced_at).where(
        Identity.id.in_(list(identities)), Identity.bounced_at.is_not(None)
    )
    return {one: since for one, since in session.execute(query) if since is not None}
