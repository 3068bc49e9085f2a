"""The ledger given back in the shape in which the office kept it (台账导出).

A row that came in by an import and was not handled since is given back as it came; of every other
case the columns say what this ledger knows. Who reported stands in it only where whoever exports
may see that, with a reason, and each opening is on the record.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from caseflow import words
from caseflow.clock import Period, local
from caseflow.errors import BadInput, NotFound, Told
from caseflow.intake.old_ledger.books import Workbooks, Written
from caseflow.intake.old_ledger.cells import said
from caseflow.intake.old_ledger.headings import FIELDS, IDENTITY
from caseflow.intake.rooms import Rooms
from caseflow.ledger import queries
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.import_tables import ImportedRow, SavedMapping
from caseflow.ledger.moves import revealing
from caseflow.ledger.moves.importing import UNTOUCHED
from caseflow.ledger.report_tables import Reply, Report
from caseflow.ledger.tables import Case, Item
from caseflow.people.actor import Actor
from caseflow.people.permissions import require
from caseflow.people.scope import scope_of
from caseflow.people.tables import Unit
from caseflow.vault.person import Person

MAY, MAY_PEOPLE = "ledger.export", "ledger.export_people"
MOST = 50_000
"""So many cases at the most are exported at once: half a minute's work, and what a sheet bears."""
MOST_PEOPLE = 2_000
"""Of so many cases at the most identities are exported at once."""
_AT_ONCE = 500


@dataclass(frozen=True)
class Shape:
    """The headings of an exported sheet and what stands below each; empty: nothing does."""

    headings: tuple[str, ...] = tuple(FIELDS.values())
    fields: tuple[str, ...] = tuple(FIELDS)


@dataclass(frozen=True)
class Wanted:
    """What is exported: reports received in a period, or all; with a `reason` also by whom."""

    shape: Shape = field(default_factory=Shape)
    period: Period | None = None
    reason: str | None = None


def shapes(session: Session, actor: Actor) -> dict[str, Shape]:
    """Return the shapes that the actor's office settled by importing, by fingerprint."""
    query = select(SavedMapping).where(SavedMapping.area_code == actor.area)
    kept = session.scalars(query.order_by(SavedMapping.set_at.desc())).all()
    return {
        one.fingerprint: Shape(
            tuple(json.loads(one.headings)), tuple(json.loads(one.choices)["columns"])
        )
        for one in kept
    }


def shape_named(session: Session, actor: Actor, fingerprint: str) -> Shape:
    """Return one of the office's shapes, or the plain one where none is named. Raises NotFound."""
    if not fingerprint:
        return Shape()
    known = shapes(session, actor).get(fingerprint)
    if known is None:
        raise NotFound("没有这种台账格式")
    return known


def export(
    session: Session, rooms: Rooms, books: Workbooks, actor: Actor, wanted: Wanted, now: datetime
) -> bytes:
    """Return the ledger of the actor's areas as a workbook. Where identities are wanted this
    writes: it needs a transaction, whose commit comes before anything is handed out.

    Raises NotPermitted, BadInput on `period` where that is too much at once, and on `reason`.
    """
    require(actor, MAY)
    if wanted.reason is not None:
        require(actor, MAY_PEOPLE)
        _require_few(session, actor, wanted)
    rows = _Rows(session, rooms, actor, wanted, now, _pairs(session, actor, wanted))
    file = BytesIO()
    widths = [_WIDTHS.get(name, 14) for name in wanted.shape.fields]
    books.write(file, [Written("台账", rows.all(), widths)])  # not said
    return file.getvalue()


_WIDTHS = {"text": 60, "result": 50, "unit": 24, "remark": 24, "number": 22, "received": 18}


def _require_few(session: Session, actor: Actor, wanted: Wanted) -> None:
    named = _chosen(actor, wanted).where(Report.identity_id.is_not(None))
    if len(session.execute(named.limit(MOST_PEOPLE + 1)).all()) > MOST_PEOPLE:
        why = Told("一次最多导出 %(n)d 件的身份信息，请缩小时间范围", n=MOST_PEOPLE)
        raise BadInput({"period": why})


def _pairs(session: Session, actor: Actor, wanted: Wanted) -> Sequence[tuple[int, int]]:
    found = session.execute(_chosen(actor, wanted).limit(MOST + 1)).all()
    if len(found) > MOST:
        raise BadInput({"period": Told("一次最多导出 %(n)d 件，请缩小时间范围", n=MOST)})
    return [(case, report) for case, report in found]


