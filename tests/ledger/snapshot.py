"""Every row that the laws ask about, read once and plain: no mapped object, no query of caseflow's.

The history is also unfolded: what each entry found and left behind, by the state tables alone.
"""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from caseflow.deadlines.tables import Clock, Pause, PolicyRow
from caseflow.escalation.tables import Order, OrderAnswer, Rung
from caseflow.ledger.application_tables import Exclusion, Extension, Proposal, Withdrawal
from caseflow.ledger.handed_tables import ReportBack
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.oversight_tables import Oversight
from caseflow.ledger.report_tables import CallBack, Merger, Passage, Question, Reply, Report
from caseflow.ledger.review_tables import Review
from caseflow.ledger.shelving_tables import Milestone, ShelvedClock, Shelving
from caseflow.ledger.split_tables import Split, SplitItem, SplitReport
from caseflow.ledger.states import CASE_EDGES, CASE_MOVES, ITEM_EDGES, ITEM_MOVES, TO_RECTIFY
from caseflow.ledger.step_up_tables import StepUp
from caseflow.ledger.tables import Case, Item
from caseflow.ledger.tables import Counter as Tally
from caseflow.ledger.visit_tables import VisitDemand
from caseflow.outbox.tables import Event
from caseflow.people.tables import Area, Post, Recusal, Unit, User

Row = Any
Took = tuple[str, str, str]


@dataclass
class Said:
    """One entry: who did what, when, and the states it found and left."""

    case_id: int
    n: int
    at: datetime
    verb: str
    user: int | None
    role: str
    item: int | None
    facts: dict[str, Any]
    id: int = 0
    state: str = ""
    item_state: str = ""


@dataclass
class Snapshot:
    """The rows of one moment. Dictionaries are by id; `said` is by case, in order."""

    now: datetime
    cases: dict[int, Row]
    items: dict[int, Row]
    reports: dict[int, Row]
    replies: list[Row]
    calls: list[Row]
    questions: list[Row]
    clocks: dict[int, Row]
    pauses: list[Row]
    rungs: list[Row]
    orders: dict[int, Row]
    answers: list[Row]
    tallies: list[Row]
    users: dict[int, Row]
    units: dict[int, Row]
    areas: dict[str, Row]
    policies: dict[int, Row]
    extensions: list[Row]
    withdrawals: list[Row]
    proposals: list[Row]
    exclusions: list[Row]
    oversights: list[Row]
    reports_back: list[Row]
    splits: dict[int, Row]
    split_reports: list[Row]
    split_items: list[Row]
    step_ups: list[Row]
    mergers: list[Row]
    passages: list[Row]
    shelvings: list[Row]
    milestones: list[Row]
    shelved_clocks: list[Row]
    demands: list[Row]
    reviews: list[Row]
    posts: list[Row]
    recusals: set[tuple[int, int]]
    events: Counter[tuple[int | None, str]]
    said: dict[int, list[Said]]
    told: dict[int, list[Said]] = field(default_factory=dict)
    taken: Counter[Took] = field(default_factory=Counter)

    def of_item(self, item_id: int) -> list[Said]:
        """Return what the histories say of one item, in whichever case it was."""
        return self.told.get(item_id, [])

    def story(self, case_id: int) -> list[Said]:
        """Return the history of a case; of one that was split off, after what it has in common with
        the first one's: all until then but for what was said of items that stayed.
        """
        split = next((row for row in self.splits.values() if row.part_id == case_id), None)
        if split is None:
            return self.said[case_id]
        went = {None} | {row.item_id for row in self.split_items if row.split_id == split.id}
        before = [one for one in self.story(split.case_id) if one.item in went]
        later = [one for one in before if one.case_id == split.case_id and one.n > split.case_n]
        return [*(one for one in before if one not in later), *self.said[case_id]]

    def first_reports(self, case_id: int) -> list[Row]:
        """Return the reports that are owed an answer of their own."""
        return [r for r in self.reports.values() if r.case_id == case_id and r.follows is None]

    def later(self, case_id: int) -> set[int]:
        """Return the reports that came after their case was over."""
        reports = self.reports.values()
        return {r.id for r in reports if r.case_id == case_id and r.follows is not None}

    def alive(self, case_id: int) -> list[Row]:
        """Return the clocks of a case, its items, reports and orders that have not ended."""
        return [
            c
            for c in self.clocks.values()
            if c.root_case_id == case_id and c.state in ("running", "paused")
        ]

    def under(self, unit_id: int | None) -> set[int]:
        """Return a unit and every unit under its management."""
        found: set[int] = set() if unit_id is None else {unit_id}
        while more := {u.id for u in self.units.values() if u.managed_by in found} - found:
            found |= more
        return found


