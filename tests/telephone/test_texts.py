"""A text message comes in: kept once, joined by proof alone, and a stranger learns nothing."""

import base64
import json
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from time import process_time
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from caseflow.intake import looking
from caseflow.intake.channels import sms
from caseflow.intake.filters.storms import FREE
from caseflow.intake.mail_tables import Claim, Folded
from caseflow.intake.tables import Quarantine
from caseflow.ledger.moves import asking
from caseflow.ledger.report_tables import Attachment, Report
from caseflow.ledger.tables import Case
from caseflow.vault import stops
from caseflow.vault.tables import Identity, Original
from tests.telephone.calling import from_gateway, from_twilio, signed
from tests.telephone.twilio_api import NUMBER, FakeTwilio
from tests.web.public_door import reported
from tests.web.site import PNG, Site

MUM, DAD, STRANGER = "+8613912345678", "+8613800000002", "+8615500000003"
WORDS = "投诉：城东小学食堂的菜里有虫 𠮷😀"


@dataclass
class Door:
    """One way in: `send` a text from a number, `again` what was sent last."""

    site: Site
    twilio: FakeTwilio
    by: str
    n: int = 0
    last: Any = None

    def send(self, number: str, words: str) -> TestResponse:
        self.n += 1
        if self.by == "twilio":
            self.last = self.twilio.text(number, words)
        else:
            self.last = {"id": f"g{self.n}", "from": number, "text": words}
        return self.again()

    def again(self) -> TestResponse:
        if self.by == "twilio":
            return from_twilio(self.site.app, self.twilio, "/hooks/sms/twilio", self.last)
        return from_gateway(self.site.app, "/hooks/sms/gateway", self.last, self.site.now)


@pytest.fixture(params=["twilio", "gateway"])
def door(request: pytest.FixtureRequest, wired: Site, twilio: FakeTwilio) -> Door:
    """Everything that holds for one way in holds for the other."""
    return Door(wired, twilio, request.param)


def rows(site: Site, table: type, *where: Any) -> list[Any]:
    query = select(table).where(*where)
    key = table.__mapper__.primary_key[0]  # type: ignore[attr-defined]
    return list(site.ask(lambda session: session.scalars(query.order_by(key)).all()))


def asked(site: Site, report: Report) -> None:
    """Let the handler accept the report's case and ask its sender something."""
    case = site.ask(lambda session: session.get_one(Case, report.case_id))
    page = site.as_("handler").get(f"/console/cases/{case.number}")
    page = page.send(f"/console/cases/{case.number}/accept")
    page.send(f"/console/cases/{case.number}/ask", text="是哪一天？")


def test_a_text_opens_a_case_with_its_number_sealed(door: Door) -> None:
    assert door.send(MUM, WORDS).status_code == 200
    [report] = rows(door.site, Report)
    assert (report.channel, report.text, report.kind) == ("text", WORDS, "complaint")
    [identity] = rows(door.site, Identity)
    assert identity.can_be_reached == "phone,text"
    assert MUM[3:].encode() not in (identity.phone or b"")
    [original] = rows(door.site, Original, Original.id == report.original_id)
    assert b"13912345678" not in (original.sealed or b"")
    number = door.site.ask(lambda session: session.get_one(Case, report.case_id)).number
    page = door.site.as_("handler").get(f"/console/cases/{number}")
    assert "可联系方式：电话、短信" in page.text


def test_the_same_text_delivered_again_changes_nothing(door: Door) -> None:
    first = door.send(MUM, WORDS)
    again = [door.again() for _ in range(3)]
    assert {(one.status_code, one.data) for one in [first, *again]} == {(200, first.data)}
    assert len(rows(door.site, Report)) == len(rows(door.site, Original)) == 1


def test_number_and_code_join_and_the_code_is_hidden(door: Door) -> None:
    got = reported(door.site)
    door.send(STRANGER, f"编号{got.number}，查询码{got.code}。补充：周四也有。")
    first, more = rows(door.site, Report)
    assert more.follows == first.id
    assert got.code not in more.text.replace(" ", "")
    assert "补充：周四也有。" in more.text


def test_a_number_without_its_code_opens_a_report_that_only_claims(door: Door) -> None:
    got = reported(door.site)
    for words in (f"编号{got.number}", f"编号{got.number} 查询码 1111 2222 3333 4444"):
        door.send(STRANGER, words)
    first, *others = rows(door.site, Report)
    assert [one.follows for one in others] == [None, None]
    assert [(one.case_id, one.why) for one in rows(door.site, Claim)] == [
        (first.case_id, "number")
    ] * 2
    number = door.site.ask(lambda session: session.get_one(Case, others[0].case_id)).number
    assert "没有证明" in door.site.as_("handler").get(f"/console/cases/{number}").text


