"""What whoever holds an item may know of it (design law 9): decided here and nowhere else.

A unit reads the text written for it, its due moments, what it sent itself, why something came
back, and nothing else: no report, no channel, no kind, no other item, no file name of others. It
does not learn the case number either, for two items of one case would betray that they belong
together, and a number counts how many cases there are before it. An item has its own reference
instead, which the office finds it by.

Forms carry a mark of the item rather than the case's `head_n`: that number would move whenever
anything happens elsewhere in the case. The mark is a piece of the chained hash of the item's last
move, so it tells nothing and changes whenever the item does.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from caseflow.deadlines import clocks
from caseflow.deadlines.clocks import ALIVE
from caseflow.deadlines.rules import rules_of
from caseflow.deadlines.tables import Clock
from caseflow.errors import NotFound, Stale
from caseflow.files.tables import Blob
from caseflow.ledger import extensions, gate, queries
from caseflow.ledger.application_tables import Extension
from caseflow.ledger.at_work import at_work
from caseflow.ledger.extensions import Asked, Bar, Decided, Room
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.moves import objecting
from caseflow.ledger.moves.record import whole
from caseflow.ledger.states import BESIDE, COUNTED_APART, ITEM_DONE, ITEM_MOVES, TO_RECTIFY
from caseflow.ledger.tables import Case, Evidence, Finding, Item
from caseflow.people.scope import Scope
from caseflow.people.tables import User

OPEN_AT_ONCE = 100
DONE_AT_ONCE = 20
_MARK = 16
_VERIFYING = ("dispatched", "objected", "verifying")
_TURN = ("dispatched", "verifying", "rectifying")
_CLOCKS = ("sign_for", "verify", "rectify")
_UNSEEN = (
    *("withdraw", "refuse_withdrawal", "statutory_outcome", "visit", *BESIDE),
    *("ask_step_up", "step_up", "refuse_step_up"),
)
"""What the office does beside the item: its holder sees nothing of it, nor that it happened."""
_OF_HOLDER = Evidence.assistance_id.is_(None)
_OF_UNIT = ("write", "unsign")
"""What a unit does within itself before it answers (`moves.signing`): it changes its page."""
NOTICED = frozenset({*ITEM_MOVES, *_OF_UNIT}.difference(_UNSEEN))
"""The moves after which a form that was made before does not fit any more."""


def reference(item_id: int) -> str:
    """Return the number by which a unit and the office speak of an item: never the case's."""
    return f"{item_id:06d}"


@dataclass(frozen=True)
class Side:
    """In which part somebody holds an item: verifying it, putting it right, or both."""

    verifies: bool
    rectifies: bool

    @classmethod
    def of(cls, scope: Scope, item: Item) -> "Side":
        """Tell the part from who asks; an inspector verifies, in person or not at all."""
        if scope.unit is None:
            return cls(item.inspector_id == scope.person, rectifies=False)
        verifies = item.verifying_unit_id == scope.unit and item.inspector_id is None
        return cls(verifies, rectifies=item.rectifying_unit_id == scope.unit)


@dataclass(frozen=True)
class Holding:
    """An item as a list shows it. `turn`: the holder has to do something now; `still`: nobody works
    on it for a while, and it goes on afterwards; `stopped`: nobody ever will.
    """

    item: Item
    side: Side
    turn: bool
    stopped: bool
    still: bool
    clocks: Sequence[Clock]

    @property
    def task(self) -> str:
        """What is to be verified, for whoever verifies it."""
        return self.item.dispatch_text if self.side.verifies else ""

    @property
    def rectification(self) -> str:
        """What is to be put right, for whoever puts it right."""
        return self.item.rectify_text if self.side.rectifies else ""


@dataclass(frozen=True)
class Return:
    """Why something came back, and when."""

    at: datetime
    reason: str


@dataclass(frozen=True)
class Sent:
    """Something that the holder said was done, and when."""

    at: datetime
    text: str


