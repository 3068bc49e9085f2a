"""The report back in the outbox: who is told of what comes next, and the letter that brings it."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select, update

from caseflow.db import Database
from caseflow.errors import BadInput, MoveNotAllowed
from caseflow.intake.delivery import deliver
from caseflow.intake.mail_tables import Claim
from caseflow.ledger.history_tables import Entry
from caseflow.ledger.tables import Case
from caseflow.outbox import letters
from caseflow.outbox.tables import Message
from caseflow.outbox.transport import Outgoing
from tests.mail.post import bounce, in_reply_to
from tests.mail.post import letter as mail
from tests.notices.handed import ADDRESS, HOUR, REPORTER, House
from tests.notices.watch import PostOffice


@pytest.fixture
def house(database: Database, tmp_path: Path, now: datetime) -> House:
    return House(database, tmp_path, now)


def letter(post: PostOffice, to: str = ADDRESS) -> Outgoing:
    [found] = [sent for address, sent in post.letters if address == to]
    return found


def test_whoever_does_what_comes_next_is_told(house: House) -> None:
    assert house.replies() == {"write_back > handler"}
    assert house.does("draft", "handler", "第一稿") == {"check_back > reviewer"}
    assert house.does("draft", "handler", "第一稿，改一字") == set(), "it waits for them already"
    assert house.does("return", "reviewer", "写明日期") == {"back_returned > handler"}
    house.does("draft", "handler", "第二稿")
    assert house.does("check", "reviewer") == {"send_back > handler"}
    assert house.does("draft", "handler", "第三稿") == {"check_back > reviewer"}
    house.does("check", "reviewer")
    assert house.does("send", "supervisor", "letter") == set()
    assert house.does("refuse", "supervisor", "没有附件") == {"write_back > handler"}


def test_it_is_mailed_as_pdf_and_sent_once_it_was_taken(house: House) -> None:
    house.replies()
    house.checked()
    house.mailed()
    assert house.stands() == ("sending", {"report_back"})
    with pytest.raises(MoveNotAllowed):
        house.does("draft", "handler", "改了")
    with pytest.raises(MoveNotAllowed):
        house.does("sign", "handler", "王科长")
    post = PostOffice()
    house.carry(post, house.now)
    assert house.stands() == ("sent", {"signed_back"})
    sent = letter(post)
    assert sent.enclosure is not None
    assert sent.enclosure.content().startswith(b"%PDF")
    assert "XF-1" in sent.subject
    assert house.number in sent.text
    assert "食堂" not in sent.subject + sent.text, "no word of the matter"
    assert REPORTER not in [to for to, _ in post.letters]
    house.carry(post, house.now + HOUR)
    letter(post)
    house.does("sign", "handler", "王科长")
    assert house.stands() == ("signed", set())


def test_it_waits_for_a_server_that_is_down(house: House) -> None:
    house.replies()
    house.checked()
    house.mailed()
    house.carry(PostOffice(down=True), house.now)
    assert house.stands() == ("sending", {"report_back"})
    house.carry(PostOffice(), house.now + HOUR)
    assert house.stands() == ("sent", {"signed_back"})


def refused(house: House) -> None:
    house.carry(PostOffice(refused=(ADDRESS,)), house.now)


def came_back(house: House) -> None:
    post = PostOffice()
    house.carry(post, house.now)
    for _ in range(2):
        deliver(house.rooms, BytesIO(bounce(letter(post).message_id)), house.now)


@pytest.mark.parametrize("fails", [refused, came_back])
def test_what_does_not_arrive_is_owed_again_and_its_sender_hears_of_it(
    house: House, fails: Callable[[House], None]
) -> None:
    house.replies()
    house.checked()
    house.does("send", "supervisor", "message", address=ADDRESS, official=True)
    fails(house)
    assert house.stands() == ("checked", {"report_back"})
    post = PostOffice()
    house.carry(post, house.now + 24 * HOUR)
    assert "未能送达" in letter(post, "supervisor@office.example").text
    with house.database.read() as session:
        verbs = session.scalars(select(Entry.verb).where(Entry.verb == "report_back_failed"))
        assert len(verbs.all()) == 1


def test_a_bounce_after_it_was_sent_anew_or_signed_for_changes_nothing(house: House) -> None:
    house.replies()
    house.checked()
    house.mailed()
    post = PostOffice()
    house.carry(post, house.now)
    house.does("sign", "handler", "王科长")
    deliver(house.rooms, BytesIO(bounce(letter(post).message_id)), house.now)
    assert house.stands() == ("signed", set())


@pytest.mark.parametrize("fails", [None, refused, came_back])
def test_what_was_mailed_before_the_matter_was_taken_up_anew_promises_nothing_since(
    house: House, fails: Callable[[House], None] | None
) -> None:
    house.replies()
    house.checked()
    house.does("send", "supervisor", "message", address=ADDRESS, official=True)
    house.reopened()
    if fails is None:
        house.carry(PostOffice(), house.now)
    else:
        fails(house)
    assert house.stands() == ("checked" if fails else "sent", set())
    post = PostOffice()
    house.carry(post, house.now + 24 * HOUR)
    assert "未能送达" not in "".join(sent.text for _, sent in post.letters)


def test_what_the_office_answers_is_shown_to_belong_to_the_case(house: House) -> None:
    house.replies()
    house.checked()
    house.mailed()
    post = PostOffice()
    house.carry(post, house.now)
    answer = mail(in_reply_to(letter(post)), by=ADDRESS, mid="answer", text="已签收，王科长")
    deliver(house.rooms, BytesIO(answer), house.now)
    with house.database.read() as session:
        assert [one.case_id for one in session.scalars(select(Claim))] == [house.case]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"address": "不是邮箱", "official": True}, "address"),
        ({"address": ADDRESS, "official": False}, "official"),
    ],
)
def test_it_goes_only_where_somebody_says_that_an_office_is(
    house: House, said: dict[str, object], field: str
) -> None:
    house.replies()
    house.checked()
    with pytest.raises(BadInput) as wrong:
        house.does("send", "handler", "message", **said)
    assert set(wrong.value.fields) == {field}


def test_a_tip_is_not_mailed(house: House) -> None:
    house.replies()
    house.checked()
    with house.database.transaction() as session:
        session.execute(update(Case).values(kind="tip"))
    with pytest.raises(BadInput, match="举报"):
        house.mailed()


def test_it_never_goes_to_whoever_reported(house: House) -> None:
    house.replies()
    house.checked()
    house.does("send", "handler", "message", address=REPORTER.title(), official=True)
    post = PostOffice()
    house.carry(post, house.now)
    assert REPORTER not in [to.lower() for to, _ in post.letters]
    assert house.stands() == ("checked", {"report_back"})
    with house.database.read() as session:
        [stuck] = letters.stuck_messages(session)
        assert (stuck.rule, stuck.state) == ("report_back", "withheld")
        assert not session.scalars(select(Message).where(Message.text.contains(REPORTER))).all()
