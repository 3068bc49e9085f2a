"""What a shift owes: cases nobody took up yet, call-backs, decisions that wait for a second look.

Each is a running clock on a case, so one statement finds them all. What is first on every list is
first here (instructed, urgent); of the rest the soonest.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.deadlines.tables import Clock
from caseflow.ledger.queries import visible
from caseflow.ledger.tables import Case
from caseflow.people.scope import Scope

CLOCKS = ("immediate", "call_back", "second_look")
MANY = 60


@dataclass(frozen=True)
class Debt:
    """A case and the clock by which something is owed on it."""

    case: Case
    clock: Clock


def owed(session: Session, scope: Scope) -> dict[str, Sequence[Debt]]:
    """Return the debts of the scope by the name of their clock, what burns first.

    At most `MANY` altogether: what ends later is on the work list.
    """
    query = (
        select(Case, Clock)
        .join(Clock, Clock.case_id == Case.id)
        .where(visible(scope), Clock.state == "running", Clock.name.in_(CLOCKS))
        .order_by(Case.rank, Clock.due, Clock.id)
        .limit(MANY)
    )
    found: dict[str, list[Debt]] = {name: [] for name in CLOCKS}
    for case, clock in session.execute(query):
        found[clock.name].append(Debt(case, clock))
    return dict(found)