@dataclass(frozen=True)
class Objection:
    """What the holder said against having the item, or (`refused`) why it has it nevertheless."""

    at: datetime
    reason: str
    refused: bool


@dataclass(frozen=True)
class Asking:
    """Until when more time was asked for; `grounds` are empty where the office wrote them."""

    until: datetime
    grounds: str


@dataclass(frozen=True)
class Sheet:
    """Everything of one item that its holder may read. `fresh`: evidence that counts for now.

    `concludes`: the finding is the holder's to make. `finding` is the result alone where the
    basis is somebody else's. `extension`: what was asked for and is not decided; `decided`: what
    became of it before; `extendable`: how far more time can be asked for. `object_until`: None
    where the unit cannot object to having it.
    """

    holding: Holding
    mark: str
    concludes: bool
    evidence: Sequence[tuple[Evidence, Blob]]
    fresh: int
    returns: Sequence[Return]
    sent: Sequence[Sent]
    objections: Sequence[Objection]
    extension: Asking | None
    decided: Decided | None
    extendable: Room
    object_until: datetime | None
    finding: str | None
    basis: str


def open_items(session: Session, scope: Scope) -> list[Holding]:
    """Return the items that are still under way with this holder, what ends first first."""
    rows = _rows(session, scope, Item.state.not_in(ITEM_DONE), OPEN_AT_ONCE)
    clocks = _clocks(session, [item.id for _, item in rows])
    found = [_holding(scope, case, item, clocks.get(item.id, [])) for case, item in rows]
    return sorted(found, key=_urgency)


def done_items(session: Session, scope: Scope) -> list[Holding]:
    """Return the items that are over, newest first."""
    rows = _rows(session, scope, Item.state.in_(ITEM_DONE), DONE_AT_ONCE)
    return [_holding(scope, case, item, []) for case, item in rows]


def _urgency(holding: Holding) -> tuple[bool, bool, datetime, int]:
    due = min((clock.due for clock in holding.clocks), default=holding.item.created_at)
    return not holding.turn, not holding.clocks, due, holding.item.id


def _rows(
    session: Session, scope: Scope, condition: ColumnElement[bool], limit: int
) -> Sequence[tuple[Case, Item]]:
    query = select(Case, Item).join(Item, Item.case_id == Case.id)
    query = query.where(queries.held(scope), condition)
    if scope.recused:
        query = query.where(or_(Case.unit_id.is_(None), Case.unit_id.not_in(scope.recused)))
    rows = session.execute(query.order_by(Item.id.desc()).limit(limit))
    return [(row[0], row[1]) for row in rows]


def _clocks(session: Session, items: Sequence[int]) -> dict[int, list[Clock]]:
    if not items:
        return {}
    query = select(Clock).where(
        Clock.item_id.in_(items), Clock.state.in_(ALIVE), Clock.name.in_(_CLOCKS)
    )
    found: dict[int, list[Clock]] = {}
    for clock in session.scalars(query.order_by(Clock.due, Clock.id)):
        if clock.item_id is not None:
            found.setdefault(clock.item_id, []).append(clock)
    return found


def _holding(scope: Scope, case: Case, item: Item, clocks: Sequence[Clock]) -> Holding:
    side = Side.of(scope, item)
    # Withdrawn, gone to a statutory procedure, or the case is over: the holder learns not which.
    stands = item.state != "struck_off" and not at_work(case)
    still = stands and case.state == "shelved" and item.state not in COUNTED_APART
    stopped = item.state in COUNTED_APART or (stands and not still)
    mine = side.verifies if item.state in _VERIFYING else side.rectifies
    turn = mine and not (stopped or still) and item.state in _TURN
    # The promises of an item run on while an objection is looked at, and its unit sees them run.
    owed = turn or (mine and not (stopped or still) and item.state == "objected")
    return Holding(item, side, turn, stopped, still, clocks if owed else [])


