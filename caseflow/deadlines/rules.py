"""The rules of time in force, read from the database once per session.

They are small tables that change a few times a year; one transaction sees one state of them. What
a row says is worked out once per process, since a row that says the same means the same.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.deadlines.calendar import Calendar, Unit
from caseflow.deadlines.ladder import Ladder, load_ladder
from caseflow.deadlines.policies import Matter, Policy, pick
from caseflow.deadlines.tables import DayOverride, LadderRow, PolicyRow, PublishedYear

_MEMO = "deadlines.rules"
_WHO_AND_WHEN = ("set_by", "set_at")
_POLICIES = select(*(c for c in PolicyRow.__table__.columns if c.name not in _WHO_AND_WHEN))
_DAYS = select(DayOverride.day, DayOverride.working)
_YEARS = select(PublishedYear.year)
_LADDERS = select(LadderRow.name, LadderRow.version, LadderRow.steps, LadderRow.triggers)
_SAID = _POLICIES.selected_columns.keys()


@dataclass(frozen=True)
class Rules:
    """Calendar, policies and ladders as they stand."""

    calendar: Calendar
    policies: tuple[Policy, ...]
    ladders: dict[tuple[str, int], Ladder]

    def policy(self, clock: str, matter: Matter, at: datetime) -> Policy:
        """Return the most specific policy for a clock; raises NoPolicy."""
        return pick(self.policies, clock, matter, at)

    def newest(self, name: str) -> Ladder:
        """Return the newest version of a ladder; raises ValueError when there is none."""
        return max((at for at in self.ladders.values() if at.name == name), key=_version)


def _version(ladder: Ladder) -> int:
    return ladder.version


def rules_of(session: Session) -> Rules:
    """Return the rules this session works by, reading them at the first call."""
    known = session.info.get(_MEMO)
    if not isinstance(known, Rules):
        known = session.info[_MEMO] = _load(session)
    return known


def forget(session: Session) -> None:
    """Read the rules anew at the next call: a move of this very session changed them."""
    session.info.pop(_MEMO, None)


def _load(session: Session) -> Rules:
    overrides = session.execute(_DAYS)
    ladders = session.execute(_LADDERS)
    return Rules(
        calendar=Calendar(
            overrides=dict(overrides.all()),
            published_years=frozenset(session.scalars(_YEARS)),
        ),
        policies=tuple(_policy(tuple(row)) for row in session.execute(_POLICIES)),
        ladders={(name, n): load_ladder(name, n, *said) for name, n, *said in ladders},
    )


@lru_cache(maxsize=256)
def _policy(values: tuple[Any, ...]) -> Policy:
    said = dict(zip(_SAID, values, strict=True))
    return Policy(area=said.pop("area_code"), unit=Unit(said.pop("unit")), **said)
