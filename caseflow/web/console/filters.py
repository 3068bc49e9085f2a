"""The filters of the work list: what the address says, and menus with counts beside each choice."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request, url_for

from caseflow import words
from caseflow.deadlines.calendar import Unit
from caseflow.deadlines.ladder import Ladder
from caseflow.deadlines.steps import MOST_STEPS
from caseflow.errors import Told
from caseflow.ledger.listing import Group
from caseflow.ledger.queries import Filters
from caseflow.ledger.states import CASE_STATES, KINDS, OPEN_CASE_STATES
from caseflow.people.actor import Actor
from caseflow.refs import whole
from caseflow.web.clocks import document_label
from caseflow.web.locale import gettext

# The rungs of the units' ladder that a list is narrowed to: this one or a higher one. Everything
# that is late has been reminded of.
_RUNGS = range(2, MOST_STEPS + 1)
Test = Callable[[Group], bool]

# Whose they are: those whose next step is one's own, one's own, nobody's.
_WHOSE: dict[str, tuple[str, Test]] = {
    "turn": ("等我办的", lambda group: group.turn),
    "1": ("我承办的", lambda group: group.mine),
    "none": ("未分派", lambda group: group.nobodys),
}
# Of a colleague who is away and in whose place one is, by the colleague's id.
_INSTEAD = "for-"
_STATES = ("open", *CASE_STATES, "closed", "all")


@dataclass(frozen=True)
class Chosen:
    """What the address asks for: as the query takes it, and as the address says it.

    `instead`: names, by id, of those in whose place the reader is.
    """

    narrowed: Filters
    address: dict[str, str]
    instead: Mapping[int, str]


@dataclass(frozen=True)
class Choice:
    """One line of a menu."""

    href: str
    label: str
    count: int | None
    selected: bool


@dataclass(frozen=True)
class Menu:
    """One filter."""

    label: str
    choices: list[Choice]


def chosen(actor: Actor, now: datetime, instead: Mapping[int, str]) -> Chosen:
    """Read the filters from the address; what it does not know is left out."""
    said = request.args
    address: dict[str, str] = {}
    state = said.get("state", "open")
    if state in _STATES and state != "open":
        address["state"] = state
    kind = said.get("kind", "")
    if kind in KINDS:
        address["kind"] = kind
    rung = said.get("rung", "")
    if whole(rung) in _RUNGS:
        address["rung"] = rung
    if said.get("mine", "") in (*_WHOSE, *map(instead_of, instead)):
        address["mine"] = said["mine"]
    if said.get("overdue") == "1":
        address["overdue"] = "1"
    state = address.get("state", "open")
    narrowed = Filters(
        state="" if state == "all" else state,
        kind=address.get("kind", ""),
        handler=_handler(actor, address, instead),
        turn=actor if address.get("mine") == "turn" else None,
        nobodys=address.get("mine") == "none",
        overdue_at=now if "overdue" in address else None,
        rung=int(address.get("rung", "0")),
    )
    return Chosen(narrowed, address, instead)


def instead_of(user_id: int) -> str:
    """Return what the address says for the cases of somebody in whose place one is."""
    return f"{_INSTEAD}{user_id}"


def _handler(actor: Actor, address: dict[str, str], instead: Mapping[int, str]) -> int | None:
    """Return whose cases are asked for; None for anybody's."""
    mine = address.get("mine", "")
    return actor.id if mine == "1" else next((o for o in instead if instead_of(o) == mine), None)


def _tests(address: dict[str, str]) -> dict[str, Test]:
    """Return what each filter that is set lets through."""
    tests: dict[str, Test] = {}
    state, kind, rung = address.get("state"), address.get("kind"), int(address.get("rung", "0"))
    if state in OPEN_CASE_STATES:
        tests["state"] = lambda group: group.state == state
    if kind:
        tests["kind"] = lambda group: group.kind == kind
    if rung:
        tests["rung"] = lambda group: group.rung >= rung
    if address.get("mine") in _WHOSE:
        tests["mine"] = _WHOSE[address["mine"]][1]
    if "overdue" in address:
        tests["overdue"] = lambda group: group.overdue
    return tests


