"""When a promise would fall due if it were given now: what a page says before a move is made."""

from datetime import datetime

from sqlalchemy.orm import Session

from caseflow.deadlines.clocks import _due
from caseflow.deadlines.policies import Matter, Policy
from caseflow.deadlines.rules import rules_of


def policy(session: Session, name: str, matter: Matter, now: datetime) -> Policy:
    """Return the rule that a clock would be started by; raises NoPolicy."""
    return rules_of(session).policy(name, matter, now)


def due(
    session: Session,
    name: str,
    matter: Matter,
    now: datetime,
    *,
    before: datetime | None = None,
) -> datetime:
    """Return the due moment that `clocks.start` would store, by the very same rule.

    `before`: due moment of the case, for clocks that count back from it. Raises NoPolicy.
    """
    rules = rules_of(session)
    return _due(rules, rules.policy(name, matter, now), now, before, None)
