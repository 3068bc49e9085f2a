"""Whoever reported may ask for no more mail, by a button or in so many words; nobody else may."""

from datetime import datetime

import pytest

from caseflow.adapters.smtp import compose
from caseflow.intake.report import Contact
from caseflow.intake.rooms import Rooms
from caseflow.ledger.moves import triage
from caseflow.outbox.transport import Outgoing
from caseflow.people.actor import Actor
from tests.mail.ledger import rows
from tests.mail.post import (
    OURS,
    PARENT,
    answered,
    carried_out,
    give,
    in_reply_to,
    letter,
    somebody,
)
from tests.mail.test_receipt import came_in

QUOTED = "\r\n\r\n在 2026年3月3日 10:00，tips@office.example 写道：\r\n> 编号 1 有新进展。\r\n"


@pytest.fixture
def handler(rooms: Rooms) -> Actor:
    """A handler who is told by mail."""
    with rooms.database.transaction() as session:
        return somebody(session, "handler", email="li@office.example")


def pressed(sent: Outgoing, **more: str) -> bytes:
    """Return the letter that a mail program writes for whoever presses its button."""
    field = str(compose(OURS, "", PARENT, sent)["List-Unsubscribe"])
    to, _, subject = field.strip("<>").removeprefix("mailto:").partition("?subject=")
    assert to == OURS
    said = {"mid": "stop", "text": "This message was sent by a mail program.", **more}
    return letter(subject=subject.replace("%20", " "), **said)


def ways(rooms: Rooms) -> list[str]:
    return [
        row[0] for row in rows(rooms, "SELECT can_be_reached FROM identity ORDER BY created_at")
    ]


def counted(rooms: Rooms, what: str) -> int:
    [row] = rows(rooms, f"SELECT count(*) FROM {what}")
    return int(row[0])


def to_parent(rooms: Rooms, handler: Actor, now: datetime) -> int:
    """Accept the first case, which its reporter is to be told; return how many mails they got."""
    with rooms.database.transaction() as session:
        triage.accept(session, handler, 1, now)
    return sum(to == PARENT for to, _ in carried_out(rooms, now))


def test_a_mail_to_a_reporter_has_the_button_and_one_to_a_colleague_has_not(
    rooms: Rooms, handler: Actor, now: datetime
) -> None:
    give(rooms, letter(), now)
    found = {to: compose(OURS, "", to, sent) for to, sent in carried_out(rooms, now)}
    assert found[PARENT]["List-Unsubscribe"].startswith(f"<mailto:{OURS}?subject=STOP%20")
    assert "退订" in found[PARENT].get_content()
    assert "List-Unsubscribe" not in found["li@office.example"]


def test_whoever_presses_it_gets_no_more_mail_and_the_handler_learns_of_it(
    rooms: Rooms, handler: Actor, now: datetime
) -> None:
    _, receipt = answered(rooms, now)
    raw = pressed(receipt)
    assert give(rooms, raw, now).line == give(rooms, raw, now).line
    assert (ways(rooms), counted(rooms, "report")) == ([""], 1)
    assert rows(rooms, "SELECT verb FROM entry WHERE verb = 'mail_stopped'") == [("mail_stopped",)]
    assert rows(rooms, "SELECT state, case_id FROM quarantine") == [("discarded", 1)]
    told = [sent.subject for to, sent in carried_out(rooms, now) if to == "li@office.example"]
    assert any("不再收邮件" in subject for subject in told)
    assert to_parent(rooms, handler, now) == 0


@pytest.mark.parametrize("said", ["退订", "STOP", "退订。" + QUOTED, "unsubscribe\r\n"])
def test_the_words_alone_do_it_in_an_answer(
    rooms: Rooms, handler: Actor, now: datetime, said: str
) -> None:
    _, receipt = answered(rooms, now)
    give(rooms, letter(in_reply_to(receipt), mid="words", text=said), now)
    assert (ways(rooms), counted(rooms, "report")) == ([""], 1)
    assert to_parent(rooms, handler, now) == 0


def test_who_says_more_than_that_has_written_a_letter(rooms: Rooms, now: datetime) -> None:
    _, receipt = answered(rooms, now)
    give(rooms, letter(in_reply_to(receipt), mid="words", text="退订牛奶，学校不退钱"), now)
    assert (counted(rooms, "report"), counted(rooms, "mail_stop")) == (2, 0)


def test_nobody_ends_the_mail_of_somebody_else(rooms: Rooms, handler: Actor, now: datetime) -> None:
    _, receipt = answered(rooms, now)
    give(rooms, pressed(receipt, by="other@mail.example", mid="stranger"), now)
    forged = "STOP " + "0" * 32 + "-" + "0" * 24
    give(rooms, letter(subject=forged, mid="forged"), now)
    give(rooms, letter(subject="STOP", text="退订", mid="without"), now)
    assert counted(rooms, "mail_stop") == 0
    assert to_parent(rooms, handler, now) > 0


def test_who_writes_again_is_written_to_again(rooms: Rooms, handler: Actor, now: datetime) -> None:
    """They answer in the matter: of it they are told again."""
    _, receipt = answered(rooms, now)
    give(rooms, pressed(receipt), now)
    give(rooms, letter(in_reply_to(receipt), mid="again", text="补充一张照片"), now)
    assert (ways(rooms), counted(rooms, "mail_stop")) == (["email", "email"], 0)
    assert to_parent(rooms, handler, now) > 0


def test_a_letter_about_something_else_does_not_begin_again_what_was_stopped(
    rooms: Rooms, handler: Actor, now: datetime
) -> None:
    """Whoever else reads the mailbox can write from it as well."""
    _, receipt = answered(rooms, now)
    give(rooms, pressed(receipt), now)
    carried_out(rooms, now)
    give(rooms, letter(mid="other", text="学校收费不合理"), now)
    assert (ways(rooms), counted(rooms, "mail_stop")) == (["", "email"], 0)
    carried_out(rooms, now)  # the receipt of the other matter
    assert to_parent(rooms, handler, now) == 0


def test_an_address_that_a_form_names_again_stays_without_mail_and_the_case_says_so(
    rooms: Rooms, handler: Actor, now: datetime
) -> None:
    """Anybody can type somebody's address: what its owner said holds."""
    _, receipt = answered(rooms, now)
    give(rooms, pressed(receipt), now)
    carried_out(rooms, now)
    came_in(rooms, "webform", Contact(email=PARENT), now)
    with rooms.database.transaction() as session:
        triage.accept(session, handler, 2, now)
    assert all(to != PARENT for to, _ in carried_out(rooms, now))
    assert ways(rooms) == ["", ""]
    query = "SELECT case_id FROM entry WHERE verb = 'mail_stopped' ORDER BY case_id"
    assert rows(rooms, query) == [(1,), (2,)]
