"""What becomes of a telephone call, told in any order and twice: a pure function of what was heard.

Each fact is the earliest moment that anybody told, so that the same messages give the same call,
whichever came first and how often each came.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce

WHATS = ("ringing", "answered", "hung_up", "recording")
"""What an exchange tells of a call."""

OUTCOMES = ("ringing", "talking", "answered", "missed", "voicemail")
UNANSWERED = ("missed", "voicemail")

_NOBODY = 0  # sorts before every person


@dataclass(frozen=True)
class Heard:
    """One thing told of a call: `what` of `WHATS`, when, and about which person of the office: whom
    it rings at, or who answered.
    """

    what: str
    at: datetime
    whom: int | None = None


@dataclass(frozen=True)
class Facts:
    """All that is known of one call. `ringing`: whom it rang at last, and since when; `recorded`:
    something was recorded of it.
    """

    began: datetime
    ringing: tuple[datetime, int] | None = None
    answered: datetime | None = None
    answered_by: int | None = None
    ended: datetime | None = None
    recorded: bool = False

    @property
    def outcome(self) -> str:
        """One of `OUTCOMES`. What was recorded of a call that nobody answered is a voicemail."""
        if self.answered is not None:
            return "talking" if self.ended is None else "answered"
        if self.recorded:
            return "voicemail"
        return "ringing" if self.ended is None else "missed"


def after(facts: Facts | None, heard: Heard) -> Facts:
    """Return what is known once this was heard too."""
    known = Facts(heard.at) if facts is None else facts
    known = replace(known, began=min(known.began, heard.at))
    return _TAKEN[heard.what](known, heard)


def of(heard: Iterable[Heard]) -> Facts | None:
    """Return what is known of a call of which all this was heard; None where nothing was."""
    return reduce(after, heard, None)


def _rings(known: Facts, heard: Heard) -> Facts:
    if heard.whom is None:
        return known
    rung = (heard.at, heard.whom)
    return replace(known, ringing=max(known.ringing or rung, rung))


def _answered(known: Facts, heard: Heard) -> Facts:
    """The earliest answer counts, and of one moment the one that says who it was."""
    before = [] if known.answered is None else [(known.answered, -(known.answered_by or _NOBODY))]
    at, who = min([*before, (heard.at, -(heard.whom or _NOBODY))])
    return replace(known, answered=at, answered_by=-who or None)


def _hung_up(known: Facts, heard: Heard) -> Facts:
    return replace(known, ended=min(known.ended or heard.at, heard.at))


def _recorded(known: Facts, _heard: Heard) -> Facts:
    return replace(known, recorded=True)


_TAKEN = {
    "ringing": _rings,
    "answered": _answered,
    "hung_up": _hung_up,
    "recording": _recorded,
}
