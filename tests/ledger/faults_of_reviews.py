"""Deliberate faults in reviews and in what comes after the end, like those of `faults`."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from caseflow.ledger import gate, reviews
from caseflow.ledger.moves import afterwards, opening, record, reviewing
from tests.ledger import scenes_of_reviews as scenes
from tests.ledger.faults import Fault


def _nothing(*_args: Any, **_kwargs: Any) -> None:
    return None


def _whoever(_session: Any, actor: Any, *_args: Any, **_kwargs: Any) -> Any:
    return actor.person


def _never_asked(session: Any, case: Any, reports: Any) -> Any:
    found = _REMEDIES(session, case, reports)
    return {key: replace(one, row=None) for key, one in found.items()}


def _a_year(session: Any, case: Any, answered: Any) -> Any:
    return _UNTIL(session, case, answered) + timedelta(days=365)


def _two_up(session: Any, case: Any) -> Any:
    above = _ABOVE(session, case)
    parent = session.get(type(above), above.parent_code) if above is not None else None
    return parent or above


def _by_category(case: Any) -> Any:
    return replace(_MATTER(case), category=case.category)


_REMEDIES, _UNTIL, _ABOVE = reviews.remedies, reviews.until, reviews.office_above
_MATTER = record.matter_of

FAULTS: dict[str, Fault] = {
    "an answer is reviewed whenever somebody asks": Fault(
        lambda: [(reviews, "until", _a_year)], scenes.too_late, "review: asked too late"
    ),
    "an answer is reviewed as often as one likes": Fault(
        lambda: [(reviews, "remedies", _never_asked)],
        scenes.reviewed_twice,
        "UNIQUE .*(channel_key|review)",
    ),
    "a question is reviewed": Fault(
        lambda: [(reviews, "CLAIMS", ("question", "complaint", "help", "tip"))],
        scenes.too_late,
        "review: nobody asked for anything",
    ),
    "it goes two offices up": Fault(
        lambda: [(reviews, "office_above", _two_up)],
        scenes.reviewed_twice,
        "review: not by the next office",
    ),
    "there is a third review": Fault(
        lambda: [(reviews, "FINAL", 3), (reviewing, "FINAL", 3)],
        scenes.reviewed_twice,
        "ck_review_stage|review: (a third one|ended)",
    ),
    "a review is promised by the rule of its kind": Fault(
        lambda: [(opening, "matter_of", _by_category)],
        scenes.reviewed_twice,
        "review: promised by another rule",
    ),
    "a review is worked on like any case": Fault(
        lambda: [(gate, "_require_its_kind", _nothing)],
        scenes.reviewed_twice,
        "review: ",
    ),
    "anybody gives an opinion on their own work": Fault(
        lambda: [(reviews, "had_a_part", lambda *_: False)],
        scenes.done_again,
        "review: an opinion on the own work",
    ),
    "the office below is told nothing": Fault(
        lambda: [(reviewing, "_told", _nothing)],
        scenes.reviewed_twice,
        "review: the office below was told nothing",
    ),
    "what is to be done again is not": Fault(
        lambda: [(reviewing.closing, "reopen", _nothing)],
        scenes.done_again,
        "review: to be done again",
    ),
    "whoever orders a matter done again handles it": Fault(
        lambda: [(reviewing.closing, "_whose", _whoever)],
        scenes.done_again,
        "review: whoever ordered it again",
    ),
    "every review ends the matter": Fault(
        lambda: [(reviewing, "FINAL", 1)],
        scenes.reviewed_twice,
        "review: ended, or not",
    ),
    "whoever writes after the end gets no answer": Fault(
        lambda: [(opening, "_promise_answer", _nothing)],
        scenes.reviewed_twice,
        "afterwards: nobody owes an answer",
    ),
    "what came after the end is answered for ever": Fault(
        lambda: [(afterwards.closing, "_kept", _nothing)],
        scenes.reviewed_twice,
        "afterwards: nobody owes|law 7: ",
    ),
}
