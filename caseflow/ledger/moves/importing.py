"""Taking over rows of the ledger that an office kept before (导入), and undoing a whole import.

Each row goes through the gate by itself and begins a history of its own; only the writing is done
for many at once. Nobody is told: the events are quiet.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from caseflow import refs
from caseflow.clock import local
from caseflow.deadlines.policies import Matter
from caseflow.deadlines.tables import Clock
from caseflow.errors import MoveNotAllowed, Told
from caseflow.ledger import bulk, gate, numbers, search, sketches
from caseflow.ledger.history import GENESIS, Line, commitment, fold, moment_text
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.import_clocks import Promises
from caseflow.ledger.import_tables import ImportedRow, LedgerImport
from caseflow.ledger.moves.handlers import next_in_line
from caseflow.ledger.moves.opening import TITLE
from caseflow.ledger.numbers import Place
from caseflow.ledger.report_tables import Report
from caseflow.ledger.states import NOTHING
from caseflow.ledger.tables import NEVER, ORDINARY, Case
from caseflow.many import add_many
from caseflow.outbox.events import News, emit_many, hush
from caseflow.people.actor import Actor
from caseflow.people.tables import Area

CHANNEL = "import"
_Made = dict[str, Any]
UNTOUCHED = ("rung", "notice_sent", "reveal", "hand_out")
"""What the machine notes, and what only looks: a case is as it came in all the same."""
_NAMED = 5


@dataclass(frozen=True)
class OldCase:
    """A row ready for the ledger: identity and original are sealed. `state`: as what it begins;
    `said`: its columns as canonical JSON, for exports.
    """

    n: int
    area: str
    state: str
    kind: str
    received_at: datetime
    text: str
    original_id: str
    fingerprint: str
    said: str
    number: str = ""
    subject: str = ""
    category: str | None = None
    unit_id: int | None = None
    place: str = ""
    identity_id: str | None = None
    called_back: bool = False
    due: datetime | None = None
    closed_at: datetime | None = None


@dataclass
class _Begun:
    """A case whose history is being begun."""

    id: int
    number: str
    head: str = GENESIS
    head_n: int = 0


@dataclass
class Takeover:
    """One import while its rows are written, some thousand at a time."""

    session: Session
    actor: Actor
    of: LedgerImport
    now: datetime
    areas: dict[str, Area] = field(default_factory=dict)
    passed: dict[tuple[str, int | None, str], Case] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.promises = Promises(self.session, self.now)

    def take(self, rows: Sequence[OldCase]) -> None:
        """Write some rows. Raises NotPermitted where one is outside the actor's scope, NoPolicy."""
        if not rows:
            return
        session = self.session
        counted = [_periods(row) for row in rows]
        taken = _Numbers(session, chain.from_iterable(counted))
        case_ids = bulk.ids(session, Case, len(rows))
        report_ids = bulk.ids(session, Report, len(rows))
        cases, reports, owed, lines = [], [], [], []
        for row, (year, day), case_id, report_id in zip(
            rows, counted, case_ids, report_ids, strict=True
        ):
            case = self._case(row, case_id, int(year[1]), taken.next(year))
            report = self._report(row, report_id, case_id, day[1], taken.next(day))
            owed += self._promised(row, case, report_id)
            line = Line("import", self.actor, self.now, self._facts(row, report))
            lines.append((_Begun(case_id, case["number"]), line))
            cases.append(case)
            reports.append(report)
        entries = fold(lines)
        for case, (begun, _) in zip(cases, lines, strict=True):
            case |= {"head": begun.head, "head_n": begun.head_n}
        kept = map(self._row, rows, case_ids, report_ids)
        for table, made in (
            (Case, cases),
            (Report, reports),
            (Entry, entries),
            (Clock, owed),
            (ImportedRow, list(kept)),
        ):
            add_many(session, table, made)
        self._findable(rows, report_ids)
        emit_many(session, map(self._news, case_ids, report_ids))

    def _case(self, row: OldCase, case_id: int, year: int, seq: int) -> _Made:
        area = self._area(row.area)
        passed = self._passed(row)
        closed = (row.closed_at or self.now) if passed.state == "closed" else None
        return {
            "id": case_id,
            "number": refs.case_number(area.code, year, seq),
            "area_code": area.code,
            "province": area.province,
            "city": area.city,
            "county": area.county,
            "district": area.district,
            "registered_in": area.code,
            "year": year,
            "seq": seq,
            "kind": row.kind,
            "category": row.category,
            "rank": ORDINARY,
            "state": passed.state,
            "matter": _title(row),
            "channel": CHANNEL,
            "unit_id": row.unit_id,
            "place": row.place,
            "handler_id": passed.handler_id,
            "opened_at": row.received_at,
            "closed_at": closed,
            "moved_at": self.now,
            "next_due": NEVER,
            "next_clock": None,
            "call_back": row.called_back and passed.state != "closed",
        }

    def _passed(self, row: OldCase) -> Case:
        """Let a row through the gate and return what came of it: the state, and whose it is.

        What the gate asks of a case that begins is where it lies and what it is about, so that its
        answer holds for all rows that are alike in these.
        """
        key = (row.area, row.unit_id, row.state)
        if key not in self.passed:
            area = self._area(row.area)
            levels = (area.province, area.city, area.county, area.district)
            case = Case(area_code=area.code, state=NOTHING, unit_id=row.unit_id)
            case.province, case.city, case.county, case.district = levels
            gate.pass_case(self.actor, case, "import", row.state)
            if row.state == "accepted":  # the post's holder goes on with it: nobody chose it
                case.handler_id = next_in_line(self.session, case, self.now) or self.actor.person
            self.passed[key] = case
        return self.passed[key]

    def _area(self, code: str) -> Area:
        if code not in self.areas:
            self.areas[code] = self.session.get_one(Area, code)
        return self.areas[code]

    def _promised(self, row: OldCase, case: _Made, report_id: int) -> list[_Made]:
        area = self._area(row.area)
        path = (area.district, area.county, area.city, area.province)
        places = tuple(code for code in path if code)
        matter = Matter(row.kind, row.category, urgent=False, area=places, channel=CHANNEL)
        owed = self.promises.of(row.state, matter, row.received_at, row.due, case["id"], report_id)
        if owed:
            first = min(owed, key=lambda clock: clock["due"])  # of equal ones the first that starts
            case |= {"next_due": first["due"], "next_clock": first["name"]}
        return owed

    def _report(self, row: OldCase, report_id: int, case_id: int, day: str, seq: int) -> _Made:
        return {
            "id": report_id,
            "number": refs.report_number(row.area, local(row.received_at).date(), seq),
            "area_code": row.area,
            "day": day,
            "seq": seq,
            "case_id": case_id,
            "channel": CHANNEL,
            "channel_key": f"{self.of.id}-{row.n}",
            "kind": row.kind,
            "category": row.category,
            "received_at": row.received_at,
            "subject": row.subject,
            "text": row.text,
            "unit_id": row.unit_id,
            "place": row.place,
            "anonymous": row.identity_id is None,
            "identity_id": row.identity_id,
            "original_id": row.original_id,
            "imposed_due": row.due,
        }

    def _facts(self, row: OldCase, report: Mapping[str, Any]) -> dict[str, object]:
        return {
            "report": report["number"],
            "channel": CHANNEL,
            "kind": row.kind,
            "import": self.of.id,
            "row": row.n,
            "old_number": row.number,
            "as": row.state,
            "received": moment_text(row.received_at),
            "closed": moment_text(row.closed_at) if row.closed_at else None,
            "text": commitment(row.text),
            "said": commitment(row.said),
        }

    def _row(self, row: OldCase, case_id: int, report_id: int) -> _Made:
        return {
            "report_id": report_id,
            "case_id": case_id,
            "import_id": self.of.id,
            "n": row.n,
            "area_code": self.of.area_code,
            "fingerprint": row.fingerprint,
            "number": row.number,
            "said": row.said,
            "as_closed": row.state == "closed",
            "live": True,
        }

    def _findable(self, rows: Sequence[OldCase], report_ids: Sequence[int]) -> None:
        pairs = list(zip(report_ids, rows, strict=True))
        search.index_many(
            self.session, ((at, f"{row.subject}\n{row.text}\n{row.place}") for at, row in pairs)
        )
        sketches.keep_many(self.session, ((at, row.text) for at, row in pairs))

    def _news(self, case_id: int, report_id: int) -> News:
        body = {"entry": 1, "item": None, "by": self.actor.id, "report": report_id}
        return News("import", case_id, self.now, body, quiet=True)


