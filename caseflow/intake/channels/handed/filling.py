"""What each piece of an order fills, and the words it was read from. Pure; what does not fit its
field fills none.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from caseflow.crypto.blind import normal_email, normal_phone
from caseflow.intake.channels.handed import moments, words
from caseflow.intake.channels.handed.moments import Within

Ends = Callable[[date, Within], tuple[str, str]]
"""Counts when a stretch ends that began on a day: ISO day and HH:MM, or an empty time."""

_NUMBER = re.compile(r"[×○〇A-Za-z0-9\u3400-\u9fff〔〕\[\]()（）【】_/.-]{2,120}")
_PHONE = re.compile(
    r"(?<![\d])(?:\+?86[- ]?)?(?:1\d{2}[- ]?\d{4}[- ]?\d{4}|0\d{2,3}[- ]?\d{7,8}|\d{7,8})(?!\d)"
)
_NAME = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff·•A-Za-z某*×xX]{1,20}")
_NOBODY = ("匿名", "不详", "无", "保密", "未留", "不愿", "未提供", "不便")  # not said
_YES = ("是", "需", "要", "交办", "报", "√", "有")  # not said
_NO = ("否", "不需", "无需", "不要", "转送", "不用", "无")  # not said


@dataclass(frozen=True)
class Filled:
    """A field's value, and the words of the text that it was read from. `whole`: they say nothing
    else.
    """

    value: str
    words: str
    whole: bool = True


@dataclass(frozen=True)
class Asked:
    """What the reading of one order needs to know: today, and how stretches of time are counted."""

    today: date
    ends: Ends | None = None


def number(said: str) -> Filled | None:
    """Return the number of a matter with its sender."""
    found = _NUMBER.match(moments.half(said))
    return Filled(said[: found.end()], said, found.end() == len(said)) if found else None


def phone(said: str) -> Filled | None:
    """Return the first telephone number that a text holds."""
    for found in _PHONE.finditer(moments.half(said)):
        if normal_phone(found[0]):
            return Filled(found[0], said, found[0] == moments.half(said).strip())
    return None


def name(said: str) -> Filled | None:
    """Return the name that a text begins with; nobody for one who is not named."""
    found = _NAME.match(said)
    if found is None or found[0].startswith(_NOBODY):
        return None
    return Filled(found[0], said, found[0] == said)


def email(said: str) -> Filled | None:
    """Return an e-mail address."""
    return Filled(said, said) if normal_email(said) else None


def short(longest: int) -> Callable[[str], Filled | None]:
    """Return what takes any words that are short enough, and not empty ones."""

    def take(said: str) -> Filled | None:
        line = " ".join(said.split())
        return Filled(line, said) if line and len(line) <= longest else None

    return take


def of(group: str) -> Callable[[str], Filled | None]:
    """Return what takes a word for a kind or a category."""

    def take(said: str) -> Filled | None:
        code, word = words.known_as(group, said)
        return Filled(code, said, word == said) if code else None

    return take


def wish(said: str) -> Filled | None:
    """Return that a report back is wanted, or nothing where it is not."""
    if said.startswith(_NO) or not said.startswith(_YES):
        return None
    return Filled("1", said)


SIMPLE: Mapping[str, Callable[[str], Filled | None]] = {
    "sender_number": number,
    "sender": short(120),
    "name": name,
    "phone": phone,
    "address": short(200),
    "email": email,
    "kind": of("kinds"),
    "category": of("categories"),
    "unit": short(120),
    "place": short(200),
    "happened": short(200),
    "title": short(200),
    "report_back": wish,
}


def moment(said: str, asked: Asked, began: date | None) -> tuple[str, str, bool] | None:
    """Return ISO day, HH:MM or empty, and whether the words say nothing else; None for no moment.

    A stretch (5个工作日) is counted from `began`, or else not at all.
    """
    if found := moments.find(said, asked.today):
        return found.day.isoformat(), found.at.strftime("%H:%M") if found.at else "", True
    stretch = moments.within(said)
    if stretch is None or asked.ends is None or began is None:
        return None
    try:
        return (*asked.ends(began, stretch), True)
    except OverflowError:
        return None