def test_whoever_was_asked_in_one_open_case_answers_by_text(door: Door) -> None:
    door.send(MUM, WORDS)
    [first] = rows(door.site, Report)
    door.send(MUM, "另一件事：校车超员")
    second = rows(door.site, Report)[-1]
    assert second.case_id != first.case_id
    asked(door.site, first)
    door.send(STRANGER, "三月二日")
    door.send(MUM, "三月二日")
    *_, of_stranger, answer = rows(door.site, Report)
    assert (of_stranger.follows, answer.follows) == (None, first.id)
    case = door.site.ask(lambda session: session.get_one(Case, first.case_id))
    assert case.state == "accepted"
    door.send(MUM, "谢谢")
    assert rows(door.site, Report)[-1].follows is None


def test_whoever_was_asked_in_two_open_cases_opens_a_report(door: Door) -> None:
    for words in (WORDS, "另一件事：校车超员"):
        door.send(MUM, words)
    for report in rows(door.site, Report):
        asked(door.site, report)
    door.send(MUM, "三月二日")
    assert rows(door.site, Report)[-1].follows is None


def test_whoever_answered_already_answers_nothing_that_another_is_asked(door: Door) -> None:
    door.send(MUM, WORDS)
    door.send(DAD, "食堂的菜里有虫，我也看到了")
    mums, dads = rows(door.site, Report)
    asked(door.site, mums)
    door.send(MUM, "三月二日")
    case = door.site.ask(lambda session: session.get_one(Case, mums.case_id))

    def another(session: Session) -> None:
        session.get_one(Report, dads.id).case_id = case.id  # as a merger brings it
        handler = door.site.office["handler"]
        asking.ask(session, handler, case.id, dads.id, "您看到的是哪一天？", door.site.now)

    door.site.do(another)
    door.send(MUM, "另一件事：校车超员")
    assert rows(door.site, Report)[-1].follows is None
    door.send(DAD, "三月一日")
    assert rows(door.site, Report)[-1].follows == dads.id


