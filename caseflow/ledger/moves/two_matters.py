"""A report that tells of two matters (一信两事): it stays where it is, and the part that is split
off gets a linked report of its own, with a number, promises and an answer of its own.

The linked one says the same, came from the same person by the same door, and is under the same
seal. No due moment moves: what was promised for the report holds for both from then on.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.deadlines import clocks
from caseflow.ledger import search
from caseflow.ledger.moves import opening
from caseflow.ledger.moves.notice import reachable
from caseflow.ledger.moves.opening import Registered
from caseflow.ledger.moves.record import matter_of, of_case, of_report
from caseflow.ledger.report_tables import Attachment, Report
from caseflow.ledger.split_tables import Split, SplitReport
from caseflow.ledger.tables import Case

_SAME = (
    *("channel", "kind", "category", "received_at", "subject", "text", "unit_id", "place"),
    *("happened", "disclosure", "anonymous", "call_back", "locale", "identity_id", "original_id"),
    *(
        "logged_by",
        "handed_by",
        "handed_number",
        "imposed_due",
        "report_back",
        "handed_at",
        "back_due",
    ),
    "call_began",
    "call_ended",
)


def link(
    session: Session, case: Case, part: Case, row: Split, two: Iterable[Report], now: datetime
) -> list[Report]:
    """Give the part a linked report of each; the resolve promise of either case runs already."""
    return [_linked(session, case, part, row, one, now) for one in two]


def _linked(
    session: Session, case: Case, part: Case, row: Split, report: Report, now: datetime
) -> Report:
    number = opening.register(session, report.area_code, now)
    linked = _kept(session, part, report, number)
    session.add(SplitReport(split_id=row.id, report_id=linked.id))
    files = select(Attachment).where(Attachment.report_id == report.id).order_by(Attachment.id)
    session.add_all(
        Attachment(
            report_id=linked.id,
            blob_id=file.blob_id,
            name=file.name,
            media_type=file.media_type,
            size=file.size,
        )
        for file in session.scalars(files).all()
    )
    search.index(session, linked.id, f"{linked.subject}\n{linked.text}\n{linked.place}")
    _promised(session, case, part, report, linked, now)
    session.flush()
    return linked


def _kept(session: Session, part: Case, report: Report, number: Registered) -> Report:
    linked = Report(
        number=number.number,
        area_code=number.area,
        day=number.day,
        seq=number.seq,
        case_id=part.id,
        channel_key=f"split:{number.number}",
        split_from=report.split_from or report.id,
        **{name: getattr(report, name) for name in _SAME},
    )
    session.add(linked)
    session.flush()
    return linked


def _promised(
    session: Session, case: Case, part: Case, report: Report, linked: Report, now: datetime
) -> None:
    """Hold the office to the same days about the linked report. Word that there are two numbers is
    owed to whoever can be told; everybody else reads it on the tracking page.
    """
    subject = of_report(part, linked.id)
    running = {one.name: one for one in clocks.alive(session, of_report(case, report.id))}
    for name in ("notice", "reply"):
        if name in running:
            clocks.fork(session, running[name], subject, now)
    if "reply" not in running:
        [resolve] = clocks.alive(session, of_case(part), "resolve")
        opening.start_reply(session, part, linked.id, resolve, now)
    if "notice" not in running and reachable(session, report):
        clocks.start(session, "notice", subject, matter_of(part), now)


def same_letter(session: Session, report: Report) -> Sequence[Report]:
    """Return the reports that are of one letter with this one, itself among them, by their case."""
    root = report.split_from or report.id
    query = select(Report).where((Report.id == root) | (Report.split_from == root))
    return session.scalars(query.order_by(Report.case_id, Report.id)).all()


def numbers_of(session: Session, report: Report) -> list[str]:
    """Return the other numbers under which what the same letter tells is handled."""
    return [one.number for one in same_letter(session, report) if one.id != report.id]
