"""What the filters hand on: a letter on its way into the ledger, or why it is set aside."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from caseflow.intake.channels.mailbox.parse import Parsed
from caseflow.intake.report import IncomingReport
from caseflow.intake.rooms import Rooms


@dataclass(frozen=True)
class Letter:
    """A letter that a filter let pass.

    `report`: what it will be registered as; `claims`: id of the case that it says it belongs to
    without proof, and `why` (`Claim.why`); `question`: the reporter was asked, and this may answer.
    """

    parsed: Parsed
    report: IncomingReport
    claims: int | None = None
    why: str = ""


@dataclass(frozen=True)
class Aside:
    """It is kept whole in quarantine, and for this reason, which holds no personal data.

    `settled`: nobody need look, because of what is said here; it is listed all the same. `case_id`:
    the case that it has to do with.
    """

    reason: str
    settled: str = ""
    case_id: int | None = None


Filter = Callable[[Session, Rooms, Letter, datetime], Letter | Aside]
"""Lets a letter pass, changed or not, or sets it aside; reads and writes in this transaction."""
