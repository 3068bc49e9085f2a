"""The blueprint of units and inspectors, and what its pages share.

Nothing here may say what kind of matter an item comes from, or that somebody reported it: what a
page can show is decided in `ledger.holding`, and a test reads every page for forbidden words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as WerkzeugResponse

from caseflow import words
from caseflow.deadlines.rules import Rules
from caseflow.ledger.holding import Holding, reference
from caseflow.people.scope import Scope, scope_of
from caseflow.people.tables import Unit
from caseflow.web import edge
from caseflow.web.clocks import ClockView, clock_views
from caseflow.web.locale import gettext

Page = str | tuple[str, int] | Response | WerkzeugResponse

blueprint = Blueprint("unit", __name__, url_prefix="/unit")

TITLE = 40


def scope() -> Scope:
    """Return what whoever is signed in holds."""
    return scope_of(edge.actor())


@dataclass(frozen=True)
class Bearer:
    """Whose page it is: the unit's name, or the inspector's duty."""

    name: str


def bearer(session: Session) -> Bearer:
    """Return the name at the head of the page."""
    me = edge.actor()
    if me.unit is None:
        return Bearer(gettext(words.ROLES[me.role]))
    return Bearer(session.get_one(Unit, me.unit).name)


@dataclass(frozen=True)
class Line:
    """An item in the list; `clock` is the one that ends first, None when nothing is owed."""

    id: int
    reference: str
    title: str
    state: str
    state_label: str
    clock: ClockView | None


def state_label(holding: Holding) -> str:
    """Return the item's state for its holder; what others do with it meanwhile is not said."""
    item = holding.item
    if holding.stopped:
        return gettext("已停止办理")
    if holding.turn and item.state == "rectifying" and item.signed_at is None:
        return gettext(words.ITEM_STATES["dispatched"])
    if not holding.turn and item.state == "rectifying":
        return gettext("已转整改")
    return gettext(words.ITEM_STATES[item.state])


def views(rules: Rules, holding: Holding, now: datetime) -> list[ClockView]:
    """Return the due moments of an item, the one that ends first first."""
    return clock_views(rules, holding.clocks, now)


def line(rules: Rules, holding: Holding, now: datetime) -> Line:
    """Return an item as a line of the list."""
    shown = views(rules, holding, now)
    said = " ".join((holding.task or holding.rectification).split())
    return Line(
        id=holding.item.id,
        reference=reference(holding.item.id),
        title=said[:TITLE] + ("…" if len(said) > TITLE else "") or gettext("（没有说明）"),
        state=holding.item.state,
        state_label=state_label(holding),
        clock=shown[0] if shown else None,
    )


def lines(rules: Rules, held: Sequence[Holding], now: datetime) -> list[Line]:
    """Return items as lines of the list."""
    return [line(rules, holding, now) for holding in held]
