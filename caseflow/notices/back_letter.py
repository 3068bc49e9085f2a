"""The letter that brings a report back (办结报告) to the office that handed a matter down.

It goes to another authority and to nobody else, under that office's own number; what was found and
done stands in the PDF that goes with it, never in the letter (docs/decisions/0068).
"""

from collections.abc import Callable, Iterator

from sqlalchemy.orm import Session

from caseflow.crypto.keys import KeyRing
from caseflow.ledger import back_draft, reports_back
from caseflow.ledger.handed_tables import ReportBack
from caseflow.ledger.report_tables import Report
from caseflow.notices import render
from caseflow.notices.matter import Matter
from caseflow.notices.render import Words
from caseflow.outbox.handlers import Draft, Enclose
from caseflow.outbox.transport import Enclosure
from caseflow.paper.sheets import Typesetter
from caseflow.people.office import card_of

_SORT = "back"


def drafts(session: Session, about: Matter, words: Words) -> Iterator[Draft]:
    """Yield the letter, where what it brings is still to be sent."""
    row = session.get_one(ReportBack, about.body["back"])
    if row.state == "sending" and row.sent_at == about.event.at:
        report = session.get_one(Report, row.report_id)
        subject, text = render.to_office(words, report.handed_by, report.handed_number)
        yield Draft(words.rule, f"{_SORT}:{row.id}", "email", "zh", subject, text)


def address(session: Session, ring: KeyRing, row_id: int) -> str | None:
    """Return where it goes; None where that is the address of somebody who reported the matter."""
    row = session.get_one(ReportBack, row_id)
    theirs = reports_back.is_reporters(session, ring, row.case_id, row.address)
    return None if theirs else row.address or None


def enclosing(area: str, typesetter: Callable[[], Typesetter]) -> Enclose:
    """Return what puts the report into its letter, as PDF; `area`: the office's own."""

    def enclose(session: Session, recipient: str) -> Enclosure | None:
        sort, _, number = recipient.partition(":")
        if sort != _SORT:
            return None
        row = session.get_one(ReportBack, int(number))
        report = session.get_one(Report, row.report_id)
        sheet = back_draft.sheet(row, report, card_of(session, area).name)
        at = row.sent_at or row.drafted_at
        return Enclosure(f"{sheet.title}.pdf", lambda: typesetter().pdf(sheet, at))

    return enclose
