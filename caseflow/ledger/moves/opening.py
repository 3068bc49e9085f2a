"""Opening a case for a report, and joining a further contact to it (来件)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, SQLColumnExpression, bindparam, exists, select
from sqlalchemy.orm import Session

from caseflow import refs
from caseflow.clock import local
from caseflow.deadlines import clocks
from caseflow.deadlines.tables import Clock
from caseflow.ledger import handed, numbers, search, sketches
from caseflow.ledger.history import commitment, moment_text
from caseflow.ledger.moves.record import matter_of, of_case, of_report, record, whole
from caseflow.ledger.report_tables import Attachment, Reply, Report
from caseflow.ledger.states import ENDS
from caseflow.ledger.tables import INSTRUCTED, ORDINARY, URGENT, Case
from caseflow.people.actor import REPORTER, Actor
from caseflow.people.tables import Area

TITLE = 40
CALLED_BACK = ("complaint", "help")


@dataclass(frozen=True)
class Filed:
    """A file that came with a report and lies in the store."""

    blob_id: str
    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Registered:
    """A report number taken from the counter; the receipt is made from it.

    `case_seq`: the place of the case that it opens among those of its area and year, where that was
    taken with it.
    """

    number: str
    area: str
    day: str
    seq: int
    case_seq: int | None = None


@dataclass(frozen=True)
class NewReport:
    """A report ready for the ledger: identity and original are sealed, the number is taken."""

    registered: Registered
    channel: str
    channel_key: str
    received_at: datetime
    kind: str
    text: str
    original_id: str
    anonymous: bool
    subject: str = ""
    category: str | None = None
    unit_id: int | None = None
    place: str = ""
    happened: str = ""
    disclosure: str = "withheld"
    call_back: bool = False
    reachable: bool = False
    locale: str = "zh"
    identity_id: str | None = None
    receipt_hash: str | None = None
    receipt_key: str | None = None
    logged_by: int | None = None
    handed_by: str = ""
    handed_number: str = ""
    imposed_due: datetime | None = None
    report_back: bool = False
    handed_at: datetime | None = None
    back_due: datetime | None = None
    urgent: bool = False
    instructed: bool = False
    call_began: datetime | None = None
    call_ended: datetime | None = None
    files: Sequence[Filed] = ()


@dataclass(frozen=True)
class Opened:
    """A case that was opened, the report that it began with, and what was promised for both."""

    case: Case
    report: Report
    clocks: Sequence[Clock]


def register(session: Session, area: str, received_at: datetime) -> Registered:
    """Take the next report number of an area and the Shanghai day of `received_at`."""
    day = numbers.day_of(received_at)
    seq = numbers.take(session, area, day)
    return Registered(refs.report_number(area, local(received_at).date(), seq), area, day, seq)


def register_both(session: Session, area: str, received_at: datetime) -> Registered:
    """Take the next report number of an area, and the next case number, in one statement: whoever
    holds a counter holds up every other report of the area. All who need both take the year's
    first, or two of them would wait for one another.
    """
    day, year = numbers.day_of(received_at), str(numbers.year_of(received_at))
    taken = numbers.take_many(session, {(area, day): 1, (area, year): 1})
    seq = taken[area, day]
    number = refs.report_number(area, local(received_at).date(), seq)
    return Registered(number, area, day, seq, taken[area, year])


def open_case(session: Session, actor: Actor, new: NewReport, now: datetime) -> Opened:
    """Open a case for a report: number, entry, clocks and event. Raises NoPolicy."""
    case = _numbered(session, new, now)
    session.add(case)
    session.flush()
    first = clocks.start(session, "immediate", of_case(case), matter_of(case), now)
    report, promises = _came_in(session, actor, case, new, now)
    return Opened(case, report, (first, *promises))


def open_review(session: Session, of: Case, new: NewReport, now: datetime) -> tuple[Case, Report]:
    """Open the case in which the office above reviews the answer of another one (复查, 复核): about
    the same, and nobody has to deal with it within the hour. Raises NoPolicy.
    """
    case = _numbered(session, new, now)
    case.reviews, case.matter, case.call_back = of.id, of.matter, False
    session.add(case)
    session.flush()
    report, _ = _came_in(session, REPORTER, case, new, now)
    return case, report


def _numbered(session: Session, new: NewReport, now: datetime) -> Case:
    area = session.get_one(Area, new.registered.area)
    year = numbers.year_of(new.received_at)
    seq = new.registered.case_seq or numbers.take(session, area.code, str(year))
    return Case(
        number=refs.case_number(area.code, year, seq),
        area_code=area.code,
        province=area.province,
        city=area.city,
        county=area.county,
        district=area.district,
        registered_in=area.code,
        year=year,
        seq=seq,
        kind=new.kind,
        category=new.category,
        urgent=new.urgent,
        rank=rank_of(new),
        state="received",
        matter=title(new),
        channel=new.channel,
        unit_id=new.unit_id,
        place=new.place,
        opened_at=now,
        moved_at=now,
        call_back=is_called_back(new, able=new.reachable),
    )


def _came_in(
    session: Session, actor: Actor, case: Case, new: NewReport, now: datetime
) -> tuple[Report, Sequence[Clock]]:
    report = _keep(session, case, new, None)
    handed.claim(session, report)
    promises = _start_clocks(session, case, report, now)
    search.index(session, report.id, f"{new.subject}\n{new.text}\n{new.place}")
    sketches.keep(session, report.id, new.text)
    record(session, case, actor, "open", now, _facts(new), refs={"report": report.id})
    return report, promises


def rank_of(new: NewReport) -> int:
    """Return where the case stands on every list: instructed, urgent or ordinary."""
    if new.instructed:
        return INSTRUCTED
    return URGENT if new.urgent else ORDINARY


def title(new: NewReport | Report) -> str:
    """Return the first 40 characters of the matter, on one line."""
    words = " ".join((new.subject or new.text).split())
    return words[:TITLE] + ("…" if len(words) > TITLE else "") or "（无正文）"


def is_called_back(report: NewReport | Report, *, able: bool) -> bool:
    """Tell whether a report's sender, whom we are `able` to call or write to, is called back once
    answered: complaints and help; tips only where agreed; never anonymous ones.
    """
    if report.anonymous or not able:
        return False
    return report.kind in CALLED_BACK or (report.kind == "tip" and report.call_back)


def _keep(session: Session, case: Case, new: NewReport, follows: int | None) -> Report:
    report = Report(
        number=new.registered.number,
        area_code=new.registered.area,
        day=new.registered.day,
        seq=new.registered.seq,
        case_id=case.id,
        follows=follows,
        channel=new.channel,
        channel_key=new.channel_key,
        kind=new.kind,
        category=new.category,
        received_at=new.received_at,
        subject=new.subject,
        text=new.text,
        unit_id=new.unit_id,
        place=new.place,
        happened=new.happened,
        disclosure="withheld" if new.kind == "tip" else new.disclosure,
        anonymous=new.anonymous,
        call_back=new.call_back,
        locale=new.locale,
        identity_id=new.identity_id,
        original_id=new.original_id,
        receipt_hash=new.receipt_hash,
        receipt_key=new.receipt_key,
        logged_by=new.logged_by,
        handed_by=new.handed_by,
        handed_number=new.handed_number,
        imposed_due=new.imposed_due,
        report_back=new.report_back,
        handed_at=new.handed_at,
        back_due=new.back_due,
        call_began=new.call_began,
        call_ended=new.call_ended,
    )
    session.add(report)
    session.flush()
    session.add_all(
        Attachment(
            report_id=report.id,
            blob_id=file.blob_id,
            name=file.name,
            media_type=file.media_type,
            size=file.size,
        )
        for file in new.files
    )
    return report


def _facts(new: NewReport) -> dict[str, object]:
    facts: dict[str, object] = {
        "report": new.registered.number,
        "channel": new.channel,
        "kind": new.kind,
        "urgent": new.urgent,
        "text": commitment(new.text),
        "files": [file.sha256 for file in new.files],
    }
    if new.call_began and new.call_ended:
        facts["call"] = [moment_text(new.call_began), moment_text(new.call_ended)]
    return facts


def _start_clocks(session: Session, case: Case, report: Report, now: datetime) -> Sequence[Clock]:
    matter = matter_of(case)
    imposed = min((due for due in (report.imposed_due, report.back_due) if due), default=None)
    resolve = clocks.start(session, "resolve", of_case(case), matter, now, imposed=imposed)
    started = [resolve]
    if case.reviews is None:  # whoever asks for a review in time knows that it is accepted
        started.append(clocks.start(session, "notice", of_report(case, report.id), matter, now))
    started.append(start_reply(session, case, report.id, resolve, now))
    return started


def start_reply(
    session: Session, case: Case, report_id: int, resolve: Clock, now: datetime
) -> Clock:
    """Start the reply clock of a report: due with the case."""
    subject = of_report(case, report_id)
    return clocks.start(session, "reply", subject, matter_of(case), now, before=resolve.due)


def join(
    session: Session, actor: Actor, case: Case, first: Report, new: NewReport, now: datetime
) -> Report:
    """Join a further contact of the same reporter to its case, which the caller has locked.

    It has neither receipt nor clocks of its own: the first report's promises go on, and where they
    are over its sender is promised an answer of their own. An urgent one
    (retaliation) starts an immediate clock, whatever the state of the case; where one of an urgent
    case runs already it goes on, or each new cry for help would put off the next rung.
    """
    report = _keep(session, case, new, first.id)
    if new.urgent and not (case.urgent and clocks.alive(session, of_case(case), "immediate")):
        make_urgent(session, case, now)
    elif case.state in ENDS and not new.urgent:
        _promise_answer(session, case, report, now)
    search.index(session, report.id, new.text)
    sketches.keep(session, report.id, new.text)
    verb = "retaliation" if new.urgent else "add"
    record(session, case, actor, verb, now, _facts(new), refs={"report": report.id})
    return report


def _promise_answer(session: Session, case: Case, report: Report, now: datetime) -> None:
    """Promise word and an answer to what came after the end; where its sender waits for one
    already that is still to be written, that will answer this too.
    """
    waits = [one.report_id for one in clocks.alive(session, whole(case), "reply")]
    theirs = select(Report.id).where(
        Report.id.in_(waits), Report.follows == report.follows, ~is_on_its_way(Report.id)
    )
    if session.scalar(theirs.limit(1)) is None:
        for name in ("notice", "reply"):
            clocks.start(session, name, of_report(case, report.id), matter_of(case), now)


def is_on_its_way(report_id: SQLColumnExpression[int] | int) -> ColumnElement[bool]:
    """Return the condition that the channel has an answer to a report and has not said yet what
    became of it.
    """
    return exists().where(
        Reply.report_id == report_id, Reply.delivered_at.is_(None), Reply.failed_at.is_(None)
    )


def later(session: Session, case: Case) -> Sequence[Report]:
    """Return the reports that came after a case was over and wait for an answer, oldest first."""
    waits = [one.report_id for one in clocks.alive(session, whole(case), "reply")]
    query = select(Report).where(Report.id.in_(waits), Report.follows.is_not(None))
    return session.scalars(query.order_by(Report.id)).all()


def make_urgent(session: Session, case: Case, now: datetime) -> None:
    """Let a case be urgent from now on: first on the lists, to be taken over within the hour."""
    case.urgent = True
    case.rank = min(case.rank, URGENT)
    clocks.stop(session, of_case(case), now, "immediate")
    clocks.start(session, "immediate", of_case(case), matter_of(case), now)


def first_reports(session: Session, case: Case) -> Sequence[Report]:
    """Return the reports of a case that are owed a notice and a reply, oldest first."""
    return session.scalars(_FIRST_REPORTS, {"case": case.id}).all()


_FIRST_REPORTS = (
    select(Report)
    .where(Report.case_id == bindparam("case"), Report.follows.is_(None))
    .order_by(Report.id)
)