def _chosen(actor: Actor, wanted: Wanted) -> Select[int, int]:
    query = (
        select(Case.id, Report.id)
        .join(Report, Report.case_id == Case.id)
        .where(queries.visible(scope_of(actor)), Case.state != "void", Report.follows.is_(None))
        .order_by(Report.received_at, Report.id)
    )
    if wanted.period is None:
        return query
    return query.where(
        Report.received_at >= wanted.period.since, Report.received_at < wanted.period.until
    )


@dataclass
class _Rows:
    session: Session
    rooms: Rooms
    actor: Actor
    wanted: Wanted
    now: datetime
    pairs: Sequence[tuple[int, int]]
    """Case and first report."""

    def all(self) -> Iterator[Sequence[str]]:
        """Yield the headings, then a row for each first report."""
        yield self.wanted.shape.headings
        for start in range(0, len(self.pairs), _AT_ONCE):
            some = _Some(self.session, self.pairs[start : start + _AT_ONCE])
            for case, report in some.pairs:
                cells = some.cells(case, report) | self._person(case, report)
                cells["serial"] = cells.get("serial") or ""
                yield [cells.get(name, "") if name else "" for name in self.wanted.shape.fields]
            if self.wanted.reason is None:
                self.session.expunge_all()

    def _person(self, case: Case, report: Report) -> dict[str, str]:
        if self.wanted.reason is None or report.identity_id is None:
            return {}
        found: Person = revealing.reveal(
            self.session,
            self.rooms.ring,
            self.actor,
            case.id,
            report.id,
            self.wanted.reason,
            self.now,
        )
        return {name: getattr(found, name) for name in IDENTITY}


class _Some:
    """Some cases with what their columns are filled from: a fixed number of statements."""

    def __init__(self, session: Session, ids: Sequence[tuple[int, int]]) -> None:
        cases, reports = [one for one, _ in ids], [two for _, two in ids]
        case_of = {one.id: one for one in session.scalars(select(Case).where(Case.id.in_(cases)))}
        query = select(Report).where(Report.id.in_(reports))
        report_of = {one.id: one for one in session.scalars(query)}
        self.pairs = [(case_of[one], report_of[two]) for one, two in ids]
        row = select(ImportedRow).where(ImportedRow.report_id.in_(reports))
        self._rows = {one.report_id: one for one in session.scalars(row)}
        touched = select(Entry.case_id).where(
            Entry.case_id.in_(cases), Entry.n > 1, Entry.verb.not_in(UNTOUCHED)
        )
        self._touched = set(session.scalars(touched))
        items = select(Item).where(Item.case_id.in_(cases)).order_by(Item.n)
        self._items: dict[int, list[Item]] = {}
        for item in session.scalars(items):
            self._items.setdefault(item.case_id, []).append(item)
        replies = select(Reply.report_id, Reply.text).where(Reply.report_id.in_(reports))
        self._replies = dict(session.execute(replies.order_by(Reply.id)).all())
        self._units = dict(session.execute(select(Unit.id, Unit.name)).all())

    def cells(self, case: Case, report: Report) -> dict[str, str]:
        """Return the columns of one case, but for who reported."""
        row = self._rows.get(report.id)
        if row is None:
            return self._known(case, report)
        kept: dict[str, str] = json.loads(row.said)
        if case.id not in self._touched:
            return kept
        since = {name: text for name, text in self._known(case, report).items() if text}
        now_told = {name: since[name] for name in _AFTERWARDS if name in since}
        return kept | now_told

    def _known(self, case: Case, report: Report) -> dict[str, str]:
        items = self._items.get(case.id, [])
        assigned = {item.rectifying_unit_id or item.verifying_unit_id for item in items}
        proven = dict.fromkeys(words.FINDINGS[item.finding] for item in items if item.finding)
        return {
            "number": case.number,
            "received": _moment(report.received_at),
            "source": words.CHANNELS[report.channel],
            "kind": words.KINDS[case.kind],
            "unit": self._name(case.unit_id) or case.place,
            "category": words.CATEGORIES.get(case.category or "", ""),
            "subject": report.subject,
            "text": report.text,
            "assigned": "、".join(sorted(filter(None, map(self._name, assigned)))),
            "due": _moment(case.next_due) if case.next_clock else "",
            "result": self._replies.get(report.id, ""),
            "proven": "、".join(proven),
            "closed": _moment(case.closed_at),
            "state": words.CASE_STATES[case.state],
        }

    def _name(self, unit: int | None) -> str:
        return self._units.get(unit, "") if unit is not None else ""


_AFTERWARDS = ("assigned", "due", "result", "proven", "closed", "state")
"""What of an imported row this ledger knows better, once it was handled here."""


def _moment(at: datetime | None) -> str:
    return said(local(at).replace(tzinfo=None, microsecond=0)) if at else ""
