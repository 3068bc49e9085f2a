"""Whoever writes in gets number and query code by return, once, and nobody else ever sees them."""

import re
from collections import Counter
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.crypto import receipts
from caseflow.deadlines.tables import Clock
from caseflow.errors import BadInput
from caseflow.intake import looking
from caseflow.intake.delivery import deliver
from caseflow.intake.receive import take_in
from caseflow.intake.report import Contact, IncomingReport
from caseflow.intake.rooms import Rooms
from caseflow.ledger.moves import asking, triage
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case
from caseflow.notices.handlers import build
from caseflow.notices.render import CODE
from caseflow.notices.reporters import RECEIPTS_A_DAY
from caseflow.outbox.run import run
from caseflow.outbox.tables import Event, Message
from caseflow.people.actor import Actor
from caseflow.people.tables import Unit, User
from tests.mail.conftest import AREA
from tests.mail.writing import DATE, MIME, TO, message
from tests.notices.watch import PostOffice

CARD = "office@card.example"
PARENT = "parent@mail.example"
OURS = "tips@office.example"
UTF8 = b"Content-Type: text/plain; charset=utf-8"
PLAIN = "投诉：食堂饭菜不新鲜。"


def letter(
    *more: bytes, by: str = PARENT, mid: str = "one", subject: bytes = b"canteen", text: str = PLAIN
) -> bytes:
    """Return a parent's mail."""
    fields = (b"From: <" + by.encode() + b">", TO, DATE, b"Subject: " + subject, MIME, UTF8)
    return message(*more, *fields, body=text.encode(), mid=mid)


def somebody(session: Session, role: str) -> Actor:
    """Make somebody of the office."""
    user = User(username=role, name=role, role=role, area_code=AREA, password_hash="x")
    session.add(user)
    session.flush()
    return Actor(user.id, role, AREA, "county")


def carried_out(rooms: Rooms, now: datetime) -> list[tuple[str, str]]:
    """Run the outbox until nothing is left; return address and text of each letter."""
    post = PostOffice()
    handlers = build(rooms, {"email": post}, "https://tips.example", OURS)
    while run(rooms.database, handlers, now, "worker"):
        pass
    return [(to, letter.text) for to, letter in post.letters]


def code_in(text: str) -> str:
    [code] = re.findall(r"\b(?:\d{4} ){3}\d{4}\b", text)
    return str(code)


def test_a_letter_is_answered_with_number_and_a_code_that_opens(
    rooms: Rooms, now: datetime
) -> None:
    outcome = deliver(rooms, BytesIO(letter()), now)
    [(to, text)] = carried_out(rooms, now)
    assert to == PARENT
    assert outcome.report in text
    assert "https://tips.example/track" in text
    assert "食堂" not in text
    with rooms.database.read() as session:
        report = session.scalars(select(Report)).one()
        kept, key = report.receipt_hash or "", report.receipt_key or ""
        assert receipts.matches(rooms.ring, report.number, code_in(text), kept, key)
        rows = [session.scalars(select(Message)).one().text]
        rows += [event.body for event in session.scalars(select(Event))]
    assert CODE in rows[0]
    bare = code_in(text).replace(" ", "")
    assert all(bare not in row.replace(" ", "") for row in rows), "the code lies in no row"


def test_the_same_letter_again_is_not_answered_again(rooms: Rooms, now: datetime) -> None:
    for _ in range(2):
        deliver(rooms, BytesIO(letter()), now)
    assert len(carried_out(rooms, now)) == 1


