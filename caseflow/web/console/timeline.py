"""The story of a case for the screen: its entries, newest first, and the documents beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flask import url_for

from caseflow import words
from caseflow.escalation.tables import Order
from caseflow.ledger.dossier import Dossier, Happened
from caseflow.ledger.tables import Item
from caseflow.people.actor import REPORTER_ROLE, SYSTEM_ROLE
from caseflow.web.clocks import document_label, with_state
from caseflow.web.console.tellers import TELLERS, plain
from caseflow.web.locale import gettext, moment_text


@dataclass(frozen=True)
class Line:
    """One entry as `components/timeline.html` expects it."""

    what: str
    who: str
    at: str
    iso: str
    text: str
    machine: bool
    rung: str = ""
    files: Sequence[dict[str, str]] = field(default_factory=tuple)


@dataclass(frozen=True)
class Paper:
    """A document of the case in the list beside it."""

    id: int
    label: str
    number: str
    state: str


def told(dossier: Dossier, orders: Sequence[Order], since: int = 0) -> list[Line]:
    """Return the entries after number `since`, newest first; `orders`: those of the case."""
    story = Story(dossier, orders)
    return [story.line(entry) for entry in dossier.entries if entry.n > since]


def papers(dossier: Dossier, orders: Sequence[Order]) -> list[Paper]:
    """Return the documents of a case, under the names that the screen may give them."""
    story = Story(dossier, orders)
    return [Paper(one.id, story.name(one), one.number or "", one.state) for one in orders]


class Story:
    """Tells the entries of one case."""

    def __init__(self, dossier: Dossier, orders: Sequence[Order]) -> None:
        """Tell from this dossier and the case's orders; nothing is loaded here."""
        self.dossier = dossier
        self.orders = {order.id: order for order in orders}

    @cached_property
    def items(self) -> dict[int, Item]:
        """The items by id."""
        return {item.id: item for item in self.dossier.items}

    @cached_property
    def climbed(self) -> dict[int, Mapping[str, Any]]:
        """What is known of the rung that drafted a document, by the document's id."""
        rungs = [entry.facts for entry in self.dossier.of_items if entry.verb == "rung"]
        return {facts["order"]: facts for facts in rungs if facts.get("order")}

    def name(self, order: Order) -> str:
        """Return what the screen calls a document."""
        n = self.climbed.get(order.id, {}).get("rung", "")
        return document_label(order.kind, words.ACTIONS[order.kind], n, order.state)

    def state(self, order_id: object) -> str:
        """Return the state of the document that a rung drafted."""
        order = self.orders.get(order_id) if isinstance(order_id, int) else None
        return order.state if order else "draft"

    def line(self, entry: Happened) -> Line:
        """Return one entry for the screen."""
        tell = TELLERS.get(entry.verb, plain)
        what, text = tell(self, entry)
        item = self.items.get(entry.item_id or 0)
        gone = self.dossier.gone.get(entry.item_id or 0)
        if item is not None:
            what = gettext("问题项 %(n)s：%(what)s", n=item.n, what=what)
        elif gone is not None:
            what = gettext("原问题项 %(n)s：%(what)s", n=gone.n, what=what)
        return Line(
            what=what,
            who=self._who(entry),
            at=moment_text(entry.at),
            iso=entry.at.isoformat(),
            text=text,
            machine=entry.role == SYSTEM_ROLE and entry.verb not in _LOUD,
            rung=self._rung(entry),
            files=self._files(entry),
        )

    def _rung(self, entry: Happened) -> str:
        if entry.verb != "rung":
            return ""
        return rung_text(entry.facts, self.state(entry.facts.get("order")))

    def _who(self, entry: Happened) -> str:
        if entry.role == REPORTER_ROLE:
            return gettext("反映人")
        return self.dossier.person(entry.user_id)

    def _files(self, entry: Happened) -> tuple[dict[str, str], ...]:
        if entry.verb != "hand_in":
            return ()
        return tuple(
            {"href": url_for("console.evidence", evidence_id=one.id), "name": one.name}
            for one, _ in self.dossier.evidence.get(entry.item_id or 0, ())
            if one.at == entry.at and one.blob_id == entry.facts.get("blob")
        )


# What the machine noted and somebody must now see to: never folded among its other notes.
_LOUD = ("reply_failed", "go_along", "split_from")


def rung_text(facts: Mapping[str, Any], state: str = "draft") -> str:
    """Return which rung was climbed, from the facts of its entry; `state`: that of its document."""
    action = str(facts["action"])
    label = document_label(action, words.ACTIONS[action], facts["rung"], state)
    return with_state(label, state) if facts.get("order") else label