_MOVING = (
    *(Case, Item, Report, Reply, CallBack, Question, Clock, Pause, Rung, Order, Tally, Event),
    OrderAnswer,
    *(Entry, Extension, Withdrawal, Proposal, Exclusion, Merger, Passage),
    *(Shelving, Milestone, ShelvedClock, VisitDemand, Review, Oversight, StepUp, ReportBack),
    *(Split, SplitReport, SplitItem),
)
_STANDING = (User, Unit, Area, PolicyRow, Recusal, Post)
_EVERY_ROW = {
    table: select(table.__table__).order_by(*table.__table__.primary_key)
    for table in (*_MOVING, *_STANDING)
}
# In one short life most of the tables stay empty; one question spares asking each of them.
_HOLDS_ANY = select(*(exists(select(1).select_from(table.__table__)) for table in _MOVING))


def standing(session: Session) -> dict[type[Any], list[Row]]:
    """Read what no move changes: people, units, areas, policies."""
    return {table: list(session.execute(_EVERY_ROW[table])) for table in _STANDING}


def take(session: Session, now: datetime, known: dict[type[Any], list[Row]]) -> Snapshot:
    """Read everything as it stands beside what is `known`, and unfold the history."""
    link = session.connection()  # what follows is plain rows: the session has nothing to add
    holds = link.execute(_HOLDS_ANY).one()
    found = known | {
        table: list(link.execute(_EVERY_ROW[table])) if any_row else []
        for table, any_row in zip(_MOVING, holds, strict=True)
    }

    def rows(table: type[Any]) -> list[Row]:
        return found[table]

    def by_id(table: type[Any]) -> dict[int, Row]:
        return {row.id: row for row in found[table]}

    seen = Snapshot(
        now=now,
        cases=by_id(Case),
        items=by_id(Item),
        reports=by_id(Report),
        replies=rows(Reply),
        calls=rows(CallBack),
        questions=rows(Question),
        clocks=by_id(Clock),
        pauses=rows(Pause),
        rungs=rows(Rung),
        orders=by_id(Order),
        answers=rows(OrderAnswer),
        tallies=rows(Tally),
        users=by_id(User),
        units=by_id(Unit),
        areas={row.code: row for row in rows(Area)},
        policies=by_id(PolicyRow),
        extensions=rows(Extension),
        withdrawals=rows(Withdrawal),
        proposals=rows(Proposal),
        exclusions=rows(Exclusion),
        oversights=rows(Oversight),
        reports_back=rows(ReportBack),
        splits=by_id(Split),
        split_reports=rows(SplitReport),
        split_items=rows(SplitItem),
        step_ups=rows(StepUp),
        mergers=rows(Merger),
        passages=rows(Passage),
        shelvings=rows(Shelving),
        milestones=rows(Milestone),
        shelved_clocks=rows(ShelvedClock),
        demands=rows(VisitDemand),
        reviews=rows(Review),
        posts=rows(Post),
        recusals={(row.user_id, row.unit_id) for row in rows(Recusal)},
        events=Counter((row.case_id, row.name) for row in rows(Event)),
        said=_history(rows(Entry)),
    )
    _unfold(seen)
    return seen


