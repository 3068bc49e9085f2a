"""Everything that belongs to one case, for the page that shows it: as many statements, whatever
the number of items, reports and entries; none for what the history knows nothing of.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import Select, String, bindparam, select
from sqlalchemy.orm import Session

from caseflow.deadlines.clocks import ALIVE
from caseflow.deadlines.tables import Clock
from caseflow.files.tables import Blob
from caseflow.ledger import (
    assistances,
    checkers,
    exclusions,
    extensions,
    mergers,
    oversights,
    proposals,
    queries,
    reports_back,
    shelvings,
    splits,
    step_ups,
    visits,
    withdrawals,
)
from caseflow.ledger.application_tables import Exclusion, Extension, Proposal, Withdrawal
from caseflow.ledger.assistance_tables import Assistance
from caseflow.ledger.checkers import Eyes
from caseflow.ledger.extensions import Asked
from caseflow.ledger.handed_tables import ReportBack
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.import_tables import ImportedRow
from caseflow.ledger.oversight_tables import Oversight
from caseflow.ledger.report_tables import Attachment, CallBack, Question, Reply, Report
from caseflow.ledger.shelving_tables import Milestone, Shelving
from caseflow.ledger.splits import Gone
from caseflow.ledger.step_up_tables import StepUp
from caseflow.ledger.tables import Case, Evidence, Finding, Item
from caseflow.ledger.told import Told
from caseflow.ledger.visits import Visited
from caseflow.many import one_of
from caseflow.people import names
from caseflow.people.tables import Area, Unit
from caseflow.vault.tables import Identity

T = TypeVar("T", Report, Reply, Question, CallBack)
Lost = tuple[datetime | None, datetime | None]


@dataclass(frozen=True)
class Happened:
    """One line of the history with its body read: `facts` as the verb recorded them."""

    n: int
    at: datetime
    verb: str
    user_id: int | None
    role: str
    item_id: int | None
    facts: Mapping[str, Any]

    @classmethod
    def of(cls, entry: Entry) -> "Happened":
        """Read an entry's canonical body."""
        body = json.loads(entry.body)
        return cls(
            entry.n, entry.at, entry.verb, entry.user_id, body["role"], entry.item_id, body["facts"]
        )


@dataclass(frozen=True)
class Dossier:
    """One case with all that hangs on it. Lists are oldest first, `entries` newest first.

    `ways`: by report id, how its sender can be reached ('email', 'phone', 'letter'); `lost`: since
    when their address takes no mail, and their number no text message. `clocks`: those that run or
    stand still. `eyes`: by item id, who may strike off a submitted item. `origin`, `parts`: the
    case that this one was split off from, and those split off from it; `gone`: by id, the items
    that went to them; `before`: what was told of its items elsewhere.
    """

    case: Case
    area: Area
    told: Told
    reports: Sequence[Report]
    attachments: Mapping[int, list[tuple[Attachment, Blob]]]
    ways: Mapping[int, tuple[str, ...]]
    lost: Mapping[int, Lost]
    items: Sequence[Item]
    findings: Mapping[int, list[Finding]]
    evidence: Mapping[int, list[tuple[Evidence, Blob]]]
    eyes: Mapping[int, Eyes]
    replies: Sequence[Reply]
    questions: Sequence[Question]
    call_backs: Sequence[CallBack]
    entries: Sequence[Happened]
    clocks: Sequence[Clock]
    extensions: Sequence[Asked]
    withdrawals: Sequence[Withdrawal]
    proposals: Sequence[Proposal]
    shelvings: Sequence[Shelving]
    milestones: Sequence[Milestone]
    visits: Sequence[Visited]
    exclusions: Sequence[Exclusion]
    oversights: Sequence[Oversight]
    reports_back: Sequence[ReportBack]
    office_mailbox: str
    assistances: Sequence[Assistance]
    step_ups: Sequence[StepUp]
    above: Case | None
    merged: Sequence[Case]
    origin: Case | None
    parts: Sequence[Case]
    gone: Mapping[int, Gone]
    before: Sequence[Happened]
    units: Mapping[int, Unit]
    people: Mapping[int, str]
    imported: ImportedRow | None = None

    @property
    def first_reports(self) -> list[Report]:
        """The reports that are owed a notice and a reply."""
        return [report for report in self.reports if report.follows is None]

    @property
    def of_items(self) -> Sequence[Happened]:
        """What was told of its items, newest first: here, and before it was split off."""
        return [*self.entries, *self.before]

    def clock(
        self, name: str, *, item: int | None = None, report: int | None = None
    ) -> Clock | None:
        """Return the clock of that name that runs or stands still, on the case unless told."""
        found = [
            clock
            for clock in self.clocks
            if clock.name == name and clock.item_id == item and clock.report_id == report
        ]
        return found[0] if found else None

    def unit_name(self, unit_id: int | None) -> str:
        """Return a unit's name, nothing where there is no unit."""
        return self.units[unit_id].name if unit_id else ""

    def person(self, user_id: int | None) -> str:
        """Return a person's name, nothing for the machine."""
        return self.people.get(user_id, "") if user_id else ""


