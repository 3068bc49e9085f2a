"""What the desk of what was set aside shows of storms and spam, for the walk of every route."""

from typing import Any

from sqlalchemy import select

from caseflow.intake.mail_tables import Blocked, Folded
from caseflow.intake.tables import Quarantine
from caseflow.people.tables import User


def add(session: Any) -> None:
    """Fold a message into the demo's row of quarantine, and block somebody."""
    row = session.scalars(select(Quarantine).order_by(Quarantine.id)).first()
    operator = session.scalars(select(User).where(User.username == "operator")).one()
    row.folded = 1
    session.add(
        Folded(
            quarantine_id=row.id,
            channel="mailbox",
            channel_key="folded",
            original_id=row.original_id,
            received_at=row.received_at,
        )
    )
    session.add(
        Blocked(
            area_code=row.area_code,
            index="0" * 64,
            sealed=b"",
            reason="广告",
            blocked_by=operator.id,
            blocked_at=row.received_at,
            lifted_by=operator.id,
            lifted_at=row.received_at,
        )
    )
    session.flush()
