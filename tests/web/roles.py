"""The demo office with one more of everybody: a twin of each role next door, recused colleagues.

`world.visit(name)` is the browser of an account; every answer it gets is checked for the headers
that each answer must carry, and the SQL of the whole world is listened to for writing.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event, select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from caseflow.app import create_app, services
from caseflow.db import Database
from caseflow.escalation import accountability_record
from caseflow.escalation.accountability_states import OPENED
from caseflow.escalation.accountability_tables import AccountabilityEvidence, AccountabilityFile
from caseflow.escalation.tables import Order
from caseflow.files import blobs
from caseflow.intake.call_tables import Call, DutyLine, Recording
from caseflow.intake.mail_tables import Blocked, Folded
from caseflow.intake.rooms import Rooms
from caseflow.intake.tables import Quarantine, ShiftNote
from caseflow.ledger import visit_tables
from caseflow.ledger.assistance_tables import Assistance
from caseflow.ledger.handed_tables import ReportBack
from caseflow.ledger.import_tables import LedgerImport
from caseflow.ledger.report_tables import Attachment, Report
from caseflow.ledger.tables import Case, Evidence, Item
from caseflow.outbox.tables import Event, Message
from caseflow.people import accounts
from caseflow.people.permissions import ROLES
from caseflow.people.tables import Recusal, Unit, User
from caseflow.publishing.tables import Circular
from caseflow.web.desk.streams import Streams
from caseflow.web.security import POLICY
from config import Settings
from tests import demo_office
from tests.web import call_samples, mail_samples
from tests.web.site import Page, Visit

INSIDERS = {
    "operator": "operator",
    "handler": "handler",
    "inspector": "inspector",
    "unit": "unit",
    "reviewer": "reviewer",
    "supervisor": "supervisor",
    "leader": "leader",
    "auditor": "auditor",
    "admin": "administrator",
    "city": "supervisor",
}
"""Account: role, for everybody who sees the district's matters."""

STRANGERS = {f"stranger_{role}": role for role in ROLES}
ABOUT_NO_UNIT = {
    *("user_id", "post_key", "quarantine_id", "unit_id", "note_id", "folded_id", "blocked_id"),
    *("call_id", "line_id", "import_id"),
}
"""Arguments of routes whose samples are about no unit, so that nobody is recused from them."""

RECUSED = {f"recused_{role}": role for role in ("operator", "handler", "reviewer", "supervisor")}
OUTSIDERS = {**STRANGERS, **RECUSED, "sprout_head": "unit"}
"""Account: role, for everybody who must not learn that the samples exist."""

_OTHER_AREA = "430502"
_WRITING = ("INSERT", "UPDATE", "DELETE", "REPLACE")
_DOWNLOADS = "sandbox; default-src 'none'"


def rules() -> list[Rule]:
    """Return every route of the application, in a fixed order."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(services(Settings.read({"CASEFLOW_HOME": folder})))
    return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))


def methods(rule: Rule) -> list[str]:
    """Return the methods of a route that it answers itself."""
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


class World:
    """The application on a demo office, with outsiders, samples and open ears."""

    def __init__(self, url: str, home: Path, now: datetime) -> None:
        built = demo_office.make(url, home, now)
        self.database: Database = built.database
        self.app: Flask = create_app(built)
        self.database.run(_add_outsiders)
        self.database.run(_add_dead_letters)
        self.database.run(_add_a_file)
        self.database.run(_add_a_report_back)
        self.database.run(mail_samples.add)
        self.database.run(lambda session: call_samples.add(session, built.rooms))
        self.app.extensions["caseflow.streams"] = Streams(looks=1)
        self.database.run(lambda session: _add_an_import(session, built.rooms, now))
        self.written: list[str] = []
        event.listen(self.database.engine, "before_cursor_execute", self._hear)
        self._visits: dict[str, Visit] = {}
        self._tokens: dict[str, str] = {}
        with self.database.read() as session:
            self.samples = _samples(session)

    def _hear(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith(_WRITING):
            self.written.append(statement)

    def needs(self, endpoint: str) -> str | None:
        """Return the permission that a route declares, None when it declares none."""
        permission: str | None = getattr(self.app.view_functions[endpoint], "needs", None)
        return permission

    def visit(self, account: str = "") -> Visit:
        """Return the browser of an account, or of nobody."""
        if account not in self._visits:
            visit = Visit(self.app.test_client())
            if account:
                with self.database.read() as session:
                    user = session.scalars(select(User).where(User.username == account)).one()
                with visit.client.session_transaction() as kept:
                    kept.update({"_user_id": f"{user.id}.{user.session_epoch}", "_fresh": True})
            self._visits[account] = visit
        return self._visits[account]

    def address(self, rule: Rule, *, real: bool = True) -> str:
        """Return the address of a route for the sample objects, or for such as never were."""
        values: dict[str, Any] = {}
        for name in rule.arguments:
            kind = f"{rule.endpoint.partition('.')[0]}:{name}"
            sample = self.samples.get(kind, self.samples.get(name))
            assert sample is not None, f"give a sample for <{name}> of {rule.endpoint}"
            values[name] = sample[0] if real else sample[1]
        adapter = self.app.url_map.bind("localhost")
        return adapter.build(rule.endpoint, values, method=methods(rule)[0])

    def call(self, account: str, method: str, address: str, **form: Any) -> TestResponse:
        """Send one request with a form token of the browser's own; redirects are not followed."""
        client = self.visit(account).client
        data = {"csrf_token": self.token(account), **form} if method != "GET" else None
        answer = client.open(address, method=method, data=data, buffered=True)
        check_headers(answer)
        return answer

    def token(self, account: str) -> str:
        """Return a form token of an account's browser, from the page that everybody may open."""
        if account not in self._tokens:
            self._tokens[account] = self.page(account, "/report").csrf
        return self._tokens[account]

    def page(self, account: str, address: str) -> Page:
        """Open a page without following where it leads."""
        return Page(self.visit(account), self.call(account, "GET", address))


