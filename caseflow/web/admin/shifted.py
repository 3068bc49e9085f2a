"""Promises that a change would move, as previews list them: numbers, never a word of a case."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from caseflow import words
from caseflow.ledger.moves.recompute import Shift
from caseflow.ledger.outbox_reach import case_numbers
from caseflow.web.clocks import due_text
from caseflow.web.edge import actor, rooms
from caseflow.web.locale import gettext

SHOWN = 50


def shift_rows(
    session: Session, shifts: Sequence[Shift], shown: int = SHOWN
) -> tuple[list[dict[str, Any]], int]:
    """Return the first clocks that move as rows, and how many more there are."""
    first = shifts[:shown]
    known = case_numbers(session, actor(), {shift.case_id for shift in first}, rooms().area)
    rows = [
        {
            "number": named(shift.case_id, known),
            "clock": gettext(words.CLOCKS[shift.name]),
            "old": due_text(shift.old),
            "new": due_text(shift.new),
            "earlier": shift.new < shift.old,
            "late": shift.late,
        }
        for shift in first
    ]
    return rows, len(shifts) - len(rows)


def named(case_id: int | None, known: Mapping[int | None, str]) -> str:
    """Return how a promise is named to a reader, who may not know of every case."""
    if case_id is None:
        return gettext("隔离区")
    return known.get(case_id) or gettext("您须回避的办件")
