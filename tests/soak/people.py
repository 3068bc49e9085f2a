"""Somebody who moves cases, or a sweep: looks, thinks, and does it as the edge would.

The moves and what is said in them are the machine's (`tests/ledger/world.py`). Each keeps what
came of it, and every entry it was told.
"""

import json
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.orm import ORMExecuteState, Session

from caseflow.db import Database
from caseflow.errors import CaseflowError, MoveNotAllowed, Stale, Unavailable
from caseflow.escalation.sweep import sweep
from caseflow.ledger import gate
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.states import ITEM_EDGES, SYSTEM, Edge
from caseflow.ledger.tables import Case, Item
from caseflow.people.actor import Actor
from caseflow.people.permissions import may
from tests import office as offices
from tests.ledger.along import CASE_WAYS
from tests.ledger.world import KINDS, REACH, START, World
from tests.office import Office
from tests.soak.days import Days

BATCH = 7
THINKS = 0.03
HOT, AT_ONE = 5, 1.0
"""So many cases everybody is at for so many seconds, then at the next ones."""
_ENDS = ("answered", "declined", "referred", "statutory", "withdrawn")
_OF_TWO_CASES = ("merge", "take_in", "unmerge", "give_back")
_NOTES = ("notice_sent", "rung")
_CASE_MOVES = [e for e in CASE_WAYS if e.who != SYSTEM and e.move != "dispatch"]
_ITEM_MOVES = [e for e in ITEM_EDGES if e.who != SYSTEM]

Told = tuple[int, int, str, str, int | None]
"""An entry as its writer knows it: case, number, hash, verb, person."""


@dataclass
class Account:
    """What came of what somebody, or everybody, did."""

    outcomes: Counter[str] = field(default_factory=Counter)
    told: list[Told] = field(default_factory=list)
    moves: Counter[str] = field(default_factory=Counter)
    rungs: int = 0
    begun_anew: int = 0
    failures: list[str] = field(default_factory=list)

    def add(self, other: "Account") -> None:
        """Take in what another one did."""
        self.outcomes += other.outcomes
        self.moves += other.moves
        self.told += other.told
        self.rungs += other.rungs
        self.begun_anew += other.begun_anew
        self.failures += other.failures


def _first(told: Iterable[Told], case_id: int) -> int:
    """Return the first entry of a move in its case: what ends with it stands before its own."""
    return min(n for one, n, *_ in told if one == case_id)


class Bout(World):
    """One try in a transaction of its own: what refuses it is the caller's."""

    def __post_init__(self) -> None:
        """Nothing is asked beforehand."""

    def attempt(self, act: Callable[[], object]) -> bool:
        """Make the move."""
        act()
        return True


@dataclass(frozen=True)
class Intent:
    """What somebody means to do after a look: to which case, seen at which entry, as whom."""

    move: str
    actor: Actor
    case_id: int
    seen: int
    luck: int
    item_id: int | None = None