def check_headers(answer: TestResponse) -> None:
    """Assert what every answer carries, whatever it is."""
    headers = answer.headers
    assert headers["Content-Security-Policy"] in (POLICY, _DOWNLOADS), answer.request.path
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    if not answer.request.path.startswith("/static/"):
        assert headers["Cache-Control"] == "no-store"


@contextmanager
def nothing_written(world: World) -> Iterator[None]:
    """Assert that meanwhile no statement writes."""
    before = len(world.written)
    yield
    assert world.written[before:] == []


def _add_outsiders(session: Any) -> None:
    """Add a twin of every role in another district, and colleagues recused from every unit."""
    school = Unit(area_code=_OTHER_AREA, name="邻区小学", kind="school", active=True)
    session.add(school)
    session.flush()
    units = session.scalars(select(Unit.id).where(Unit.area_code != _OTHER_AREA)).all()
    for name, role in STRANGERS.items():
        unit = school.id if role == "unit" else None
        _person(session, name, role, _OTHER_AREA, unit)
    for name, role in RECUSED.items():
        person = _person(session, name, role, "430503", None)
        for unit in units:
            since = datetime.fromisoformat("2026-01-01T00:00:00+08:00")
            session.add(Recusal(user_id=person.id, unit_id=unit, reason="亲属", since=since))


def _person(session: Any, name: str, role: str, area: str, unit: int | None) -> User:
    user = User(
        username=name, name=name, role=role, area_code=area, unit_id=unit, password_hash="!"
    )
    session.add(user)
    session.flush()
    return user


def _add_dead_letters(session: Any) -> None:
    """Let a message and an event about a case of the demo's unit account fail for good."""
    unit = session.scalars(select(User.unit_id).where(User.username == "unit")).one()
    case = session.scalars(select(Case).where(Case.unit_id == unit).order_by(Case.id)).first()
    at = case.opened_at
    event = Event(name="rung", case_id=case.id, at=at, not_before=at, dead_at=at, error="NoPolicy")
    session.add(event)
    session.flush()
    session.add(
        Message(
            event_id=event.id,
            case_id=case.id,
            rule="rung",
            recipient="user:1",
            way="email",
            subject="逾期提醒",
            text=f"办件 {case.number} 已逾期。",
            message_id="<dead@caseflow.invalid>",
            state="dead",
            reason="550 no such user",
            created_at=at,
            not_before=at,
        )
    )
    session.flush()


def _add_a_file(session: Any) -> None:
    """Keep a file of inquiry in the district, so that its people and the city's see one; in truth
    it is the level above that issues a proposal and keeps its file.
    """
    unit = session.scalars(select(User.unit_id).where(User.username == "unit")).one()
    order = session.scalars(select(Order).where(Order.unit_id == unit).order_by(Order.id)).first()
    boss = session.scalars(select(User).where(User.username == "supervisor")).one()
    file = AccountabilityFile(
        order_id=order.id,
        case_id=order.case_id,
        unit_id=unit,
        area_code=boss.area_code,
        state="opened",
        opened_by=boss.id,
        opened_at=order.drafted_at,
        head="",
        head_n=0,
    )
    session.add(file)
    session.flush()
    actor = accounts.actor_of(session, boss)
    told = accountability_record.Told(order.drafted_at.date())
    accountability_record.record(session, file, actor, OPENED, told, order.drafted_at)
    file.state = "inquired"
    blob = session.scalars(select(Evidence.blob_id).order_by(Evidence.id)).first()
    facts = {"files": accountability_record.sums(session, [blob])}
    told = accountability_record.Told(order.drafted_at.date(), text="没有办理", facts=facts)
    accountability_record.record(session, file, actor, "inquiry_recorded", told, order.drafted_at)
    row = AccountabilityEvidence(file_id=file.id, n=file.head_n, blob_id=blob, name="证据.png")
    session.add(row)


