"""The product's reports back that are mailed: sent, taken by the mail server, lost."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.ledger.handed_tables import ReportBack
from caseflow.ledger.moves import reporting_back
from caseflow.people.actor import Actor


class Mailing:
    """Knows each report back that was mailed by its report and when."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.mailed: dict[tuple[int, datetime], int] = {}

    def send(self, me: Actor, case: int, report: int, at: datetime) -> None:
        """Mail a report back."""
        said = {"address": "office@example.gov.cn", "official": True}
        reporting_back.send_report_back(self.session, me, case, report, "message", at, **said)
        sent = select(ReportBack.id).where(ReportBack.report_id == report, ReportBack.sent_at == at)
        self.mailed[report, at] = self.session.scalars(sent).one()

    def happens(self, report: int, mailed_at: datetime, now: datetime, *, takes: bool) -> None:
        """The mail server takes what was mailed then, or it is lost."""
        verb = reporting_back.delivered if takes else reporting_back.undelivered
        verb(self.session, self.mailed[report, mailed_at], mailed_at, now)