def _history(entries: list[Row]) -> dict[int, list[Said]]:
    told: dict[int, list[Said]] = defaultdict(list)
    for row in sorted(entries, key=lambda entry: (entry.case_id, entry.n)):
        body = json.loads(row.body)
        told[row.case_id].append(
            Said(
                row.case_id,
                row.n,
                row.at,
                body["verb"],
                body["actor"],
                body["role"],
                body["item"],
                body["facts"],
                row.id,
            )
        )
    return told


# The history says which edges were taken


def _unfold(seen: Snapshot) -> None:
    """Follow each history along the state tables; AssertionError where it leaves them."""
    items = _unfold_items(seen)
    for case_id, told in seen.said.items():
        state, asked_in = "received", ""
        for one in told:
            one.state = state
            if one.verb in CASE_MOVES:
                was = state
                state = _case_step(seen, one, state, asked_in)
                asked_in = was if one.verb in ("ask", "supplement") else asked_in
        _explained(seen, case_id, state, items)


def _unfold_items(seen: Snapshot) -> dict[int, str]:
    """Follow each item through the cases in which it was; return where it came to."""
    items: dict[int, str] = {}
    everything = (one for said in seen.said.values() for one in said)
    for one in sorted(everything, key=lambda one: one.id):
        if one.item is None:
            continue
        seen.told.setdefault(one.item, []).append(one)
        one.item_state = items.get(one.item, "draft")
        if one.verb in ITEM_MOVES:
            items[one.item] = _item_step(seen, one, one.item_state)
    return items


def _explained(seen: Snapshot, case_id: int, state: str, items: dict[int, str]) -> None:
    case = seen.cases[case_id]
    assert case.state == state, f"law 3: {case.state} stands in no entry, the last said {state}"
    for item in seen.items.values():
        if item.case_id == case_id:
            told = items.get(item.id, "draft")
            assert item.state == told, f"law 3: item {item.state} stands in no entry, but {told}"


def _case_step(seen: Snapshot, one: Said, state: str, asked_in: str) -> str:
    verb = one.verb
    ends = [e.target for e in CASE_EDGES if (e.move, e.source) == (verb, state)]
    assert ends, f"law 3: {verb} is no edge out of {state}"
    said = dict.fromkeys(("unmerge", "take_up", "split_from"), one.facts.get("to"))
    end = ({"resume": asked_in} | said).get(verb, ends[0])
    assert end in ends, f"law 3: {verb} does not lead to {end}"
    seen.taken[verb, state, end] += 1
    return end or state


def _item_step(seen: Snapshot, one: Said, state: str) -> str:
    ends = [e.target for e in ITEM_EDGES if (e.move, e.source) == (one.verb, state)]
    assert ends, f"law 3: {one.verb} is no edge out of item state {state}"
    end = ends[0]
    if one.verb == "find":
        end = "rectifying" if one.facts["result"] in TO_RECTIFY else "submitted"
    elif one.verb == "return":
        end = "rectifying" if _found(seen, one) in TO_RECTIFY else "verifying"
    elif one.verb in ("reject_objection", "designate"):
        end = _kept_or_moved(seen, one)
    assert end in ends, f"law 3: {one.verb} does not lead to {end}"
    seen.taken[one.verb, state, end] += 1
    return end or state


def _kept_or_moved(seen: Snapshot, one: Said) -> str:
    """Return where an objection ends: with another unit, or where it began with the same one."""
    earlier = [e for e in seen.of_item(one.item or 0) if e.id < one.id]
    given = next(e for e in reversed(earlier) if e.verb in ("dispatch", "dispatch_anew"))
    if one.facts.get("unit", given.facts["unit"]) != given.facts["unit"]:
        return "dispatched"
    if one.facts.get("inspector"):
        return "dispatched"
    signed = any(e.verb == "sign_for" and e.id > given.id for e in earlier)
    return "verifying" if signed else "dispatched"


def _found(seen: Snapshot, one: Said) -> str:
    """Return the finding that stood when an item was returned."""
    earlier = [e for e in seen.of_item(one.item or 0) if e.id < one.id]
    return str(next(e.facts["result"] for e in reversed(earlier) if e.verb == "find"))