@pytest.mark.parametrize(
    "raw",
    [
        letter(b"List-Id: <parents.example.com>"),
        letter(b"Precedence: bulk"),
        letter(by="no-reply@shop.example"),
        letter(by="donotreply@shop.example"),
        letter(by=OURS),
        letter(by=CARD.title()),
        letter(b"Auto-Submitted: auto-generated"),
        letter(b"Return-Path: <>", subject=b"Undelivered mail"),
    ],
    ids=[
        "list",
        "bulk",
        "no-reply",
        "do-not-reply",
        "ourselves",
        "on the card",
        "machine",
        "bounce",
    ],
)
def test_nobody_is_answered_who_must_not_be(rooms: Rooms, now: datetime, raw: bytes) -> None:
    with rooms.database.transaction() as session:
        session.add(Unit(area_code=AREA, name="督导办", kind="office", email=CARD))
    deliver(rooms, BytesIO(raw), now)
    assert [to for to, text in carried_out(rooms, now) if "查询码" in text] == []


def test_what_a_person_takes_from_quarantine_is_no_reason_to_write_to_a_machine(
    rooms: Rooms, now: datetime
) -> None:
    number = deliver(rooms, BytesIO(letter(b"Auto-Submitted: auto-replied")), now).quarantine
    assert number is not None
    with rooms.database.transaction() as session:
        operator = somebody(session, "operator")
    looking.take(rooms, operator, number, now)
    assert [to for to, _ in carried_out(rooms, now) if to == PARENT] == []


def test_a_storm_from_one_address_is_answered_only_so_often(rooms: Rooms, now: datetime) -> None:
    for n in range(RECEIPTS_A_DAY + 3):
        deliver(rooms, BytesIO(letter(mid=f"m{n}")), now + timedelta(minutes=n))
    later = now + timedelta(days=1, hours=1)
    for by in (PARENT, "another@mail.example"):
        deliver(rooms, BytesIO(letter(by=by, mid=by)), later)
    letters = Counter(to for to, _ in carried_out(rooms, later))
    assert letters == {PARENT: RECEIPTS_A_DAY + 1, "another@mail.example": 1}


def came_in(rooms: Rooms, channel: str, contact: Contact, now: datetime) -> None:
    take_in(rooms, IncomingReport(channel, "k1", now, "help", "求助", b"-", contact=contact), now)


@pytest.mark.parametrize(
    ("channel", "answered"),
    [("webform", 0), ("telephone", 0), ("window", 0), ("letter", 1), ("handed_down", 1)],
)
def test_a_receipt_is_sent_to_whom_nobody_handed_one(
    rooms: Rooms, now: datetime, channel: str, answered: int
) -> None:
    came_in(rooms, channel, Contact(email=PARENT), now)
    assert [to for to, _ in carried_out(rooms, now)] == [PARENT] * answered


def test_whoever_has_no_code_is_told_nothing_by_the_tracking_page(
    rooms: Rooms, now: datetime
) -> None:
    """The promise to tell them ends, but does not count as kept."""
    deliver(rooms, BytesIO(letter(by="no-reply@shop.example")), now)
    with rooms.database.transaction() as session:
        case = session.scalars(select(Case)).one()
        with pytest.raises(BadInput, match="查询码"):
            triage.answer(session, somebody(session, "supervisor"), case.id, "答", now, way="track")
        triage.accept(session, somebody(session, "handler"), case.id, now)
        report = session.scalars(select(Report)).one()
        handler = Actor(case.handler_id, "handler", AREA, "county")
        with pytest.raises(BadInput, match="查询码"):
            asking.ask(session, handler, case.id, report.id, "哪天？", now)
        clock = session.scalars(select(Clock).where(Clock.name == "notice")).one()
        assert clock.state == "stopped"


def test_an_answer_on_the_tracking_page_is_announced(rooms: Rooms, now: datetime) -> None:
    deliver(rooms, BytesIO(letter(text="咨询：几号开学？")), now)
    with rooms.database.transaction() as session:
        case = session.scalars(select(Case)).one()
        triage.answer(session, somebody(session, "operator"), case.id, "九月一日", now, way="track")
    texts = [text for to, text in carried_out(rooms, now) if to == PARENT]
    assert len(texts) == 2
    assert "有新进展" in texts[1]
