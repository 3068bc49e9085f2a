"""The model's reviews (复查, 复核): the next office above judges an answer, and once more the one
above that; then the matter is ended (docs/decisions/0030).
"""

from datetime import datetime

from tests.model import days
from tests.model.case_moves import reopen, reply
from tests.model.matters import Case, Letter, Review, may, need
from tests.model.office import ABOVE, PEOPLE, Person, reaches
from tests.model.passing import offices
from tests.model.states import IN, REVIEWED
from tests.model.things import Said

CLAIMS = ("help", "complaint")
WITHIN = 30  # calendar days of the answer
LAST = 2
# What leaves nobody a part in how a matter was handled.
NO_PART = (
    *("note", "tell", "ask_review", "reopen", "oversee"),
    *("exclude", "refuse_exclusion", "lift_exclusion"),
)


def ask_review(case: Case, person: Person | None, said: Said, now: datetime) -> Case:
    """By the reporter, or whoever writes it down: once for each answer. It is accepted by that."""
    need(case.state in IN["ask_review"], "the case's state")
    if person is not None:
        may(person, "ask_review", case)
    need(said.report in case.letters, "no such report")
    letter, stage = case.letters[said.report], _stage(case)
    answered = case.replied.get(letter.n)
    need(answered is not None, "not answered")
    need((case.n, case.reopened) not in letter.asked, "asked before")
    need(now < days.calendar_days(answered or now, WITHIN), "too late to ask")
    above = ABOVE[case.area][:1]
    need(bool(above) and above[0] in offices(case), "no office above")
    letter.asked.add((case.n, case.reopened))
    new = Case(above[0], case.kind, False, False, case.about, said.number)
    new.category, new.state = case.category, "accepted"
    new.named |= {case.about} - {""}
    root = case.review.root if case.review else letter
    new.review = Review(stage, case, root)
    own = Letter(new.n, case.kind, False, case.category, False, letter.reach, False, False, new.n)
    own.lies = new
    new.letters[new.n] = own
    due = new.start("resolve", "case", now).due
    new.start("reply", f"report {new.n}", now).due = due
    new.handler = _judge(new)
    return new


def _stage(case: Case) -> int:
    """Return which review there is of what a case answers; refuse where there is none."""
    need(case.kind in CLAIMS, "no review of this kind")
    if case.review is None:
        return 1
    need(case.review.stage < LAST, "the matter is ended")
    need(case.review.result != "redone", "handled again")
    return case.review.stage + 1


def _judge(case: Case) -> str:
    """Return the first in the posts, going up, who may give the opinion."""
    line = [PEOPLE[name] for name in ("supervisor", "city", "province")]
    fit = (one for one in line if reaches(one, case.area, case.about) and is_free(one, case))
    return next((one.name for one in fit), "")


def is_free(person: Person, case: Case) -> bool:
    """Tell whether somebody had no part in what a review judges."""
    if case.review is None:
        return True
    judged = [case.review.of, case.review.root.lies or case]
    for one in judged:
        judged += [one.split_from] if one.split_from else []
    return not any(person.name in one.acted for one in judged)


def opine(case: Case, person: Person, said: Said, now: datetime) -> None:
    """The opinion is the reply. What is to be handled again is, by its own office; what stands
    after the last review ends the matter.
    """
    may(person, "opine", case)
    review = case.review
    need(review is not None and is_free(person, case), "had a part in it")
    need(said.way != "message" or "email" in case.reach[case.n], "no address")
    if review is None or review.root.lies is None:
        return
    root = review.root.lies
    again = root.state in REVIEWED and said.opinion == "redone"
    if again:
        may(person, "reopen", root)
    review.result, case.state = said.opinion, "replying"
    if root.state in REVIEWED and review.stage == LAST:
        root.ended = root.ended or said.opinion != "redone"
    if again:
        reopen(root, person, said, now, ordered=True)
    reply(case, person, Said(report=case.n, way=said.way), now)


MOVES = {"ask_review": ask_review, "opine": opine}