class _Numbers:
    """Numbers of areas and periods, taken in one go for as many rows as there are of each."""

    def __init__(self, session: Session, places: Iterable[Place]) -> None:
        wanted = Counter(places)
        last = numbers.take_many(session, wanted)
        self._taken = {place: last[place] - n for place, n in wanted.items()}

    def next(self, place: Place) -> int:
        self._taken[place] += 1
        return self._taken[place]


def _periods(row: OldCase) -> tuple[Place, Place]:
    """Return where a row's case is counted, and its report."""
    year, day = numbers.year_of(row.received_at), numbers.day_of(row.received_at)
    return (row.area, str(year)), (row.area, day)


def _title(row: OldCase) -> str:
    words = " ".join((row.subject or row.text).split())
    return words[:TITLE] + ("…" if len(words) > TITLE else "")


# Undoing


def moved_since(session: Session, import_id: int) -> Sequence[str]:
    """Return the numbers of the first few cases of an import in which something was done since:
    then it cannot be undone.
    """
    done = select(Entry.case_id).where(
        Entry.case_id == Case.id, Entry.n > 1, Entry.verb.not_in(UNTOUCHED)
    )
    query = (
        select(Case.number)
        .join(ImportedRow, ImportedRow.case_id == Case.id)
        .where(ImportedRow.import_id == import_id, done.exists())
    )
    return session.scalars(query.order_by(Case.id).limit(_NAMED)).all()