class Person:
    """Somebody who moves cases, or a sweep, with what came of it."""

    def __init__(self, database: Database, office: Office, days: Days, who: int) -> None:
        self.database, self.office, self.days, self.who = database, office, days, who
        self.account = Account()
        self.chance = Random(f"{who} {START}")
        self.tries = 0

    def move_until_over(self) -> None:
        """Move one case after the other."""
        while self._once(self._move):
            pass

    def sweep_until_over(self) -> None:
        """Let what is due climb, as the schedule does, only far more often."""
        while self._once(self._sweep):
            time.sleep(0.01)

    def _once(self, work: Callable[[], str]) -> bool:
        if not self.days.begin(self.who):
            return False
        try:
            self.account.outcomes[work()] += 1
        except Exception:  # noqa: BLE001 - a failure of the run, shown by whoever judges it
            self.account.failures.append(traceback.format_exc(limit=-6))
        finally:
            self.days.end(self.who)
        return True

    def _run(self, work: Callable[[Session], Any]) -> list[Told]:
        """Make one transaction as the edge does, and return the entries that it was told."""
        told: list[Told] = []
        tries = 0

        def listened(session: Session) -> None:
            nonlocal tries
            tries += 1
            told.clear()
            event.listen(session, "do_orm_execute", lambda state: told.extend(_entries(state)))
            work(session)

        try:
            self.database.run(listened)
        finally:
            self.account.begun_anew += tries - 1
        self.account.told += told
        # Of a sweep, or of what a leader approved: a document by hand comes with the approval.
        self.account.rungs += sum(1 for one in told if one[3] == "rung")
        return told

    # A sweep

    def swept(self) -> int:
        """Make one pass and return how much was done."""
        now, done = self.days.now(self.who), 0

        def work(session: Session) -> None:
            nonlocal done
            done = sweep(session, now, BATCH)

        self._run(work)
        return done

    def _sweep(self) -> str:
        return "sweep, something due" if self.swept() else "sweep, nothing due"

    # A mover

    def _move(self) -> str:
        chance = self.chance.random()
        if chance < 0.04:
            return self._comes_in()
        if chance < 0.08:
            return self._of_the_channel()
        intent = self._look()
        time.sleep(self.chance.random() * THINKS)
        try:
            told = self._run(lambda session: self._act(session, intent))
        except Stale as gone:
            return self._learns(intent, gone)
        except MoveNotAllowed:
            return "409 not allowed now"
        except Unavailable:
            raise
        except CaseflowError as refusal:
            return f"{refusal.status} {type(refusal).__name__}"
        mine = [one for one in told if one[3] == intent.move]
        if len(mine) != 1:
            self.account.failures.append(f"{intent.move} was accepted with {len(mine)} entries")
        elif intent.move not in _OF_TWO_CASES and self._happened(
            intent, before=_first(told, mine[0][0])
        ):
            self.account.failures.append(f"{intent.move} was accepted, though somebody was quicker")
        self.account.moves[intent.move] += 1
        return "accepted"

    def _learns(self, intent: Intent, gone: Stale) -> str:
        """Whoever lost is shown what happened since; a refusal for nothing is a failure."""
        if gone.since != intent.seen or not self._happened(intent):
            self.account.failures.append(f"{intent.move}: told to look again, at nothing new")
        return "409 somebody was quicker"

    def _happened(self, intent: Intent, before: int | None = None) -> bool:
        """Tell whether somebody did something since a look (and before an entry)."""
        since = select(Entry.n).where(Entry.case_id == intent.case_id, Entry.n > intent.seen)
        if before is not None:
            since = since.where(Entry.n < before)
        with self.database.read() as session:
            return session.scalar(since.where(Entry.verb.not_in(_NOTES)).limit(1)) is not None

    def _comes_in(self) -> str:
        """A report comes in; now and then whoever sends it hangs up before the end."""
        luck, now = self.chance.randrange(10_000), self.days.now(self.who)
        gives_up = luck % 3 == 0

        def work(session: Session) -> None:
            kind = KINDS[luck % len(KINDS)]
            unit = self.office.units["school"]
            said = {"reach": REACH[luck % len(REACH)], "unit": unit, "call_back": kind == "tip"}
            offices.report(session, now, kind=kind, **said)
            if gives_up:
                raise _HungUpError

        with suppress(_HungUpError):
            self._run(work)
        return "rolled back" if gives_up else "came in"

    def _of_the_channel(self) -> str:
        luck, now = self.chance.randrange(10_000), self.days.now(self.who)
        try:
            told = self._run(lambda session: self._bout(session, now).channel_takes(luck))
        except MoveNotAllowed:
            return "409 not allowed now"
        return "channel took it" if told else "nothing to send"

    def _bout(self, session: Session, now: datetime) -> Bout:
        return Bout(session, self.office, now)

    def _look(self) -> Intent:
        """Look at a case and choose what to do there."""
        with self.database.read() as session:
            ids = session.execute(select(Case.id, Case.state, Case.head_n).order_by(Case.id)).all()
            case_id, state, head_n = ids[self._which(len(ids))]
            found = select(Item).where(Item.case_id == case_id).order_by(Item.id)
            items = session.scalars(found).all()
            luck = self.chance.randrange(10_000)
            if items and luck % 3:
                item = self.chance.choice(items)
                edge = self._edge(_ITEM_MOVES, item.state)
                actor = self._somebody(edge, gate.holder_unit(item))
                return Intent(edge.move, actor, case_id, head_n, luck, item.id)
            edge = self._edge(_CASE_MOVES, state)
            return Intent(edge.move, self._somebody(edge, None), case_id, head_n, luck)

    def _which(self, cases: int) -> int:
        """Choose a case: mostly one of the few that everybody is at just now."""
        if self.chance.random() < 0.3:
            return self.chance.randrange(cases)
        return (int(time.monotonic() / AT_ONE) * HOT + self.chance.randrange(HOT)) % cases

    def _edge(self, edges: list[Edge], state: str) -> Edge:
        """Choose what is possible now; rarely what is not, and not often what ends a matter."""
        if self.chance.random() < 0.05:
            return self.chance.choice(edges)
        possible = [edge for edge in edges if edge.source == state] or edges
        chosen = self.chance.choice(possible)
        ends = chosen.target in _ENDS and self.chance.random() < 0.8
        return self.chance.choice(possible) if ends else chosen

    def _somebody(self, edge: Edge, holder: int | None) -> Actor:
        able = [one for one in self.office.actors.values() if may(one, edge.who)]
        holding = [one for one in able if one.unit is not None and one.unit == holder]
        return self.chance.choice(holding or able)

    def _act(self, session: Session, intent: Intent) -> None:
        bout = self._bout(session, self.days.now(self.who))
        if intent.move in _OF_TWO_CASES:  # which lock both, the older one first
            case = session.get_one(Case, intent.case_id)
        else:
            case = gate.lock(session, intent.case_id, intent.seen)
        if intent.item_id is None:
            bout.on_case(intent.move, intent.actor, case, intent.luck)
        else:
            item = session.get_one(Item, intent.item_id)
            bout.on_item(intent.move, intent.actor, item, intent.luck)


class _HungUpError(Exception):
    """Whoever was sending something gave up."""


def _entries(state: ORMExecuteState) -> list[Told]:
    """Return the entries that a statement writes, as `many.add_many` hands them to PostgreSQL."""
    statement: Any = state.statement
    if not state.is_insert or statement.table is not Entry.__table__:
        return []
    told: Any = state.parameters
    rows = json.loads(told["rows"])
    return [(row["case_id"], row["n"], row["hash"], row["verb"], row["user_id"]) for row in rows]
