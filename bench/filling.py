"""A ledger of any size, the same for the same seed: rows as the moves write them, copied in bulk.

One case has 1.1 reports, 1.3 items, 6 entries and 4 clocks. Histories are chained, numbers have no
gaps, texts are findable: `caseflow ledger verify` and the search say so. Originals share one row,
since no page reads one. The load goes on where it stopped: a batch is there whole, or not at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from bench.ledgers import Batch, Ledger
from bench.texts import Told, told
from caseflow import refs
from caseflow.clock import local
from caseflow.db import Base
from caseflow.deadlines.tables import Clock
from caseflow.ledger.history import Line, body_of, commitment, link
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.report_tables import Report
from caseflow.ledger.sketch import hashes
from caseflow.ledger.sketch_tables import Sketch
from caseflow.ledger.tables import NEVER, ORDINARY, Case, Item, ItemActor
from caseflow.people.actor import REPORTER, Actor

BATCH = 5_000
AREAS = ("430503", "430502", "430511", "430522", "430523", "430524", "430525", "430527")
MAIN_SHARE = 0.6
"""Of all cases, those of the first area: one office has most of the ledger."""

_TABLES: tuple[type[Base], ...] = (Case, Report, Item, Entry, Clock, ItemActor, Sketch)


@dataclass(frozen=True)
class Plan:
    """What to fill: how many cases, which share of them open (in thousandths), how many overdue."""

    cases: int
    open_share: float = 0.05
    overdue: int = 0
    seed: int = 1
    now: datetime = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)

    def runs(self, n: int) -> tuple[bool, bool]:
        """Say of the n-th case (from 0) whether it is open, and whether it is overdue."""
        each = round(self.open_share * 1_000)
        if n % 1_000 >= each:
            return False, False
        nth = n // 1_000 * each + n % 1_000
        all_open = self.cases // 1_000 * each + min(self.cases % 1_000, each)
        return True, nth * self.overdue // all_open != (nth + 1) * self.overdue // all_open


@dataclass
class Place:
    """What of the office the rows point at, and the next free ids."""

    areas: Mapping[str, tuple[str, str, str | None]]
    units: Mapping[str, list[int]]
    handler: Actor
    reviewer: Actor
    policies: Mapping[str, tuple[int, str, str]]
    original: str
    ids: dict[str, int] = field(default_factory=dict)
    seqs: dict[tuple[str, str], int] = field(default_factory=dict)

    def take(self, table: type[Base]) -> int:
        """Return the next id of a table."""
        self.ids[table.__tablename__] = self.ids.get(table.__tablename__, 0) + 1
        return self.ids[table.__tablename__]

    def number(self, area: str, period: str) -> int:
        """Return the next number of an area in a period."""
        self.seqs[area, period] = self.seqs.get((area, period), 0) + 1
        return self.seqs[area, period]


class Rows(NamedTuple):
    """What a batch adds: rows by table, and the texts by which reports are found, by id."""

    of: Mapping[type[Base], list[dict[str, Any]]]
    said: list[tuple[int, str]]


def fill(ledger: Ledger, plan: Plan) -> int:
    """Add the cases of a plan to an office that `caseflow demo` made; return how many were new."""
    there, done = ledger.there(), 0
    for n in range((plan.cases + BATCH - 1) // BATCH):
        if n in there:
            continue
        place, rows = _place(ledger), Rows({table: [] for table in _TABLES}, [])
        first, last = n * BATCH, min((n + 1) * BATCH, plan.cases)
        for one in range(first, last):
            _case(rows, place, plan, one)
        ledger.put(Batch(n, rows.of, rows.said, place.seqs, place.ids))
        done += last - first
    return done


def _place(ledger: Ledger) -> Place:
    people = {
        name: Actor(id=user_id, role=role)
        for name, user_id, role in ledger.rows("SELECT username, id, role FROM user_account")
    }
    units: dict[str, list[int]] = {}
    for area, unit_id in ledger.rows(
        "SELECT coalesce(county, city), u.id FROM unit u JOIN area a"
        " ON a.code = u.area_code WHERE kind <> 'office' ORDER BY u.id"
    ):
        units.setdefault(area, []).append(unit_id)
    policies: dict[str, tuple[int, str, str]] = {}
    for clock, policy, unit, ladder in ledger.rows(
        "SELECT clock, id, unit, ladder FROM policy"
        " WHERE urgent IS NOT TRUE ORDER BY clock, kind = 'complaint' DESC, id"
    ):
        policies.setdefault(clock, (policy, unit, ladder))
    return Place(
        areas={
            code: (province, city, county)
            for code, province, city, county in ledger.rows(
                "SELECT code, province, city, county FROM area WHERE level = 'county'"
            )
        },
        units=units,
        handler=people["handler"],
        reviewer=people["reviewer"],
        policies=policies,
        original=ledger.rows("SELECT id FROM original LIMIT 1")[0][0],
        ids={
            name: ledger.rows(f"SELECT coalesce(max(id), 0) FROM {name}")[0][0]
            for name in (table.__tablename__ for table in _TABLES if hasattr(table, "id"))
        },
        seqs={
            (area, period): n
            for area, period, n in ledger.rows("SELECT area_code, period, value FROM counter")
        },
    )


def _case(rows: Rows, place: Place, plan: Plan, n: int) -> None:
    chance = Random(plan.seed * 7_919 + n)
    area = AREAS[0] if chance.random() < MAIN_SHARE else AREAS[1 + n % (len(AREAS) - 1)]
    said = told(n, plan.seed)
    is_open, overdue = plan.runs(n)
    days = chance.uniform(1, 8) if is_open else chance.uniform(30, 1_000)
    opened = plan.now - timedelta(days=days + 12 * overdue)
    made = _Made(rows, place, plan, said, area, opened)
    made.case(is_open=is_open, overdue=overdue)
    for again in range(2 if n % 10 == 0 else 1):
        made.report(n, again)
    for k in range(2 if n % 10 < 3 else 1):
        made.item(k + 1, is_open=is_open)
    made.history(is_open=is_open)
    made.clocks(is_open=is_open)


class _Made:
    """The rows of one case, in the order in which they depend on one another."""

    def __init__(
        self, rows: Rows, place: Place, plan: Plan, said: Told, area: str, opened: datetime
    ) -> None:
        self.rows, self.place, self.plan = rows, place, plan
        self.said, self.area, self.opened = said, area, opened
        self.id = place.take(Case)
        year = local(opened).year
        self.seq = place.number(area, str(year))
        self.number = refs.case_number(area, year, self.seq)
        units = place.units.get(area, [])
        self.unit = units[self.id % len(units)] if units else None
        self.reports: list[int] = []
        self.items: list[int] = []
        self.due = opened + timedelta(days=10)

    def _add(self, table: type[Base], **values: Any) -> None:
        self.rows.of[table].append(values)

    def case(self, *, is_open: bool, overdue: bool) -> None:
        """Add the case itself; what its history comes to is put in later."""
        province, city, county = self.place.areas[self.area]
        self.due = self.plan.now - timedelta(hours=2) if overdue else self.due
        self._add(
            Case,
            id=self.id,
            number=self.number,
            area_code=self.area,
            province=province,
            city=city,
            county=county,
            registered_in=self.area,
            year=local(self.opened).year,
            seq=self.seq,
            kind=self.said.kind,
            category=self.said.category,
            rank=ORDINARY,
            state="handling" if is_open else "closed",
            matter=self.said.text[:40],
            channel="webform",
            unit_id=self.unit,
            handler_id=self.place.handler.id if self.area == AREAS[0] else None,
            opened_at=self.opened,
            closed_at=None if is_open else self.opened + timedelta(days=9),
            moved_at=self.opened + timedelta(days=1 if is_open else 9),
            next_due=self.due if is_open else NEVER,
            next_clock="resolve" if is_open else None,
        )

    def report(self, n: int, again: int) -> None:
        """Add a report and make it findable."""
        report = self.place.take(Report)
        day = f"{local(self.opened):%Y%m%d}"
        seq = self.place.number(self.area, day)
        self.reports.append(report)
        text = self.said.text if not again else "还有一位家长也反映了同样的情况。"
        self._add(
            Report,
            id=report,
            number=refs.report_number(self.area, local(self.opened).date(), seq),
            area_code=self.area,
            day=day,
            seq=seq,
            case_id=self.id,
            channel="webform",
            channel_key=f"bench-{self.plan.seed}-{n}-{again}",
            kind=self.said.kind,
            category=self.said.category,
            received_at=self.opened,
            text=text,
            unit_id=self.unit,
            anonymous=True,
            original_id=self.place.original,
        )
        self.rows.said.append((report, text))
        for one in hashes(text):
            self._add(Sketch, hash=one, report_id=report)

    def item(self, n: int, *, is_open: bool) -> None:
        """Add an item that a unit has, or that was struck off."""
        item = self.place.take(Item)
        self.items.append(item)
        done = (
            {}
            if is_open
            else {
                "finding": "substantiated",
                "outcome": "rectified",
                "submitted_at": self.opened + timedelta(days=6),
                "struck_off_at": self.opened + timedelta(days=7),
                "struck_off_by": self.place.reviewer.id,
                "round": 0,
            }
        )
        self._add(
            Item,
            id=item,
            case_id=self.id,
            n=n,
            matter=self.said.text[:20],
            dispatch_text="请核查所反映的情况。",
            state="verifying" if is_open else "struck_off",
            verifying_unit_id=self.unit,
            rectifying_unit_id=None if is_open else self.unit,
            created_at=self.opened + timedelta(hours=3),
            dispatched_at=self.opened + timedelta(hours=4),
            held_since=self.opened + timedelta(hours=4),
            signed_at=self.opened + timedelta(hours=9),
            **done,
        )
        self._add(ItemActor, item_id=item, user_id=self.place.handler.id, part="handler")

    def history(self, *, is_open: bool) -> None:
        """Add six entries, chained, and put their end into the case."""
        handler, item = self.place.handler, self.items[0]
        facts = {"text": commitment(self.said.text), "kind": self.said.kind}
        verbs: list[tuple[str, Actor, int, Mapping[str, Any], int | None]] = [
            ("open", REPORTER, 0, {**facts, "channel": "webform", "files": []}, None),
            ("accept", handler, 2, {"handler": handler.id}, None),
            ("split", handler, 3, {"items": [{"n": n + 1} for n in range(len(self.items))]}, None),
            ("dispatch", handler, 4, {"unit": self.unit}, item),
            ("sign_for", handler, 9, {}, item),
            ("note", handler, 20, {"text": commitment("已电话联系学校")}, None)
            if is_open
            else ("strike_off", self.place.reviewer, 168, {"outcome": "rectified"}, item),
        ]
        before = ""
        for n, (verb, actor, hours, said, about) in enumerate(verbs, 1):
            at = self.opened + timedelta(hours=hours)
            body = body_of(self.number, n, Line(verb, actor, at, said, about))
            now = link(before, body)
            self._add(
                Entry,
                id=self.place.take(Entry),
                case_id=self.id,
                n=n,
                at=at,
                verb=verb,
                user_id=actor.id,
                item_id=about,
                body=body,
                prev=before,
                hash=now,
            )
            before = now
        self.rows.of[Case][-1].update(head=before, head_n=len(verbs))

    def clocks(self, *, is_open: bool) -> None:
        """Add four clocks: two that were met, and those of the reply that run where it is open."""
        report = self.reports[0]
        for name, about, days, runs in (
            ("immediate", {"case_id": self.id}, 1, False),
            ("notice", {"report_id": report}, 15, False),
            ("resolve", {"case_id": self.id}, 10, is_open),
            ("reply", {"report_id": report}, 10, is_open),
        ):
            policy, unit, ladder = self.place.policies[name]
            due = self.due if days == 10 else self.opened + timedelta(days=days)
            self._add(
                Clock,
                id=self.place.take(Clock),
                **about,
                root_case_id=self.id,
                name=name,
                policy_id=policy,
                unit=unit,
                ladder=ladder,
                ladder_version=1,
                started_at=self.opened,
                due=due,
                state="running" if runs else "met",
                ended_at=None if runs else self.opened + timedelta(hours=5),
                last_rung=1 if runs else 0,
                next_rung=2 if runs else None,
                next_rung_at=due if runs else None,
            )
