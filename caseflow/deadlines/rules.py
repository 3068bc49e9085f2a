"""The rules of time in force, as one transaction sees them.

They are small tables that change a few times a year. The database marks them with another edition
whenever one of their rows changes (`RulesEdition`), so a process reads them once for each edition
and a session asks for the mark alone. An edition is random rather than counted: one that was rolled
back never comes again with other rules.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.deadlines.calendar import Calendar, Unit
from caseflow.deadlines.ladder import Ladder, load_ladder
from caseflow.deadlines.policies import Matter, Policy, pick
from caseflow.deadlines.tables import (
    DayOverride,
    LadderRow,
    PolicyRow,
    PublishedYear,
    RulesEdition,
)

_MEMO = "deadlines.rules"
_WHO_AND_WHEN = ("set_by", "set_at")
_POLICIES = select(*(c for c in PolicyRow.__table__.columns if c.name not in _WHO_AND_WHEN))
_DAYS = select(DayOverride.day, DayOverride.working)
_YEARS = select(PublishedYear.year)
_LADDERS = select(LadderRow.name, LadderRow.version, LadderRow.steps, LadderRow.triggers)
_SAID = _POLICIES.selected_columns.keys()
_EDITION = select(RulesEdition.edition)
_KEPT = 16
"""Editions that a process remembers: the newest, and those that slower transactions still see."""


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
    """Return the rules this session works by: those of the moment of the first call."""
    known = session.info.get(_MEMO)
    if not isinstance(known, Rules):
        known = session.info[_MEMO] = _of_edition(session)
    return known


def forget(session: Session) -> None:
    """Read the rules anew at the next call: a move of this very session changed them."""
    session.info.pop(_MEMO, None)


_known: dict[str, Rules] = {}


def _of_edition(session: Session) -> Rules:
    edition = session.scalar(_EDITION)
    if edition in _known:
        return _known[edition]
    rules = _load(session)
    # Another transaction may have ended in between: then these are not the rules of that edition.
    if edition is not None and session.scalar(_EDITION) == edition:
        for oldest in list(_known)[: len(_known) + 1 - _KEPT]:
            _known.pop(oldest, None)
        _known[edition] = rules
    return rules


def _load(session: Session) -> Rules:
    overrides = session.execute(_DAYS)
    ladders = session.execute(_LADDERS)
    return Rules(
        calendar=Calendar(
            overrides=dict(overrides.all()),
            published_years=frozenset(session.scalars(_YEARS)),
        ),
        policies=tuple(_policy(row) for row in session.execute(_POLICIES)),
        ladders={(name, n): load_ladder(name, n, *said) for name, n, *said in ladders},
    )


def _policy(values: Iterable[Any]) -> Policy:
    said = dict(zip(_SAID, values, strict=True))
    return Policy(area=said.pop("area_code"), unit=Unit(said.pop("unit")), **said)