# Said once: every page of a case asks them.
_FINDINGS = select(Finding).where(one_of(Finding.item_id, "ids")).order_by(Finding.id)
_ATTACHMENTS = (
    select(Attachment, Blob)
    .join(Blob, Blob.id == Attachment.blob_id)
    .where(one_of(Attachment.report_id, "ids"))
    .order_by(Attachment.id)
)
_REACHED = select(
    Identity.id, Identity.can_be_reached, Identity.bounced_at, Identity.unreachable_at
).where(one_of(Identity.id, "ids", String))
_EVIDENCE = (
    select(Evidence, Blob)
    .join(Blob, Blob.id == Evidence.blob_id)
    .where(one_of(Evidence.item_id, "ids"))
    .order_by(Evidence.id)
)
_CLOCKS = (
    select(Clock)
    .where(Clock.root_case_id == bindparam("case"), Clock.state.in_(ALIVE))
    .order_by(Clock.due, Clock.id)
)


def _imported(session: Session, case: Case) -> ImportedRow | None:
    """Return the row of an old ledger that a case began as."""
    if case.channel != "import":
        return None
    return session.scalar(select(ImportedRow).where(ImportedRow.case_id == case.id))


def load(session: Session, case: Case) -> Dossier:
    """Load the dossier of a case that the caller has found within a scope."""
    area = session.get_one(Area, case.area_code)
    reports = _of(session, Report, case)
    items = queries.items_of(session, case)
    item_ids = [item.id for item in items]
    entries = [Happened.of(entry) for entry in queries.entries(session, case)]
    submitted = [item for item in items if item.state == "submitted"]
    eyes = checkers.eyes(session, [(area, case, item) for item in submitted])
    told = Told.by(entry.verb for entry in entries)
    above, merged = mergers.cases_of(session, case) if told.is_akin else (None, ())
    origin, parts, gone, before = _splits(session, case, item_ids, told)
    here, of_items, story = told.may_have, [*item_ids, *gone], [*entries, *before]
    ways, lost = _ways(session, reports)
    backs = _reports_back(session, case, reports)
    return Dossier(
        case=case,
        area=area,
        told=told,
        reports=reports,
        attachments=_attachments(session, reports),
        ways=ways,
        lost=lost,
        items=items,
        findings=_findings(session, of_items if here(Finding) else ()),
        evidence=_evidence(session, of_items if here(Evidence) else ()),
        eyes=eyes,
        replies=_of(session, Reply, case) if here(Reply) else (),
        questions=_of(session, Question, case) if here(Question) else (),
        call_backs=_of(session, CallBack, case) if here(CallBack) else (),
        entries=entries,
        clocks=_clocks(session, case),
        extensions=extensions.asked(session, case.id) if here(Extension) else (),
        withdrawals=withdrawals.asked(session, case.id) if here(Withdrawal) else (),
        proposals=proposals.asked(session, case.id) if here(Proposal) else (),
        shelvings=shelvings.asked(session, case.id) if here(Shelving) else (),
        milestones=shelvings.milestones(session, case.id) if here(Shelving) else (),
        visits=_visits(session, story),
        exclusions=exclusions.asked(session, case.id) if here(Exclusion) else (),
        reports_back=backs,
        office_mailbox=reports_back.office_mailbox(session, case.id) if backs else "",
        oversights=oversights.asked(session, case.id) if here(Oversight) else (),
        assistances=assistances.of_items(session, of_items) if here(Assistance) else (),
        step_ups=step_ups.asked(session, case.id) if here(StepUp) else (),
        above=above,
        merged=merged,
        origin=origin,
        parts=parts,
        gone=gone,
        before=before,
        units=names.units(session, _unit_ids(case, items, reports, story)),
        people=names.users(session, _user_ids(case, items, story)),
        imported=_imported(session, case),
    )


