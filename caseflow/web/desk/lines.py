"""Cases as one line each, for the two columns beside the sheet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from caseflow import words
from caseflow.clock import local
from caseflow.deadlines.rules import rules_of
from caseflow.deadlines.tables import Clock
from caseflow.escalation.drafted import documents
from caseflow.intake.known import Earlier
from caseflow.intake.owed import Debt
from caseflow.ledger.tables import Case
from caseflow.web import edge
from caseflow.web.clocks import ClockView, clock_view
from caseflow.web.locale import day_text, gettext
from caseflow.web.same_words import reasons_told


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
    reasons: Sequence[str] = ()


def earlier(session: Session, found: Sequence[Earlier]) -> list[Line]:
    """Return earlier cases as lines."""
    views = _views(session, [each.clock for each in found if each.clock])
    return [
        replace(
            _line(each.case, each.clock, views), reasons=reasons_told(each.reasons, each.likeness)
        )
        for each in found
    ]


def debts(session: Session, found: Mapping[str, Sequence[Debt]]) -> dict[str, list[Line]]:
    """Return what is owed as lines, by the name of the clock."""
    views = _views(session, [debt.clock for owed in found.values() for debt in owed])
    return {
        name: [_line(debt.case, debt.clock, views) for debt in owed] for name, owed in found.items()
    }


def _views(session: Session, clocks: Sequence[Clock]) -> dict[int, ClockView]:
    rules, drafted = rules_of(session), documents(session, clocks)
    return {one.id: clock_view(rules, one, edge.now(), drafted) for one in clocks}


def _line(case: Case, clock: Clock | None, views: Mapping[int, ClockView]) -> Line:
    return Line(
        href=f"/console/cases/{case.number}",
        number=case.number,
        kind=case.kind,
        text=case.matter,
        state=case.state,
        state_label=gettext(words.CASE_STATES[case.state]),
        urgent=case.urgent,
        opened=day_text(local(case.opened_at).date()),
        clock=views[clock.id] if clock else None,
    )