def _add_an_import(session: Any, rooms: Rooms, now: datetime) -> None:
    """Let the supervisor have uploaded a ledger."""
    boss = session.scalars(select(User).where(User.username == "supervisor")).one()
    content = "编号,来件时间,反映内容\n1,2025.3.1,饭菜有异味\n".encode()
    blob = blobs.keep(session, rooms.store, content, now)
    kept = {"report_blob_id": blob.id, "blob_id": blob.id, "at": now, "user_id": boss.id}
    choices = '{"columns": ["number", "received", "text"]}'
    name = rooms.ring.seal("台账.csv".encode(), f"import:{blob.sha256}:name")
    row = LedgerImport(area_code="430503", name=name, sha256=blob.sha256, choices=choices, **kept)
    session.add(row)
    session.flush()


def _add_a_report_back(session: Any) -> None:
    """Write what is reported back of the sample's case to whoever handed it down."""
    unit = session.scalars(select(User.unit_id).where(User.username == "unit")).one()
    held = select(Item.case_id).where(Item.verifying_unit_id == unit, Item.inspector_id.is_(None))
    case_id = session.scalars(held.where(Item.state == "rectifying").order_by(Item.id)).first()
    report = session.scalars(select(Report).where(Report.case_id == case_id)).first()
    by = session.scalars(select(User.id).where(User.username == "handler")).one()
    row = {"case_id": case_id, "report_id": report.id, "round": 0, "state": "drafted"}
    row |= {"drafted_by": by, "drafted_at": report.received_at, "text": "市信访局：\n已整改。"}
    session.add(ReportBack(**row))


def _samples(session: Any) -> dict[str, tuple[Any, Any]]:
    """Return for each argument of a route a real value and one that never was.

    Every sample belongs to a matter about a unit; those of unit pages to the demo's unit account.
    """
    unit = session.scalars(select(User.unit_id).where(User.username == "unit")).one()
    held = select(Item).where(Item.verifying_unit_id == unit, Item.inspector_id.is_(None))
    mine = session.scalars(held.where(Item.state == "rectifying").order_by(Item.id)).first()
    case = session.get_one(Case, mine.case_id)
    first = select(Report.id).where(Report.case_id == case.id).order_by(Report.id)
    about = select(Attachment.id).join(Report, Report.id == Attachment.report_id)
    shown = select(Evidence.id).where(Evidence.item_id == mine.id)
    order = select(Order.id).where(Order.unit_id == unit, Order.state == "issued")
    any_user = select(User.id).where(User.username == "handler")
    one = {
        "number": (case.number, "430503-2026-999999"),
        "paper": ("notice", "nothing"),
        "filename": ("css/tokens.css", "css/none.css"),
        "post_key": ("leader-430503-0", "leader-430503-99999999"),
        "word": ("reached", "reached"),
        "where": ("first", "first"),
        "nonce": ("abcdefghijklmnopqrstuvwx", "xwvutsrqponmlkjihgfedcba"),
    }
    went = visit_tables.Visit
    visit = select(went.id).join(Case, Case.id == went.case_id)
    rows = {
        "report_id": first,
        "item_id": select(Item.id).where(Item.id == mine.id),
        "attachment_id": about.where(Report.unit_id.is_not(None)),
        "evidence_id": shown,
        "order_id": order,
        "inquiry_id": select(AccountabilityFile.id),
        "enclosure_id": select(AccountabilityEvidence.id),
        "circular_id": select(Circular.id).order_by(Circular.id),
        "assistance_id": select(Assistance.id).where(Assistance.unit_id == unit),
        "visit_id": visit.where(Case.unit_id.is_not(None)),
        "quarantine_id": select(Quarantine.id),
        "folded_id": select(Folded.id),
        "blocked_id": select(Blocked.id),
        "note_id": select(ShiftNote.id),
        "call_id": select(Call.id),
        "line_id": select(DutyLine.id),
        "recording_id": select(Recording.id),
        "row_id": select(ReportBack.id).where(ReportBack.case_id == case.id),
        "user_id": any_user,
        "unit_id": select(Unit.id).where(Unit.id == unit),
        "message_id": select(Message.id).where(Message.state == "dead"),
        "import_id": select(LedgerImport.id),
        "event_id": select(Event.id).where(Event.dead_at.is_not(None)),
    }
    return one | {
        name: (session.scalars(query).first(), 99_999_999) for name, query in rows.items()
    }
