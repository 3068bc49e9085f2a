"""A bounce of our own message goes back into the outbox; anybody else's proves nothing."""

from datetime import datetime

import pytest
from sqlalchemy import select

from caseflow.intake.rooms import Rooms
from caseflow.ledger.moves import triage
from caseflow.ledger.report_tables import Reply, Report
from caseflow.ledger.tables import Case
from caseflow.outbox import letters
from caseflow.outbox.tables import Message
from caseflow.outbox.transport import Outgoing
from tests.mail.ledger import quarantined, rows
from tests.mail.post import PARENT, answered, bounce, carried_out, give, letter, somebody
from tests.notices.watch import PostOffice


def state(rooms: Rooms, sent: Outgoing) -> tuple[str, str | None]:
    """Return state and reason of a message of the outbox."""
    bare = sent.message_id.partition("-")[0]
    [found] = rows(rooms, "SELECT state, reason FROM message WHERE message_id = :it", it=bare)
    return found[0], found[1]


def ways(rooms: Rooms) -> list[tuple[str, bool]]:
    """Return how reporters can be reached, and whether their address bounced."""
    found = rows(rooms, "SELECT can_be_reached, bounced_at FROM identity")
    return [(row[0], row[1] is not None) for row in found]


def test_a_permanent_bounce_ends_the_way_and_tells_the_handler(rooms: Rooms, now: datetime) -> None:
    with rooms.database.transaction() as session:
        handler = somebody(session, "handler", email="li@office.example")
    _, receipt = answered(rooms, now)
    give(rooms, letter(by=PARENT.title(), mid="another"), now)
    with rooms.database.transaction() as session:
        triage.accept(session, handler, 1, now)
    carried_out(rooms, now)
    raw = bounce(receipt.message_id)
    assert give(rooms, raw, now).line == give(rooms, raw, now).line
    assert state(rooms, receipt) == ("dead", "bounced 5.1.1")
    assert ways(rooms) == [("", True), ("", True)], "every contact that gave the address"
    told = rows(rooms, "SELECT verb FROM entry WHERE verb = 'unreachable'")
    assert told == [("unreachable",)], "once"
    with rooms.database.read() as session:
        message_row = session.scalars(select(Message).where(Message.state == "dead")).one()
        assert [one.note for one in letters.attempts(session, message_row.id)][-1] == (
            "bounced 5.1.1"
        )
    morning = now.replace(hour=9)
    assert any("收不到消息" in sent.text for to, sent in carried_out(rooms, morning))
    assert [reason for reason, _ in quarantined(rooms)] == ["退信通知（系统自动发出）"]
    assert rows(rooms, "SELECT state FROM quarantine") == [("discarded",)]
    assert rows(rooms, "SELECT count(*) FROM clock WHERE name = 'look'") == [(0,)]


@pytest.mark.parametrize(
    ("status", "action"), [("4.4.7", "failed"), ("4.0.0", "delayed"), ("5.2.2", "failed")]
)
def test_what_may_arrive_later_ends_nothing(
    rooms: Rooms, now: datetime, status: str, action: str
) -> None:
    _, receipt = answered(rooms, now)
    give(rooms, bounce(receipt.message_id, status, action), now)
    assert state(rooms, receipt) == ("sent", None)
    assert ways(rooms) == [("email", False)]


def test_a_bounce_that_proves_nothing_only_waits_to_be_seen(rooms: Rooms, now: datetime) -> None:
    _, receipt = answered(rooms, now)
    forged = receipt.message_id[:-4] + "0000"
    give(rooms, bounce(forged), now)
    assert state(rooms, receipt) == ("sent", None)
    assert ways(rooms) == [("email", False)]
    assert rows(rooms, "SELECT state FROM quarantine") == [("waiting",)]


def test_a_reply_that_bounces_stays_owed(rooms: Rooms, now: datetime) -> None:
    _, receipt = answered(rooms, now)
    with rooms.database.transaction() as session:
        operator = somebody(session, "operator")
        report = session.scalars(select(Report)).one()
        reply = Reply(
            case_id=report.case_id,
            report_id=report.id,
            text="答",
            way="message",
            user_id=operator.person,
            at=now,
            delivered_at=now,
        )
        session.add(reply)
        session.flush()
        row = session.scalars(select(Message).where(Message.rule == "receipt")).one()
        row.rule = "reply"
        from caseflow.outbox.events import canonical
        from caseflow.outbox.tables import Event

        session.get_one(Event, row.event_id).body = canonical({"reply": reply.id})
    give(rooms, bounce(receipt.message_id), now)
    assert rows(rooms, "SELECT failed_at IS NULL FROM reply") == [(False,)]
    verbs = [row[0] for row in rows(rooms, "SELECT verb FROM entry ORDER BY id")]
    assert verbs == ["open", "reply_failed"]


def test_a_bounce_of_a_colleagues_notice_waits_for_somebody(rooms: Rooms, now: datetime) -> None:
    with rooms.database.transaction() as session:
        somebody(session, "handler", email="li@office.example")
    give(rooms, letter(), now)
    sent = dict(carried_out(rooms, now.replace(hour=9)))["li@office.example"]
    give(rooms, bounce(sent.message_id), now)
    assert [reason for reason, _ in quarantined(rooms)] == [
        "发给工作人员的通知被退回，请检查其邮箱"
    ]
    assert rows(rooms, "SELECT state FROM quarantine") == [("waiting",)]


def test_an_address_refused_at_once_is_no_way_either(rooms: Rooms, now: datetime) -> None:
    give(rooms, letter(), now)
    carried_out(rooms, now, PostOffice(refused=[PARENT]))
    [(reason,)] = rows(rooms, "SELECT reason FROM message WHERE state = 'dead'")
    assert ways(rooms) == [("", True)], reason
    with rooms.database.read() as session:
        assert session.scalars(select(Case)).one()
