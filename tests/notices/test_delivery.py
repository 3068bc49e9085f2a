"""What the ledger notes of a message's end: decisions told, replies delivered or refused."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from caseflow.adapters.file_store import LocalStore
from caseflow.app import Services
from caseflow.crypto.keys import KeyRing
from caseflow.db import Database
from caseflow.deadlines.tables import Clock
from caseflow.intake.receive import take_in
from caseflow.intake.report import Contact, IncomingReport
from caseflow.intake.rooms import Rooms
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.moves import closing, triage
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case
from caseflow.outbox.run import run
from caseflow.outbox.tables import Event, Message
from caseflow.people.tables import User
from config import Settings
from tests import office as offices
from tests.notices.watch import PostOffice, handlers
from tests.office import DISTRICT, Office

ADDRESS = "reporter@mail.example"
HOUR = timedelta(hours=1)


@pytest.fixture
def rooms(database: Database, tmp_path: Path) -> Rooms:
    """An installation with keys and a store, nobody in it yet."""
    ring = KeyRing.create(tmp_path / "keys.json")
    return Rooms(database, ring, LocalStore(tmp_path / "files", ring), DISTRICT)


@pytest.fixture
def office(rooms: Rooms) -> Office:
    """A small office."""
    with rooms.database.transaction() as session:
        return offices.make(session)


def asked(rooms: Rooms, now: datetime, email: str = ADDRESS) -> int:
    """Let a question come in by the web form; return its case."""
    incoming = IncomingReport(
        "webform", "key-1", now, "question", "怎么入学", b"-", contact=Contact(email=email)
    )
    number = take_in(rooms, incoming, now).case_number
    with rooms.database.read() as session:
        return session.scalars(select(Case.id).where(Case.number == number)).one()


def replied(rooms: Rooms, office: Office, case_id: int, now: datetime) -> None:
    """Accept, conclude, reply by message."""
    with rooms.database.transaction() as session:
        triage.accept(session, office["handler"], case_id, now)
        closing.conclude(session, office["handler"], case_id, now)
        report = session.scalars(select(Report.id).where(Report.case_id == case_id)).one()
        closing.reply(session, office["handler"], case_id, report, "六月登记", "message", now)


def carry_out(rooms: Rooms, post: PostOffice, now: datetime) -> None:
    """Run the outbox until nothing is left for that moment."""
    while run(rooms.database, handlers(post, rooms.ring), now, "worker"):
        pass


def state(session: Session, case_id: int) -> str:
    return session.get_one(Case, case_id).state


def verbs(session: Session, case_id: int) -> list[str]:
    query = select(Entry.verb).where(Entry.case_id == case_id).order_by(Entry.n)
    return list(session.scalars(query))


def clock(session: Session, name: str) -> str:
    return session.scalars(select(Clock.state).where(Clock.name == name)).one()


def test_a_decision_is_told_when_the_channel_took_it(
    rooms: Rooms, office: Office, now: datetime
) -> None:
    case_id = asked(rooms, now)
    with rooms.database.transaction() as session:
        triage.accept(session, office["operator"], case_id, now)
        assert clock(session, "notice") == "running"
    post = PostOffice()
    carry_out(rooms, post, now + HOUR)
    assert [to for to, _ in post.letters].count(ADDRESS) == 1
    with rooms.database.read() as session:
        assert clock(session, "notice") == "met"
        assert "notice_sent" in verbs(session, case_id)


def test_a_reply_by_message_closes_the_case_only_after_it_was_sent(
    rooms: Rooms, office: Office, now: datetime
) -> None:
    case_id = asked(rooms, now)
    replied(rooms, office, case_id, now)
    with rooms.database.read() as session:
        assert state(session, case_id) == "replying"
    carry_out(rooms, PostOffice(), now + HOUR)
    with rooms.database.read() as session:
        assert state(session, case_id) == "closed"
        assert verbs(session, case_id)[-2:] == ["reply_delivered", "close"]
        assert clock(session, "resolve") == "met"


def test_a_reply_refused_for_good_stays_owed_and_the_handler_hears_of_it(
    rooms: Rooms, office: Office, now: datetime
) -> None:
    case_id = asked(rooms, now)
    replied(rooms, office, case_id, now)
    post = PostOffice(refused=(ADDRESS,))
    carry_out(rooms, post, now + HOUR)
    carry_out(rooms, post, now + 2 * HOUR)
    with rooms.database.read() as session:
        assert state(session, case_id) == "replying"
        assert verbs(session, case_id)[-1] == "reply_failed"
        assert clock(session, "reply") == "running"
    to_handler = [mail.subject for to, mail in post.letters if to == "handler@office.example"]
    assert "未能送达" in to_handler[-1]


def test_somebody_without_an_address_shows_on_the_outbox_page(
    rooms: Rooms, office: Office, now: datetime
) -> None:
    with rooms.database.transaction() as session:
        session.get_one(User, office["operator"].person).email = None
        session.get_one(User, office["handler"].person).active = True
    asked(rooms, now)
    carry_out(rooms, PostOffice(), now)
    with rooms.database.read() as session:
        withheld = session.scalars(select(Message).where(Message.state == "withheld")).all()
        assert [(row.recipient, row.reason) for row in withheld] == [
            (f"user:{office['operator'].person}", "no_address")
        ]
        assert session.scalar(select(func.count()).where(Message.state == "sent")) == 1


def test_a_recipient_of_no_known_sort_is_an_error(rooms: Rooms) -> None:
    resolve = handlers(PostOffice(), rooms.ring).resolve
    with rooms.database.read() as session, pytest.raises(ValueError, match="recipient"):
        resolve(session, "unit:3", "email")


@pytest.mark.parametrize(
    ("mailbox", "said"), [("", "请勿回复"), ("imaps://a:b@h/INBOX", "直接回复")]
)
def test_a_message_says_that_answers_are_read_where_a_mailbox_is_watched(
    rooms: Rooms, office: Office, now: datetime, mailbox: str, said: str
) -> None:
    replied(rooms, office, asked(rooms, now), now)
    services = Services(Settings.read({"CASEFLOW_IMAP_URL": mailbox}), rooms)
    with rooms.database.read() as session:
        events = session.scalars(select(Event).order_by(Event.id)).all()
        drafts = [one for event in events for one in services.handlers.rules(session, event)]
    texts = [one.text for one in drafts if one.recipient.startswith("report:")]
    assert texts
    assert all(said in text for text in texts)
