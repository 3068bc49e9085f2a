"""Promises that were counted anew, as the story of a case tells them: of each what it was."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from caseflow import words
from caseflow.web.clocks import due_text
from caseflow.web.locale import gettext, series

Facts = Mapping[str, Any]


def _by_calendar(facts: Facts) -> str:
    return "\n".join(_moved(one) for one in facts.get("clocks", ()))


def _by_rule(facts: Facts) -> str:
    found = facts.get("clocks", ())
    lines = [_moved(one) for one in found if one["old_due"] != one["new_due"]]
    same = _names([one for one in found if one["old_due"] == one["new_due"]])
    if same:
        lines.append(gettext("到期时间不变，改按新规则：%(what)s", what=same))
    return "\n".join(lines)


def _by_ladder(facts: Facts) -> str:
    return gettext(
        "到期时间不变，改按第 %(n)s 版督办阶梯：%(what)s",
        n=facts.get("version"),
        what=_names(facts.get("clocks", ())),
    )


def _moved(one: Facts) -> str:
    return gettext(
        "%(what)s：%(before)s → %(after)s",
        what=_name(one),
        before=due_text(datetime.fromisoformat(one["old_due"])),
        after=due_text(datetime.fromisoformat(one["new_due"])),
    )


def _names(found: Sequence[Facts]) -> str:
    return series(dict.fromkeys(_name(one) for one in found))


def _name(one: Facts) -> str:
    return gettext(words.CLOCKS[one["name"]])


TEXTS: Mapping[str, Callable[[Facts], str]] = MappingProxyType(
    {"recalendar": _by_calendar, "recompute": _by_rule, "climb_anew": _by_ladder}
)
"""By the verb of the entry."""
