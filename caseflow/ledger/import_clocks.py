"""The promises of cases taken over from an old ledger: they run from the day of receipt.

The rule is the one in force when they are taken over: the older ones were never this ledger's.
"""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from caseflow.deadlines import clocks
from caseflow.deadlines.clocks import Subject
from caseflow.deadlines.policies import Matter
from caseflow.deadlines.rules import rules_of
from caseflow.deadlines.tables import Clock

OWED = {
    "received": ("resolve", "notice", "reply"),
    "accepted": ("resolve", "reply"),
    "closed": (),
}
"""What is promised in a case by the state in which it begins here. Nobody has to deal with it
within the hour: that hour is long past.
"""
_ON_CASE = ("resolve",)
_KEPT = 5_000
"""Of ledgers that tell the hour hardly two rows are alike: not all of them are kept."""
_COLUMNS = tuple(column.name for column in Clock.__table__.columns if column.name != "id")
_Made = dict[str, Any]


class Promises:
    """Makes the clocks of many cases; what was worked out for one holds for all that are alike."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._rules, self._now = rules_of(session), now
        self._made: dict[tuple[object, ...], _Made] = {}

    def of(
        self,
        state: str,
        matter: Matter,
        since: datetime,
        imposed: datetime | None,
        case_id: int,
        report_id: int,
    ) -> list[_Made]:
        """Return the rows of the clocks of one case. `imposed`: the day that the old ledger says,
        which holds where it is the earlier. Raises NoPolicy.
        """
        made = []
        for name in OWED[state]:
            on_case = name in _ON_CASE
            subject = {
                "case_id": case_id if on_case else None,
                "report_id": None if on_case else report_id,
                "root_case_id": case_id,
            }
            made.append(self._one(name, matter, since, imposed) | subject)
        return made

    def _one(self, name: str, matter: Matter, since: datetime, imposed: datetime | None) -> _Made:
        key = (name, matter, since, None if name == "notice" else imposed)
        if key not in self._made:
            if len(self._made) == _KEPT:
                self._made.clear()
            self._made[key] = self._plan(name, matter, since, key[-1])
        return self._made[key]

    def _plan(self, name: str, matter: Matter, since: datetime, imposed: object) -> _Made:
        policy = self._rules.policy(name, matter, self._now)
        due = self._due("resolve" if name == "reply" else name, matter, since)
        if isinstance(imposed, datetime):
            due = min(due, max(imposed, since))
        clock = clocks.planned(self._rules, policy, name, Subject(), since, due)
        return {column: getattr(clock, column) for column in _COLUMNS}

    def _due(self, name: str, matter: Matter, since: datetime) -> datetime:
        """Return when a promise is due; a reply is due with its case."""
        policy = self._rules.policy(name, matter, self._now)
        return self._rules.calendar.due(since, policy.amount, policy.unit)
