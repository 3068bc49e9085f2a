"""The filters in their order. Each has one subject; the first that sets a letter aside ends it."""

from datetime import datetime

from sqlalchemy.orm import Session

from caseflow.intake.filters import blocked, bounced, loops, machines, stopping, thread
from caseflow.intake.filters.letter import Aside, Filter, Letter
from caseflow.intake.rooms import Rooms

CHAIN: tuple[Filter, ...] = (
    loops.check,
    bounced.check,
    stopping.check,
    machines.check,
    thread.check,
    blocked.check,
)


def run(session: Session, rooms: Rooms, letter: Letter, now: datetime) -> Letter | Aside:
    """Return the letter as it is to be registered, or why it is set aside."""
    passed: Letter | Aside = letter
    for check in CHAIN:
        passed = check(session, rooms, letter, now)
        if isinstance(passed, Aside):
            return passed
        letter = passed
    return letter
