"""The model's moves that are about who reported: asked once, before anything is decided, for what
is missing (补正); a report taken back (撤回, docs/decisions/0029); a mediation (调解).
"""

from datetime import datetime

from tests.model.case_moves import resume, wait
from tests.model.matters import Case, may, need
from tests.model.office import Person
from tests.model.states import IN
from tests.model.things import Said


def supplement(case: Case, person: Person, said: Said, now: datetime) -> None:
    """Once; whoever asks has dealt with the report, but for danger. Then it is as new."""
    may(person, "supplement", case)
    need(said.report in case.letters, "no such report")
    need(not case.supplemented, "asked once before")
    case.supplemented = True
    case.handled(now)
    wait(case, said, now)


def retract(case: Case, person: Person | None, said: Said, now: datetime) -> None:
    """By the reporter, or whoever writes it down; once for each report until the case is taken up
    anew. It ends only what is asked of them: a question that waits, and the call-back.
    """
    need(case.state in IN["retract"], "the case's state")
    if person is not None:
        may(person, "retract", case)
    need(said.report in case.letters, "no such report")
    letter = case.letters[said.report]
    need(not letter.taken_back, "taken back before")
    letter.taken_back = True
    if case.asked_of == letter.n:
        resume(case, None, said, now)


def mediate(case: Case, person: Person, said: Said, now: datetime) -> None:
    """A record, and nothing else; never of a tip."""
    may(person, "mediate", case)
    need(case.kind != "tip", "a tip is not mediated")


MOVES = {move.__name__: move for move in (supplement, retract, mediate)}
