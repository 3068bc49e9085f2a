"""The blueprint of units and inspectors, and what its pages share.

Nothing here may say what kind of matter an item comes from, or that somebody reported it: what a
page can show is decided in `ledger.holding`, and a test reads every page for forbidden words.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as WerkzeugResponse

from caseflow import words
from caseflow.deadlines.rules import Rules, rules_of
from caseflow.escalation.drafted import Documents, documents
from caseflow.ledger.holding import Holding, reference
from caseflow.people.scope import Scope, scope_of
from caseflow.people.tables import Unit
from caseflow.web import edge
from caseflow.web.clocks import ClockView, clock_views
from caseflow.web.locale import gettext
from caseflow.web.proof import piece_limits

Page = str | tuple[str, int] | Response | WerkzeugResponse

blueprint = Blueprint("unit", __name__, url_prefix="/unit")

TITLE = 40


def scope() -> Scope:
    """Return what whoever is signed in holds."""
    return scope_of(edge.actor())


def fresh_nonce() -> str:
    """Return a form's own number, under which its large files wait."""
    return secrets.token_urlsafe(18)


def large_limits() -> dict[str, object]:
    """Return what a file field here says to the scripts: its limits, and where large files go."""
    return piece_limits(url_for("unit.begin_pieces"))


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
    if holding.still:
        return gettext("暂停办理")
    if holding.turn and item.state == "rectifying" and item.signed_at is None:
        return gettext(words.ITEM_STATES["dispatched"])
    if not holding.turn and item.state == "rectifying":
        return gettext("已转整改")
    return gettext(words.ITEM_STATES[item.state])


@dataclass(frozen=True)
class Times:
    """What due moments are told by: the rules, the moment, what was issued to the unit."""

    rules: Rules
    now: datetime
    documents: Documents

    @classmethod
    def of(cls, session: Session, held: Sequence[Holding]) -> "Times":
        """Read it once for everything on a page."""
        clocks = [clock for holding in held for clock in holding.clocks]
        return cls(rules_of(session), edge.now(), documents(session, clocks))


def views(times: Times, holding: Holding) -> list[ClockView]:
    """Return the due moments of an item, the one that ends first first."""
    return clock_views(times.rules, holding.clocks, times.now, times.documents, outside=True)


def line(times: Times, holding: Holding) -> Line:
    """Return an item as a line of the list."""
    shown = views(times, holding)
    said = " ".join((holding.rectification or holding.task).split())
    return Line(
        id=holding.item.id,
        reference=reference(holding.item.id),
        title=said[:TITLE] + ("…" if len(said) > TITLE else "") or gettext("（没有说明）"),
        state=holding.item.state,
        state_label=state_label(holding),
        clock=shown[0] if shown else None,
    )


def lines(times: Times, held: Sequence[Holding]) -> list[Line]:
    """Return items as lines of the list."""
    return [line(times, holding) for holding in held]
