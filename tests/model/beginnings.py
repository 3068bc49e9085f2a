"""How a story may begin, so that chance meets what it would come to once in a hundred stories: a
matter that is judged to its end, one that two offices handed down, and one that lacked something.
"""

from typing import TYPE_CHECKING, Any

from tests.model.office import DISTRICT, PEOPLE
from tests.model.telling import MOMENT
from tests.model.things import Said

if TYPE_CHECKING:
    from tests.model.play import Story

_OFTEN = 0.45
_PLAIN: dict[str, Any] = {
    "urgent": False,
    "petition": False,
    "agreed": False,
    "imposed": None,
    "category": "",
    "asks": False,
}


def begin(story: "Story") -> None:
    """Begin one of the newest stories in one of these ways, or in none."""
    if story.newest and story.chance.random() < _OFTEN:
        known = (_ended, _handed_down_twice)
        story.chance.choice((*known, _supplemented) if story.latest else known)(story)


def _passes(story: "Story") -> None:
    """No two moves are made in the same moment."""
    story.now += MOMENT


def _supplemented(story: "Story") -> None:
    """Asked for what is missing, who reported answered; it is not asked for a second time."""
    kind = story.chance.choice(("complaint", "tip"))
    urgent = story.chance.random() < 0.3
    story.comes_in(DISTRICT, kind, "email,phone", "school", dict(_PLAIN, urgent=urgent))
    _passes(story)
    story.tries("supplement", 0, PEOPLE["handler"], Said())
    _passes(story)
    if story.chance.random() < 0.5:
        story.tries("retract", 0, None, Said())
    else:
        story.tries("resume", 0, None, Said())
    _passes(story)
    story.tries("supplement", 0, PEOPLE["operator"], Said())
    _passes(story)
    story.tries("mediate", 0, PEOPLE["handler"], Said())


def _ended(story: "Story") -> None:
    """Answered on the spot, upheld by the office above, and by the one above that."""
    story.comes_in(DISTRICT, "complaint", "email,phone", "school", dict(_PLAIN))
    _passes(story)
    story.tries("answer", 0, PEOPLE["operator"], Said())
    for n, judge in enumerate(("city", "province")):
        _passes(story)
        story.tries("ask_review", n, None, Said(report=n, number=n + 1))
        said = Said(report=n + 1, opinion=story.chance.choice(("upheld", "changed")))
        story.tries("opine", n + 1, PEOPLE[judge], said)
    story.comes_in(DISTRICT, "complaint", "phone", "school", dict(_PLAIN))


def _handed_down_twice(story: "Story") -> None:
    """One matter that two offices want to hear of, answered to both reporters."""
    kind = story.chance.choice(("suggestion", "question"))
    for n in range(2):
        story.comes_in(DISTRICT, kind, "phone", "school", dict(_PLAIN, asks=True))
        story.tries("accept", n, PEOPLE["handler"], Said())
    _passes(story)
    story.tries_two("merge", story.cases[1], story.cases[0], "handler")
    story.tries("conclude", 0, PEOPLE["handler"], Said())
    for n in range(2):
        _passes(story)
        story.tries("reply", 0, PEOPLE["handler"], Said(report=n))