def _of(session: Session, table: type[T], case: Case) -> Sequence[T]:
    return session.scalars(_rows(table), {"case": case.id}).all()


@lru_cache(maxsize=8)
def _rows(table: type[T]) -> Select[T]:
    return select(table).where(table.case_id == bindparam("case")).order_by(table.id)


def _attachments(
    session: Session, reports: Sequence[Report]
) -> dict[int, list[tuple[Attachment, Blob]]]:
    found: dict[int, list[tuple[Attachment, Blob]]] = defaultdict(list)
    ids = [report.id for report in reports]
    for attachment, blob in session.execute(_ATTACHMENTS, {"ids": ids}) if ids else ():
        found[attachment.report_id].append((attachment, blob))
    return found


def _ways(
    session: Session, reports: Sequence[Report]
) -> tuple[dict[int, tuple[str, ...]], dict[int, Lost]]:
    ids = [report.identity_id for report in reports if report.identity_id]
    found = session.execute(_REACHED, {"ids": ids}).all() if ids else ()
    open_ = {row.id: tuple(way for way in row.can_be_reached.split(",") if way) for row in found}
    lost = {row.id: (row.bounced_at, row.unreachable_at) for row in found}
    named = [(report.id, report.identity_id or "") for report in reports]
    return (
        {report: open_.get(identity, ()) for report, identity in named},
        {report: lost.get(identity, (None, None)) for report, identity in named},
    )


def _reports_back(session: Session, case: Case, reports: Sequence[Report]) -> Sequence[ReportBack]:
    """Return what was written for the offices that want a report; nothing is asked of others."""
    asked = any(report.report_back for report in reports)
    return reports_back.of_case(session, case.id) if asked else ()


def _findings(session: Session, item_ids: Sequence[int]) -> dict[int, list[Finding]]:
    found: dict[int, list[Finding]] = defaultdict(list)
    for finding in session.scalars(_FINDINGS, {"ids": item_ids}) if item_ids else ():
        found[finding.item_id].append(finding)
    return found


def _evidence(session: Session, item_ids: Sequence[int]) -> dict[int, list[tuple[Evidence, Blob]]]:
    found: dict[int, list[tuple[Evidence, Blob]]] = defaultdict(list)
    for evidence, blob in session.execute(_EVIDENCE, {"ids": item_ids}) if item_ids else ():
        found[evidence.item_id].append((evidence, blob))
    return found


def _clocks(session: Session, case: Case) -> Sequence[Clock]:
    return session.scalars(_CLOCKS, {"case": case.id}).all()


def _splits(
    session: Session, case: Case, item_ids: Sequence[int], told: Told
) -> tuple[Case | None, Sequence[Case], Mapping[int, Gone], Sequence[Happened]]:
    """Return what a case was split off from and into, which items left it, and what was told of
    its own before they came; nothing is asked of most cases.
    """
    if not told.verbs & {"split_off", "split_from"}:
        return None, (), {}, ()
    gone = splits.gone(session, case) if "split_off" in told.verbs else {}
    before = splits.before(session, case, item_ids) if "split_from" in told.verbs else ()
    origin, parts = splits.cases_of(session, case)
    return origin, parts, gone, [Happened.of(entry) for entry in before]


def _visits(session: Session, told: Sequence[Happened]) -> Sequence[Visited]:
    """Return the visits that were told of; nothing is asked of most cases."""
    went = [int(entry.facts["visit"]) for entry in told if entry.verb == "visit"]
    return visits.of_ids(session, went) if went else ()


def _unit_ids(
    case: Case, items: Sequence[Item], reports: Sequence[Report], entries: Sequence[Happened]
) -> set[int]:
    named = [case.unit_id, *(report.unit_id for report in reports)]
    for item in items:
        named += [item.verifying_unit_id, item.rectifying_unit_id]
    named += [entry.facts.get("unit") for entry in entries]
    return {unit_id for unit_id in named if unit_id}


def _user_ids(case: Case, items: Sequence[Item], entries: Sequence[Happened]) -> set[int]:
    named = [case.handler_id, *(entry.user_id for entry in entries)]
    for item in items:
        named += [item.inspector_id, item.struck_off_by]
    named += [entry.facts.get(name) for entry in entries for name in ("handler", "giver")]
    named += [entry.facts.get("inspector") for entry in entries]
    return {user_id for user_id in named if user_id}
