"""What whoever reports is promised, in plain words: on every receipt and in the letter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from caseflow.clock import local
from caseflow.deadlines.tables import Clock
from caseflow.web.clocks import due_text
from caseflow.web.locale import gettext

_PROMISES = {
    "immediate": "有人接手",
    "notice": "告诉您是否受理",
    "reply": "答复您",
    "call_back": "电话回访",
}
# Once the decision shows on the tracking page nobody waits for being told of it.
_UNDECIDED = ("received", "supplementing")


@dataclass(frozen=True)
class Promise:
    """What comes and by when; `paper` is as true tomorrow, which "today" is not."""

    what: str
    text: str
    paper: str


def promised(clocks: Sequence[Clock], state: str, now: datetime) -> list[Promise]:
    """Return what comes next in words."""
    return [_promise(clock, now) for clock in worth_telling(clocks, state)]


def worth_telling(clocks: Sequence[Clock], state: str) -> list[Clock]:
    """Return what comes next: whether it is accepted only while that is open and comes first."""
    replies = [clock.due for clock in clocks if clock.name == "reply"]
    return [
        clock
        for clock in clocks
        if clock.name != "notice"
        or (state in _UNDECIDED and all(clock.due < reply for reply in replies))
    ]


def _promise(clock: Clock, now: datetime) -> Promise:
    """Return one promise in words; a broken one says so."""
    what = gettext(_PROMISES[clock.name])
    soon, plain = _when(clock.due, now), due_text(clock.due)
    return Promise(what, _text(clock, now, soon), _text(clock, now, plain))


def _text(clock: Clock, now: datetime, due: str) -> str:
    if clock.state == "paused":
        return gettext("等您回答期间暂停计算")
    if clock.due <= now:
        return gettext("应在 %(due)s 前完成，现已超期，我们正在催办。", due=due)
    if clock.provisional:
        return gettext("最晚 %(due)s（节假日安排公布前为暂定）", due=due)
    return gettext("最晚 %(due)s", due=due)


def _when(due: datetime, now: datetime) -> str:
    """Return a due moment; one of the next hours without its day, read in a hurry."""
    here = local(due)
    if due > now and here.date() == local(now).date():
        return gettext("今天 %(time)s", time=f"{here:%H:%M}")
    return due_text(due)
