"""Cases as one line each, for the two columns beside the sheet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from caseflow import words
from caseflow.clock import local
from caseflow.deadlines.rules import rules_of
from caseflow.deadlines.tables import Clock
from caseflow.intake.known import Earlier
from caseflow.intake.owed import Debt
from caseflow.ledger.tables import Case
from caseflow.web import edge
from caseflow.web.clocks import ClockView, clock_view
from caseflow.web.locale import day_text, gettext


@dataclass(frozen=True)
class Line:
    """One case in one line; `clock` is None when nothing runs."""

    href: str
    number: str
    kind: str
    text: str
    state: str
    state_label: str
    urgent: bool
    opened: str
    clock: ClockView | None


def earlier(session: Session, found: Sequence[Earlier]) -> list[Line]:
    """Return earlier cases as lines."""
    return [_line(session, each.case, each.clock) for each in found]


def debts(session: Session, found: Mapping[str, Sequence[Debt]]) -> dict[str, list[Line]]:
    """Return what is owed as lines, by the name of the clock."""
    return {
        name: [_line(session, debt.case, debt.clock) for debt in owed]
        for name, owed in found.items()
    }


def _line(session: Session, case: Case, clock: Clock | None) -> Line:
    return Line(
        href=f"/console/cases/{case.number}",
        number=case.number,
        kind=case.kind,
        text=case.matter,
        state=case.state,
        state_label=gettext(words.CASE_STATES[case.state]),
        urgent=case.urgent,
        opened=day_text(local(case.opened_at).date()),
        clock=clock_view(rules_of(session), clock, edge.now()) if clock else None,
    )