def undo(session: Session, actor: Actor, of: LedgerImport, reason: str, now: datetime) -> int:
    """Make every case of an import void, on the record; return how many. Numbers stay taken, what
    came in stays kept, and nothing is owed any more. The rows may then come in again.

    Raises MoveNotAllowed where anything was done in one of them since, or it is not done.
    """
    if of.state != "done":
        raise MoveNotAllowed("这次导入没有完成，或者已经撤销")
    of_import = select(ImportedRow.case_id).where(ImportedRow.import_id == of.id)
    query = (
        select(Case).where(Case.id.in_(of_import)).order_by(Case.id).with_for_update(key_share=True)
    )
    cases = session.scalars(query).all()
    if touched := moved_since(session, of.id):
        raise MoveNotAllowed(Told("已经办理过，不能整次撤销：%(cases)s", cases="、".join(touched)))
    for case in cases:
        gate.pass_case(actor, case, "void")
        case.closed_at, case.moved_at = case.closed_at or now, now
        case.next_due, case.next_clock, case.call_back = NEVER, None, False
    _stop_clocks(session, of_import, now)
    hush(session, of_import, now)
    facts = {"import": of.id, "reason": reason}
    lines = [(case, Line("void", actor, now, facts)) for case in cases]
    add_many(session, Entry, fold(lines))
    body = {"item": None, "by": actor.id}
    emit_many(
        session,
        (News("void", one.id, now, {"entry": one.head_n, **body}, quiet=True) for one in cases),
    )
    session.execute(update(ImportedRow).where(ImportedRow.import_id == of.id).values(live=False))
    of.state, of.undone_at, of.undone_by = "undone", now, actor.person
    session.flush()
    return len(cases)


def _stop_clocks(session: Session, of_import: Any, now: datetime) -> None:
    ended = {"state": "stopped", "ended_at": now, "next_rung": None, "next_rung_at": None}
    query = update(Clock).where(Clock.root_case_id.in_(of_import), Clock.state == "running")
    session.execute(query.values(**ended).execution_options(synchronize_session=False))