def sheet(session: Session, scope: Scope, item_id: int, now: datetime) -> Sheet:
    """Return one item for its holder at `now`. Raises NotFound, whether it exists or not."""
    case, item = queries.item_in_scope(session, scope, item_id)
    clocks = _clocks(session, [item.id]).get(item.id, [])
    holding = _holding(scope, case, item, clocks)
    side = holding.side
    found = newest_finding(session, item)
    evidence = _own_evidence(session, scope, item.id)
    known = extensions.asked(session, case.id) if holding.turn else []
    return Sheet(
        holding=holding,
        mark=mark(session, item),
        concludes=scope.unit is None or case.kind != "tip",
        evidence=evidence,
        fresh=_fresh(item, found, evidence),
        returns=_returns(session, item, side, found),
        sent=_sent(session, item, side, found),
        objections=_objections(session, item, side),
        extension=_asking(session, scope, extensions.undecided(known, item)),
        decided=_decided(session, scope, holding, known),
        extendable=_extendable(session, case, holding, known, now),
        object_until=_object_until(session, scope, case, holding, now),
        finding=found.result if found and item.finding else None,
        basis=found.basis if found and item.finding and side.verifies else "",
    )


def newest_finding(session: Session, item: Item) -> Finding | None:
    """Return what was found last; None where nothing was."""
    query = select(Finding).where(Finding.item_id == item.id)
    return session.scalar(query.order_by(Finding.id.desc()).limit(1))


def _fresh(item: Item, found: Finding | None, evidence: Sequence[tuple[Evidence, Blob]]) -> int:
    """Evidence counts since the holder has the item, when it is newer than the last return and,
    once found, than the finding: what the verbs ask of it (`moves.work`).
    """
    moments = [item.returned_at]
    if item.state not in _VERIFYING and item.finding in TO_RECTIFY and found:
        moments.append(found.at)
    after = max((moment for moment in moments if moment is not None), default=None)
    begun = [one.at for one, _ in evidence if item.held_since and one.at >= item.held_since]
    return sum(1 for at in begun if after is None or at > after)


def _own_evidence(session: Session, scope: Scope, item_id: int) -> list[tuple[Evidence, Blob]]:
    """Return what was handed in for the same unit, or by the same inspector."""
    own = Evidence.unit_id == scope.unit if scope.unit else Evidence.user_id == scope.person
    query = select(Evidence, Blob).join(Blob, Blob.id == Evidence.blob_id)
    query = query.where(Evidence.item_id == item_id, own, _OF_HOLDER).order_by(Evidence.id)
    return [(row[0], row[1]) for row in session.execute(query)]


def _returns(session: Session, item: Item, side: Side, found: Finding | None) -> list[Return]:
    """Return why it came back to this holder: not what was said to the one before or after."""
    query = select(Entry.at, Entry.body).where(Entry.item_id == item.id, Entry.verb == "return")
    begun = found.at if found and found.result in TO_RECTIFY else None
    if begun is not None and not (side.verifies and side.rectifies):
        query = query.where(Entry.at > begun if side.rectifies else Entry.at <= begun)
    rows = session.execute(query.order_by(Entry.id.desc()))
    return [Return(at, json.loads(body)["facts"]["reason"]) for at, body in rows]


def _sent(session: Session, item: Item, side: Side, found: Finding | None) -> list[Sent]:
    """Return what this holder wrote when it submitted; the office's words for it are not its own.

    Only who puts an item right submits it, and since the newest finding that is this unit, whoever
    of its people wrote it and wherever they are now.
    """
    if not side.rectifies or found is None:
        return []
    query = select(Entry.at, Entry.body).where(Entry.item_id == item.id, Entry.verb == "submit")
    rows = session.execute(query.where(Entry.at >= found.at).order_by(Entry.id.desc()))
    told = [(at, json.loads(body)) for at, body in rows]
    return [Sent(at, said["facts"]["done"]) for at, said in told if said["role"] == "unit"]


