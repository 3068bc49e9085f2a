"""The model's exclusions from the figures (考核剔除): of what is over, asked by one and decided by
another, lifted by a decision or by handling it again (docs/decisions/0038).
"""

from datetime import datetime

from tests.model.matters import Case, asked, may, need
from tests.model.office import Person
from tests.model.things import Said, Wish


def ask_exclusion(case: Case, person: Person, said: Said, now: datetime) -> None:
    """Asked for once at a time, and not for what is left out already."""
    may(person, "ask_exclusion", case)
    need(case.exclusion is None, "asked already")
    need(not case.left_out, "left out already")
    case.exclusion = Wish(person.name)
    case.start("consent", "case", now)


def exclude(case: Case, person: Person, said: Said, now: datetime) -> None:
    """Left out."""
    _decide(case, person, "exclude", now)
    case.left_out = True


def refuse_exclusion(case: Case, person: Person, said: Said, now: datetime) -> None:
    """It counts."""
    _decide(case, person, "refuse_exclusion", now)


def _decide(case: Case, person: Person, move: str, now: datetime) -> None:
    may(person, move, case)
    asked(case.exclusion, person)
    case.exclusion = None
    case.meet("case", now, "consent")


def lift_exclusion(case: Case, person: Person, said: Said, now: datetime) -> None:
    """It counts again."""
    may(person, "lift_exclusion", case)
    need(case.left_out, "counts already")
    case.left_out = False


def counts_again(case: Case, now: datetime) -> None:
    """What is handled again counts, and nobody need decide any more."""
    case.exclusion, case.left_out = None, False
    case.stop("case", now, "consent")


MOVES = {move.__name__: move for move in (ask_exclusion, exclude, refuse_exclusion, lift_exclusion)}
