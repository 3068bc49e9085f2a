"""The model's proposals (拟不予受理, 拟转送): one proposes, a supervisor approves or refuses, and
what was approved nobody looks at again (docs/decisions/0024).
"""

from datetime import datetime

from tests.model.calling import countersigned
from tests.model.case_moves import left
from tests.model.matters import Case, Refused, may, need, not_ordered
from tests.model.office import Person
from tests.model.things import Proposal, Said


def propose_decline(case: Case, person: Person, said: Said, now: datetime) -> None:
    """Not to accept it."""
    _propose(case, person, "decline", now)


def propose_refer(case: Case, person: Person, said: Said, now: datetime) -> None:
    """To send it on."""
    _propose(case, person, "refer", now)


def _propose(case: Case, person: Person, move: str, now: datetime) -> None:
    """The case goes on meanwhile; one waits at the most, beside no shelving that was asked for."""
    may(person, f"propose_{move}", case)
    need(case.proposal is None, "proposed already")
    need(case.shelving is None, "asked already")
    countersigned(case)
    not_ordered(case)
    case.proposal = Proposal(person.name, move)
    case.start("consent", "case", now)


def approve(case: Case, person: Person, said: Said, now: datetime) -> None:
    """It happens at once, as if the supervisor had decided alone."""
    proposal = _decides(case, person, "approve")
    countersigned(case)
    not_ordered(case)
    case.meet("case", now, "consent")
    left(case, {"decline": "declined", "refer": "referred"}[proposal.move], now)


def refuse_proposal(case: Case, person: Person, said: Said, now: datetime) -> None:
    """It goes on as it was."""
    _decides(case, person, "refuse_proposal")
    case.proposal = None
    case.meet("case", now, "consent")


def _decides(case: Case, person: Person, move: str) -> Proposal:
    may(person, move, case)
    if case.proposal is None:
        raise Refused("nothing proposed")
    need(case.proposal.by != person.name, "four eyes")
    return case.proposal


MOVES = {move.__name__: move for move in (propose_decline, propose_refer, approve, refuse_proposal)}
