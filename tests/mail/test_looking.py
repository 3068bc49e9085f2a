"""What a person does with what lies in quarantine."""

from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session

from caseflow.clock import local
from caseflow.deadlines.tables import Clock
from caseflow.errors import BadInput, MoveNotAllowed, NotFound, NotPermitted, Unavailable
from caseflow.escalation import sweep
from caseflow.intake import delivery, looking, sight
from caseflow.intake.channels.mailbox.parse import Parsed, parse
from caseflow.intake.delivery import deliver
from caseflow.intake.receive import Received, receive
from caseflow.intake.report import IncomingReport
from caseflow.intake.rooms import Rooms
from caseflow.people.actor import Actor
from caseflow.people.tables import User
from tests.mail.conftest import AREA
from tests.mail.ledger import counts, original, reported, rows
from tests.mail.post import answered, carried_out, letter, somebody
from tests.mail.stores import WritesApart
from tests.mail.test_threads import code_in, number_in
from tests.mail.writing import DATE, FROM, MIME, TO, message, multipart, part

MACHINE = message(
    b"Auto-Submitted: auto-replied", FROM, TO, DATE, b"Subject: x", body="其实是投诉".encode()
)
MIXED = b"Content-Type: multipart/mixed; boundary=B"
UNREADABLE = b"\xff\x00 nothing of a message\n"


def fail(*_: object) -> None:
    """Break off, as a parser may over a mail that nobody thought of."""
    raise RecursionError


@pytest.fixture
def operator(rooms: Rooms) -> Actor:
    """An operator of the office."""
    with rooms.database.transaction() as session:
        user = User(
            username="op", name="值班员", role="operator", area_code=AREA, password_hash="x"
        )
        session.add(user)
        session.flush()
        return Actor(user.id, "operator", AREA, "county")


def set_aside(rooms: Rooms, raw: bytes, now: datetime) -> int:
    """Deliver something that goes to quarantine; return its id."""
    number = deliver(rooms, BytesIO(raw), now).quarantine
    assert number is not None
    return number


def looked_at(rooms: Rooms) -> list[tuple[str, str]]:
    """Return state and state of the clock of everything in quarantine."""
    query = "SELECT q.state, c.state FROM quarantine q JOIN clock c ON c.quarantine_id = q.id"
    return [(row[0], row[1]) for row in rows(rooms, query)]


def test_a_machines_mail_may_be_taken_all_the_same(
    rooms: Rooms, operator: Actor, now: datetime
) -> None:
    number = set_aside(rooms, MACHINE, now)
    later = now + timedelta(hours=2)
    received = looking.take(rooms, operator, number, later)
    assert reported(rooms) == [("其实是投诉", MACHINE)]
    assert looked_at(rooms) == [("taken", "met")]
    [(case, by)] = rows(
        rooms,
        "SELECT c.number, q.looked_by FROM quarantine q JOIN case_file c ON c.id = q.case_id",
    )
    assert (case, by) == (received.case_number, operator.id)
    with pytest.raises(MoveNotAllowed):
        looking.take(rooms, operator, number, later)


def test_what_a_machine_quotes_of_a_receipt_is_taken_without_its_code(
    rooms: Rooms, operator: Actor, now: datetime
) -> None:
    """The answer of a mail program that is away holds our whole receipt below its own words."""
    _, receipt = answered(rooms, now)
    away = letter(b"Auto-Submitted: auto-replied", mid="away", text=f"外出。\n{receipt.text}")
    number = set_aside(rooms, away, now)
    took = looking.take(rooms, operator, number, now)
    [(kept,)] = rows(rooms, "SELECT text FROM report WHERE number = :it", it=took.report_number)
    assert number_in(receipt) in kept
    assert code_in(receipt) not in kept
    assert "（查询码已隐去）" in kept


def test_what_cannot_be_read_is_taken_with_the_words_of_whoever_looked(
    rooms: Rooms, operator: Actor, now: datetime
) -> None:
    number = set_aside(rooms, UNREADABLE, now)
    with pytest.raises(BadInput):
        looking.take(rooms, operator, number, now)
    assert looked_at(rooms) == [("waiting", "running")]
    looking.take(rooms, operator, number, now, text="来信反映补课", kind="tip")
    assert rows(rooms, "SELECT text, kind FROM report") == [("来信反映补课", "tip")]
    assert looked_at(rooms) == [("taken", "met")]