def test_a_text_that_a_fault_set_aside_is_read_again_and_goes_the_ordinary_way(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("caseflow.intake.texts.take_new", lambda *_: 1 / 0)
        door.send(MUM, WORDS)
    [row] = rows(door.site, Quarantine)
    path = f"/console/quarantine/{row.id}"
    page = door.site.as_("operator").get(path).send(f"{path}/retry")
    assert page.path.startswith("/console/cases/")
    [report] = rows(door.site, Report)
    assert (report.channel, report.text) == ("text", WORDS)
    door.again()
    assert len(rows(door.site, Report)) == 1


def test_a_stranger_hears_the_same_of_whatever_there_is(door: Door) -> None:
    got = reported(door.site)
    said = [
        door.send(STRANGER, words)
        for words in (
            "城东小学",
            f"编号{got.number}",
            f"编号{got.number} 查询码 1111 2222 3333 4444",
            f"编号{got.number} 查询码 {got.code}",
            "退订",
            "",
        )
    ]
    told = {(one.status_code, one.data, tuple(sorted(one.headers.keys()))) for one in said}
    assert len(told) == 1


@pytest.mark.parametrize("word", ["STOP", "stop ", "退订", "TD", "ＴＤ", "“退订。”", "T"])
def test_a_stop_is_obeyed_until_a_start(door: Door, word: str) -> None:
    site = door.site
    door.send(MUM, WORDS)
    door.send(MUM, word)
    stopped = door.last

    def is_stopped() -> bool:
        return site.ask(lambda session: stops.is_stopped(session, site.rooms.ring, MUM))

    assert is_stopped()
    assert [one.can_be_reached for one in rows(site, Identity)] == ["phone"]
    door.send(MUM, "还有一件事")
    assert rows(site, Identity)[-1].can_be_reached == "phone"
    door.send(MUM, "START")
    assert not is_stopped()
    assert {one.can_be_reached for one in rows(site, Identity)} == {"phone,text"}
    door.last = stopped
    door.again()  # an old one delivered again stops nothing
    assert not is_stopped()
    assert len(rows(site, Report)) == 2
    assert {one.state for one in rows(site, Quarantine)} == {"discarded"}


def test_signs_around_a_word_are_looked_at_once() -> None:
    began = process_time()
    raw = sms.original(
        "gateway", {"id": "1", "from": "13812345678", "text": f"退{'。' * 20_000}订"}
    )
    assert sms.parse(raw, datetime(2026, 3, 3, tzinfo=UTC)).command == ""
    assert process_time() - began < 1.0


@pytest.mark.parametrize("words", ["请停止STOP补课", "退订早餐的事没人管", "恢复上课了吗"])
def test_a_word_within_a_sentence_is_no_command(door: Door, words: str) -> None:
    door.send(MUM, words)
    assert [one.text for one in rows(door.site, Report)] == [words]


@pytest.mark.parametrize(
    ("number", "words", "reason"),
    [
        ("10086", "您的话费余额", "服务号码"),
        ("1069123456", "【银行】验证码", "服务号码"),
        ("BANK", "验证码", "发送号码"),
        ("", "hello", "发送号码"),
        (MUM, " \n", "没有内容"),
        ("+8673988888888", "固话", "服务号码"),
    ],
)
def test_what_cannot_be_taken_lies_in_quarantine_whole(
    door: Door, number: str, words: str, reason: str
) -> None:
    door.send(number, words)
    door.again()
    assert rows(door.site, Report) == []
    [row] = rows(door.site, Quarantine)
    assert reason in row.reason
    assert row.state == "waiting"


def test_our_own_number_is_never_taken(wired: Site, twilio: FakeTwilio) -> None:
    from_twilio(wired.app, twilio, "/hooks/sms/twilio", twilio.text(NUMBER, "回声"))
    assert rows(wired, Report) == []


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"from": 1, "text": "x"},
        {"id": "1", "from": MUM, "text": ["x"]},
        {"id": {"a": 1}, "from": MUM},
        {"id": "1", "from": MUM, "text": "x", "pictures": "x"},
        {"id": "1", "from": MUM, "text": "x", "pictures": [{"base64": "?"}]},
        {"id": "1", "from": MUM, "text": "x", "pictures": [None]},
    ],
)
def test_a_broken_message_of_a_gateway_is_kept_and_not_asked_for_again(
    wired: Site, said: Any
) -> None:
    for _ in range(2):
        assert from_gateway(wired.app, "/hooks/sms/gateway", said, wired.now).status_code == 200
    assert len(rows(wired, Quarantine)) == 1
    assert rows(wired, Report) == []


@pytest.mark.parametrize(
    ("words", "kept"),
    [("半个\ud83d", "半个\ufffd"), ("整个\ud83d\ude00", "整个😀"), ("空\u0000字", "空字")],
)
def test_half_an_emoji_loses_no_message(wired: Site, words: str, kept: str) -> None:
    said = json.loads(json.dumps({"id": "1", "from": MUM, "text": words}))
    body = json.dumps(said).encode()
    headers = signed(body, wired.now)
    answer = wired.app.test_client().post("/hooks/sms/gateway", data=body, headers=headers)
    assert answer.status_code == 200
    assert [one.text for one in rows(wired, Report)] == [kept]


def test_a_gateway_sends_its_pictures_along(wired: Site) -> None:
    picture = {"name": "菜.png", "base64": base64.b64encode(PNG).decode()}
    said = {"id": "1", "from": MUM, "text": "", "pictures": [picture]}
    from_gateway(wired.app, "/hooks/sms/gateway", said, wired.now)
    [file] = rows(wired, Attachment)
    assert (file.name, file.media_type) == ("菜.png", "image/png")


def test_too_many_from_one_number_are_folded_with_one_alarm(door: Door) -> None:
    for n in range(FREE + 4):
        door.send(MUM, f"第 {n} 条")
    assert len(rows(door.site, Report)) == FREE + 1
    [row] = rows(door.site, Quarantine)
    assert row.folded == len(rows(door.site, Folded)) == 2
    door.send(DAD, "别人的事")
    assert len(rows(door.site, Report)) == FREE + 2


def test_a_folded_text_can_be_taken_into_the_ledger(wired: Site, twilio: FakeTwilio) -> None:
    from_twilio(wired.app, twilio, "/hooks/sms/twilio", twilio.text("10086", "举报：乱收费"))
    [row] = rows(wired, Quarantine)
    actor = wired.office["supervisor"]
    taken = looking.take(wired.rooms, actor, row.id, wired.now, "短信：举报乱收费")
    assert taken.report_number


def test_no_number_is_logged(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    door.send(MUM, WORDS)
    door.send(MUM, "TD")
    assert not [one for one in caplog.messages if "13912345678" in one or "食堂" in one]
