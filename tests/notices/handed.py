"""A matter that another office handed down and that is answered: a report back is owed of it."""

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from caseflow.adapters.file_store import LocalStore
from caseflow.adapters.typst import Typst
from caseflow.app import FONTS
from caseflow.crypto.keys import KeyRing
from caseflow.db import Database
from caseflow.deadlines import clocks
from caseflow.intake.receive import take_in
from caseflow.intake.report import Contact, HandedDown, IncomingReport
from caseflow.intake.rooms import Rooms
from caseflow.ledger import back_laws
from caseflow.ledger.handed_tables import ReportBack
from caseflow.ledger.moves import closing, reporting_back, triage
from caseflow.ledger.moves.record import of_case
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case
from caseflow.outbox.run import run
from tests import office as offices
from tests.notices.watch import PostOffice, Watch, handlers
from tests.office import DISTRICT

ADDRESS, REPORTER = "doc@xinfang.example", "parent@mail.example"
HOUR = timedelta(hours=1)
TEXT = "市信访局：\n食堂已整改。"


class House:
    """An office to which a matter was handed down, answered by now, of which a report is owed."""

    def __init__(self, database: Database, home: Path, now: datetime) -> None:
        self.database, self.now = database, now
        self.ring = KeyRing.create(home / "keys.json")
        self.rooms = Rooms(database, self.ring, LocalStore(home / "files", self.ring), DISTRICT)
        with database.transaction() as session:
            self.office = offices.make(session)
        came = IncomingReport(
            *("handed_down", "key", now, "complaint", "食堂饭菜不新鲜", b"-"),
            contact=Contact(email=REPORTER),
            handed_down=HandedDown("市信访局", "XF-1", report_back=True),
        )
        number = take_in(self.rooms, came, now).report_number
        with database.transaction() as session:
            report = session.scalars(select(Report).where(Report.number == number)).one()
            case = session.get_one(Case, report.case_id)
            self.case, self.number, self.report = case.id, case.number, report.id
            triage.accept(session, self.office["handler"], case.id, now)
            case.state, case.call_back = "replying", False
        self.carry(PostOffice(), now)

    def replies(self) -> set[str]:
        """Answer the reporter, so that the report back is what is left."""
        with self.database.transaction() as session:
            watch = Watch(session)
            watch.forget()
            me = self.office["handler"]
            closing.reply(session, me, self.case, self.report, "已整改", "window", self.now)
            return watch.told()

    def does(self, move: str, who: str = "handler", *said: str, **more: object) -> set[str]:
        """Make a move of the report back; return who was told what of it."""
        with self.database.transaction() as session:
            watch = Watch(session)
            watch.forget()
            verb = getattr(reporting_back, f"{move}_report_back")
            verb(session, self.office[who], self.case, self.report, *said, now=self.now, **more)
            return watch.told()

    def checked(self) -> None:
        self.does("draft", "handler", TEXT)
        self.does("check", "reviewer")

    def mailed(self) -> None:
        self.does("send", "handler", "message", address=ADDRESS, official=True)

    def reopened(self) -> None:
        """Let a supervisor take the matter up anew."""
        with self.database.transaction() as session:
            me = self.office["supervisor"]
            closing.reopen(session, me, self.case, "没有查清", self.now)

    def carry(self, post: PostOffice, at: datetime) -> None:
        """Run the outbox until nothing is left for that moment."""
        own = handlers(post, self.ring, typesetter=lambda: Typst(FONTS, of_machine=False))
        while run(self.database, own, at, "worker"):
            pass

    def stands(self) -> tuple[str, set[str]]:
        """Return the state of what was written last, and the promises that run."""
        with self.database.read() as session:
            row = session.scalars(select(ReportBack).order_by(ReportBack.id.desc())).first()
            case = session.get_one(Case, self.case)
            runs = clocks.alive(session, of_case(case), "report_back", "signed_back")
            assert not [one for law in back_laws.broken() for one in session.scalars(law)]
            return row.state if row else "", {one.name for one in runs}