def test_what_broke_the_reading_is_seen_as_it_is_and_settled_all_the_same(
    rooms: Rooms, operator: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = set_aside(rooms, MACHINE, now)
    monkeypatch.setattr(looking, "parse", fail)
    seen = sight.see(rooms, operator, number, "登记来件", now)
    assert (seen.parsed, bool(seen.text)) == (False, True)
    looking.take(rooms, operator, number, now, text="来信反映补课", kind="tip")
    assert looked_at(rooms) == [("taken", "met")]


def refuse(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Let the ledger refuse whatever carries a subject."""

    def received(session: Session, incoming: IncomingReport, *rest: Any) -> Received:
        if incoming.subject:
            raise error
        return receive(session, incoming, *rest)

    monkeypatch.setattr(looking, "receive", received)


@pytest.mark.parametrize(
    "error",
    [RuntimeError(), NotFound("没有这个来件编号"), DataError("INSERT", {}, Exception())],
    ids=["unforeseen", "refused", "database"],
)
def test_what_the_ledger_refuses_is_taken_with_words_alone(
    rooms: Rooms, operator: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    number = set_aside(rooms, MACHINE, now)
    refuse(monkeypatch, error)
    with pytest.raises(BadInput) as refused:
        looking.take(rooms, operator, number, now, text="来信反映补课", kind="tip")
    assert list(refused.value.fields) == ["words_only"]
    assert looked_at(rooms) == [("waiting", "running")]
    with pytest.raises(BadInput) as refused:
        looking.take(rooms, operator, number, now, kind="tip", words_only=True)
    assert list(refused.value.fields) == ["text"]
    looking.take(rooms, operator, number, now, text="来信反映补课", kind="tip", words_only=True)
    assert rows(rooms, "SELECT text, subject, kind FROM report") == [("来信反映补课", "", "tip")]
    assert looked_at(rooms) == [("taken", "met")]
    [(kept,)] = rows(rooms, "SELECT original_id FROM quarantine")
    assert original(rooms, kept) == MACHINE


def test_no_transaction_waits_for_the_files_of_what_is_taken(
    rooms: Rooms, operator: Actor, now: datetime, tmp_path: Path
) -> None:
    store = WritesApart(tmp_path / "files", rooms.ring, rooms.database)
    photo = part(b"Content-Type: image/png; name=1.png", body=b"x" * 100_000)
    head = (b"Auto-Submitted: auto-replied", FROM, TO, DATE, b"Subject: x", MIME, MIXED)
    number = set_aside(rooms, message(*head, body=multipart(b"B", photo)), now)
    looking.take(replace(rooms, store=store), operator, number, now)
    assert store.puts == 2, "a file and the original"
    assert counts(rooms)["attachment"] == 1


def test_what_is_out_of_order_for_a_while_is_not_laid_to_the_mail(
    rooms: Rooms, operator: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = set_aside(rooms, MACHINE, now)
    refuse(monkeypatch, Unavailable("系统繁忙，请稍后再试"))
    with pytest.raises(Unavailable):
        looking.take(rooms, operator, number, now)


def test_an_original_is_read_after_its_opening_was_committed(
    rooms: Rooms, operator: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = set_aside(rooms, MACHINE, now)
    openings = []

    def read(*arguments: Any) -> Parsed:
        openings.append(rows(rooms, "SELECT count(*) FROM reveal"))
        return parse(*arguments)

    monkeypatch.setattr(looking, "parse", read)
    assert sight.see(rooms, operator, number, "登记来件", now).text == "其实是投诉"
    assert openings == [[(1,)]]


def test_what_cannot_be_read_is_shown_field_by_field(
    rooms: Rooms, operator: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each part of a broken mail may be in a character set of its own."""
    subject, said = "食堂的菜里有虫子", "课后服务收费不清楚，家长很有意见。"
    raw = message(FROM, TO, b"Subject: " + subject.encode(), body=said.encode("gbk"))
    with monkeypatch.context() as broken:
        broken.setattr(delivery, "parse", fail)
        number = set_aside(rooms, raw, now)
    monkeypatch.setattr(looking, "parse", fail)
    seen = sight.see(rooms, operator, number, "登记来件", now)
    assert subject in seen.text
    assert said in seen.text


def test_a_discard_needs_a_reason_and_keeps_the_original(
    rooms: Rooms, operator: Actor, now: datetime
) -> None:
    number = set_aside(rooms, MACHINE, now)
    with pytest.raises(BadInput), rooms.database.transaction() as session:
        looking.discard(session, operator, number, "  ", now)
    with rooms.database.transaction() as session:
        looking.discard(session, operator, number, "自动回复", now)
    assert looked_at(rooms) == [("discarded", "met")]
    assert rows(rooms, "SELECT count(*) FROM original") == [(1,)]
    again = deliver(rooms, BytesIO(MACHINE), now)
    assert again.quarantine == number, "a redelivery does not ask a second time"


@pytest.mark.parametrize(
    ("role", "area", "refused"),
    [("unit", AREA, NotPermitted), ("reviewer", AREA, NotPermitted), ("operator", "430502", None)],
)
def test_others_neither_see_nor_touch_it(
    rooms: Rooms, now: datetime, role: str, area: str, refused: type[Exception] | None
) -> None:
    number = set_aside(rooms, MACHINE, now)
    stranger = Actor(1, role, area, "county")
    with rooms.database.read() as session:
        if refused is None:
            assert looking.waiting(session, stranger) == []
        else:
            with pytest.raises(refused):
                looking.waiting(session, stranger)
    with pytest.raises(refused or NotFound), rooms.database.transaction() as session:
        looking.discard(session, stranger, number, "自动回复", now)


def test_the_level_above_sees_what_waits_in_its_districts(
    rooms: Rooms, operator: Actor, now: datetime
) -> None:
    number = set_aside(rooms, MACHINE, now)
    city = Actor(operator.id, "supervisor", "430500", "city")
    with rooms.database.read() as session:
        for actor in (operator, city):
            assert [row.id for row in looking.waiting(session, actor)] == [number]
            assert looking.waiting(session, actor, after=number) == []


def test_what_nobody_looks_at_within_a_working_day_is_told_up_the_office(
    rooms: Rooms, now: datetime
) -> None:
    with rooms.database.transaction() as session:
        somebody(session, "supervisor", email="chief@office.example")
    set_aside(rooms, MACHINE, now)
    with rooms.database.read() as session:
        due = session.scalars(select(Clock)).one().due
    assert local(due) == local(now).replace(hour=0) + timedelta(days=2), "the next day's end"
    sweep.run(rooms.database, due - timedelta(minutes=1))
    assert not [text for text in told_the_chief(rooms, due) if "到期催办" in text]
    sweep.run(rooms.database, due + timedelta(minutes=1))
    [told] = [text for text in told_the_chief(rooms, due + timedelta(hours=10)) if "催办" in text]
    assert "/console/quarantine" in told


def told_the_chief(rooms: Rooms, now: datetime) -> list[str]:
    """Send what is to be sent; return what came to the supervisor."""
    return [sent.text for to, sent in carried_out(rooms, now) if to.startswith("chief@")]