def _objections(session: Session, item: Item, side: Side) -> list[Objection]:
    """Return what was said of this holder's objections: not of those of the unit before it."""
    if not (item.objections and side.verifies and item.held_since):
        return []
    verbs = ("object", "reject_objection")
    query = select(Entry.at, Entry.verb, Entry.body).where(
        Entry.item_id == item.id, Entry.verb.in_(verbs), Entry.at >= item.held_since
    )
    return [
        Objection(at, json.loads(body)["facts"]["reason"], refused=verb != "object")
        for at, verb, body in session.execute(query.order_by(Entry.n))
    ]


def _asking(session: Session, scope: Scope, row: Extension | None) -> Asking | None:
    """Return what waits for its decision; why, only where the holder's own people said so."""
    if row is None:
        return None
    own = is_own(session, scope, row)
    return Asking(row.until, row.grounds if own else "")


def is_own(session: Session, scope: Scope, row: Extension | Decided) -> bool:
    """Tell whether the holder's own people asked for more time."""
    who = session.get_one(User, row.asked_by)
    return who.unit_id == scope.unit if scope.unit else who.id == scope.person


def _decided(
    session: Session, scope: Scope, holding: Holding, known: Sequence[Asked]
) -> Decided | None:
    """Return what became of the newest application. What the office asked for in vain, and what it
    was told, is no concern of the holder's.
    """
    clock = extensions.promise(holding.clocks, holding.item)
    one = extensions.decided(session, known, holding.item, clock)
    if one is None or one.granted or is_own(session, scope, one):
        return one
    return None


def _extendable(
    session: Session, case: Case, holding: Holding, known: Sequence[Asked], now: datetime
) -> Room:
    """Return how far the holder may ask to have its time extended now."""
    if not holding.turn:
        return Room(bar=Bar.fixed)
    alive = clocks.alive(session, whole(case))
    return extensions.room(rules_of(session), alive, known, holding.item, now)


def _object_until(
    session: Session, scope: Scope, case: Case, holding: Holding, now: datetime
) -> datetime | None:
    mine = scope.unit is not None and holding.side.verifies and holding.turn
    if mine and objecting.may_object(session, case, holding.item, now):
        return objecting.until(session, case, holding.item, now)
    return None


def evidence(session: Session, scope: Scope, evidence_id: int) -> tuple[int, Blob]:
    """Return the place in the holder's own list, counted from 1, and the blob of one file.

    Raises NotFound also for what somebody else sent about the same item.
    """
    item_id = session.scalar(select(Evidence.item_id).where(Evidence.id == evidence_id, _OF_HOLDER))
    if item_id is None:
        raise NotFound("没有这个文件")
    queries.item_in_scope(session, scope, item_id)
    for place, (each, blob) in enumerate(_own_evidence(session, scope, item_id), 1):
        if each.id == evidence_id:
            return place, blob
    raise NotFound("没有这个文件")


def mark(session: Session, item: Item) -> str:
    """Return what a form carries to tell whether the item has moved since."""
    query = select(Entry.hash).where(Entry.item_id == item.id, Entry.verb.in_(NOTICED))
    return (session.scalar(query.order_by(Entry.id.desc()).limit(1)) or "")[:_MARK]


def is_marked(entry_hash: str, seen: str) -> bool:
    """Tell whether an entry is the one that a form carries the mark of."""
    return entry_hash[:_MARK] == seen


def lock_unmoved(session: Session, scope: Scope, item_id: int, seen: str) -> None:
    """Lock an item of this holder for a move. Raises NotFound, and Stale when it moved since."""
    queries.item_in_scope(session, scope, item_id)
    case, item = gate.lock_item(session, item_id)
    if not gate.covers(scope, case, item):
        raise NotFound("没有这个问题项，或不在您这里")
    if seen != mark(session, item):
        raise Stale("这一事项刚有变化，请看过再操作", since=0)
