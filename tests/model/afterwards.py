"""The model's answers after the end: to a further word of a reporter, on its own, and to a further
report on a matter that is ended (终结), which is declined (docs/decisions/0030).
"""

from datetime import datetime

from tests.model.case_moves import decline
from tests.model.matters import Case, Sent, may, need
from tests.model.office import Person, reaches
from tests.model.promises import Promise
from tests.model.reviewing import CLAIMS
from tests.model.things import Said

AT_ONCE = ("telephone", "track", "impossible")


def owed(case: Case) -> list[Promise]:
    """Return what is promised to those who said more after the end."""
    return [one for one in case.alive("all", "reply") if one.on.startswith("later")]


def answer_later(case: Case, person: Person, said: Said, now: datetime) -> None:
    """The `which`-th word of a report's sender, once: the case stays over."""
    may(person, "answer_later", case)
    need(said.report in case.letters, "no such report")
    letter = case.letters[said.report]
    on = letter.word(said.which)
    need(bool(case.alive(on, "reply")), "no word waits")
    need(not case.is_on_its_way(on), "an answer is on its way")
    need(said.way != "message" or "email" in letter.reach, "no address")
    case.sent[letter.n] = now
    if said.way in AT_ONCE:
        case.meet(on, now, "reply", "notice")
    else:
        case.waiting.append(Sent(letter, case.reopened, said.which))


def decline_ended(case: Case, other: Case, person: Person, said: Said, now: datetime) -> None:
    """What repeats an ended matter is declined and linked to it; only who asked for something of
    their own could have it judged to its end.
    """
    need(case.kind in CLAIMS, "no matter that ends")
    need(reaches(person, other.area, other.about), "out of sight")
    need(other.ended, "the other is not ended")
    decline(case, person, said, now)
    case.same_as = other


MOVES = {"answer_later": answer_later}
TWO = {"decline_ended": decline_ended}