def menus(now_chosen: Chosen, groups: Sequence[Group], ladder: Ladder) -> list[Menu]:
    """Return the filters with how many open cases each choice would show beside the others set.

    `ladder`: the newest one for units, after whose steps its rungs are named.

    Ended cases are not counted: their number only grows and nobody waits for it.
    """
    return [
        Menu(gettext("状态"), _choices(now_chosen, groups, "state", _states())),
        Menu(gettext("类型"), _choices(now_chosen, groups, "kind", _kinds())),
        Menu(gettext("承办"), _choices(now_chosen, groups, "mine", _whose(now_chosen))),
        Menu(gettext("时限"), _choices(now_chosen, groups, "overdue", [("1", "已超期")])),
        Menu(gettext("督办"), _choices(now_chosen, groups, "rung", _rungs(ladder))),
    ]


def _states() -> list[tuple[str, str]]:
    running = [(state, words.CASE_STATES[state]) for state in OPEN_CASE_STATES]
    # `closed` asks for every ended state (queries.Filters), so the state itself has no line.
    others = [
        (state, words.CASE_STATES[state])
        for state in CASE_STATES
        if state not in (*OPEN_CASE_STATES, "closed")
    ]
    return [*running, ("closed", "全部已结束"), *others, ("all", "不论状态")]


def _kinds() -> list[tuple[str, str]]:
    return list(words.KINDS.items())


def _whose(now_chosen: Chosen) -> list[tuple[str, str]]:
    own = [(value, label) for value, (label, _) in _WHOSE.items()]
    return own + [
        (instead_of(one), Told("代理 %(who)s 的", who=name))
        for one, name in now_chosen.instead.items()
    ]


def _rungs(ladder: Ladder) -> list[tuple[str, str]]:
    """Return the rungs by name; a document is called as a draft is, since some are no more."""
    steps = [step for step in ladder.variant(Unit.working_days) if step.n in _RUNGS]
    names = [document_label(one.action, one.label, one.n, "draft") for one in steps]
    above = [gettext("%(what)s以上", what=name) for name in names[:-1]]
    return [(str(one.n), name) for one, name in zip(steps, above + names[-1:], strict=True)]


def _choices(
    now_chosen: Chosen, groups: Sequence[Group], name: str, options: list[tuple[str, str]]
) -> list[Choice]:
    address = now_chosen.address
    others = {other: value for other, value in address.items() if other != name}
    left = _left(groups, others)
    first = gettext("未办结") if name == "state" else gettext("全部")
    found = [Choice(address_of(others), first, _count(left, others), name not in address)]
    for value, label in options:
        with_it = {**others, name: value}
        chosen_now = address.get(name) == value
        count = _count(_left(left, {name: value}), with_it)
        found.append(Choice(address_of(with_it), gettext(label), count, chosen_now))
    return found


def heading(now_chosen: Chosen, groups: Sequence[Group], own: int) -> tuple[str, str, str]:
    """Return what the list is called, how many wait for the reader, and what else is said beside
    it; ended cases are not counted, shelved ones apart. `own`: the number that the navigation
    shows.
    """
    if not _ended(now_chosen.address):
        apart = sum(group.count for group in groups if group.state == "shelved")
        others = sum(group.count for group in groups) - apart
        told = gettext("未办结 %(n)s 件，批示和紧急的在前，其余按期限先后", n=others)
        told += gettext("；另有挂账 %(n)s 件", n=apart) if apart else ""
        return gettext("待办"), gettext("等您办的 %(n)s 件。", n=own) if own else "", told
    state = now_chosen.address["state"]
    title = gettext("全部办件") if state == "all" else gettext("已结束的办件")
    if state == "closed":
        return title, "", gettext("最新的在前")
    return title, "", gettext("%(which)s，最新的在前", which=gettext(dict(_states())[state]))


def _ended(address: dict[str, str]) -> bool:
    return address.get("state", "open") not in ("open", *OPEN_CASE_STATES)


def _left(groups: Sequence[Group], address: dict[str, str]) -> Sequence[Group]:
    """Return the groups that some filters let through."""
    for test in _tests(address).values():
        groups = [group for group in groups if test(group)]
    return groups


def _count(left: Sequence[Group], address: dict[str, str]) -> int | None:
    if _ended(address) or address.get("mine", "").startswith(_INSTEAD):
        return None  # what is a colleague's is not among the marks of a group
    return sum(group.count for group in left)


def address_of(address: dict[str, str], **more: str) -> str:
    """Return the address of the work list with these filters."""
    values: dict[str, Any] = {**address, **more}
    return url_for("console.work_list", **values)
