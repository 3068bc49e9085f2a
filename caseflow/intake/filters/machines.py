"""Mail that a machine wrote: a person looks at it, and nobody answers."""

from datetime import datetime

from sqlalchemy.orm import Session

from caseflow.intake.filters.letter import Aside, Letter
from caseflow.intake.rooms import Rooms


def check(_session: Session, _rooms: Rooms, letter: Letter, _now: datetime) -> Letter | Aside:
    """Set aside what says, or plainly is, a machine's."""
    return Aside(letter.parsed.automatic) if letter.parsed.automatic else letter
