"""Text messages to reporters: receipt, question, answer; what they cost and what they come to."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import select

from caseflow.app import Services
from caseflow.crypto.message_ids import signed
from caseflow.ledger.report_tables import Reply, Report
from caseflow.ledger.tables import Case
from caseflow.notices import sms_budget
from caseflow.notices.sms_tables import TextDay, TextSent
from caseflow.outbox.expansion import expand
from caseflow.outbox.run import run
from caseflow.outbox.tables import Event, Message
from caseflow.vault.tables import Identity
from tests.telephone import gateway
from tests.telephone.calling import connected, from_gateway, from_twilio
from tests.telephone.gateway import FakeGateway
from tests.telephone.twilio_api import FakeTwilio
from tests.web import application
from tests.web.public_door import _CODE, _NUMBER, Receipt, letter
from tests.web.site import Site

MUM = "+8613912345678"
WORDS = "投诉：城东小学食堂的菜里有虫"


@dataclass
class Line:
    """The office with one provider in both directions."""

    site: Site
    twilio: FakeTwilio
    gateway: FakeGateway | None = None
    n: int = 0

    def come_in(self, words: str = WORDS, number: str = MUM) -> None:
        self.n += 1
        if self.gateway is None:
            form = self.twilio.text(number, words)
            from_twilio(self.site.app, self.twilio, "/hooks/sms/twilio", form)
        else:
            said = {"id": f"{self.n}", "from": number, "text": words}
            from_gateway(self.site.app, "/hooks/sms/gateway", said, self.site.now)

    def carry(self) -> None:
        """Let the outbox do all that is due."""
        site = self.site
        while run(site.database, site.services.handlers, site.now, "worker"):
            pass

    def sent(self) -> list[str]:
        """Return the words of what went out, oldest first."""
        if self.gateway is not None:
            return [one["text"] for one in self.gateway.messages.values()]
        found = self.twilio.messages.values()
        return [one["body"] for one in found if one["direction"] == "outbound-api"]

    def fate(self, what: str, message: Message, *, never: bool = False) -> int:
        """Let the provider tell what became of a message."""
        name = signed(self.site.rooms.ring, message.message_id)
        if self.gateway is not None:
            said = {"id": name, "status": what, "permanent": never}
            path = "/hooks/sms/gateway/status"
            return from_gateway(self.site.app, path, said, self.site.now).status_code
        [sid] = [one for one, url in self.twilio.callbacks.items() if url.endswith(name)]
        form = self.twilio.fate(sid, what, 30005 if never else None)
        path = self.twilio.callbacks[sid].removeprefix(self.site.services.settings.public_url)
        return from_twilio(self.site.app, self.twilio, path, form).status_code


@pytest.fixture(params=["twilio", "gateway"])
def line(request: pytest.FixtureRequest, wired: Site, twilio: FakeTwilio) -> Iterator[Line]:
    """Everything that holds of one provider holds of the other."""
    if request.param == "twilio":
        yield Line(wired, twilio)
        return
    with FakeGateway() as other:
        more = {"sms_url": other.url, "sms_token": gateway.TOKEN}
        wired.services = connected(wired.services, twilio.base, **more)
        application.start(wired.services)
        yield Line(wired, twilio, other)


def rows(site: Site, table: type, *where: Any) -> list[Any]:
    key = table.__mapper__.primary_key[0]  # type: ignore[attr-defined]
    query = select(table).where(*where).order_by(key)
    return list(site.ask(lambda session: session.scalars(query).all()))


def texts(site: Site) -> list[Message]:
    return rows(site, Message, Message.way == "sms")


def on_case(site: Site, move: str, **typed: str) -> None:
    """Let the handler make a move on the newest case."""
    number = rows(site, Case)[-1].number
    page = site.as_("handler").get(f"/console/cases/{number}")
    page.send(f"/console/cases/{number}/{move}", **typed)


def test_the_receipt_opens_the_letter_and_says_nothing_of_the_case(line: Line) -> None:
    line.come_in()
    line.carry()
    [words] = line.sent()
    assert "食堂" not in words
    assert MUM[3:] not in words
    number, code = _NUMBER.search(words), _CODE.search(words)
    assert number is not None
    assert code is not None
    assert f"来件编号 {number[0]} 您好" in letter(line.site, Receipt(number[0], code[0])).text
    [message] = texts(line.site)
    assert code[0] not in message.text
    assert (message.state, message.rule) == ("sent", "receipt")


def test_question_and_answer_are_told_by_text_and_the_question_is_answered_by_text(
    line: Line,
) -> None:
    line.come_in()
    line.carry()
    on_case(line.site, "accept")
    on_case(line.site, "ask", text="是哪一天？")
    line.carry()
    *_, question = line.sent()
    assert "有问题请您回答" in question
    assert "哪一天" not in question
    line.come_in("三月二日")
    assert rows(line.site, Report)[-1].follows is not None
    assert rows(line.site, Case)[-1].state == "accepted"


def test_an_answer_by_message_is_delivered_by_text(line: Line) -> None:
    line.come_in("请问几月报名")
    on_case(line.site, "accept")
    on_case(line.site, "conclude")
    on_case(line.site, "reply", text="六月登记", way="message")
    line.carry()
    assert "有新进展" in line.sent()[-1]
    assert "六月" not in "".join(line.sent())
    assert rows(line.site, Reply)[0].delivered_at is not None
    assert rows(line.site, Case)[-1].state == "closed"


def test_nothing_goes_to_whoever_asked_for_no_more(line: Line) -> None:
    line.come_in()
    line.carry()
    line.come_in("TD")
    on_case(line.site, "accept")
    line.carry()
    assert len(line.sent()) == 1
    line.come_in("START")
    on_case(line.site, "ask", text="是哪一天？")
    line.carry()
    assert len(line.sent()) == 2


def test_a_message_that_waits_when_they_ask_is_not_sent_either(line: Line) -> None:
    line.come_in()
    run_expansion_only(line)
    line.come_in("退订")
    line.carry()
    assert line.sent() == []
    assert [(one.state, one.reason) for one in texts(line.site)] == [("withheld", "no_address")]


def run_expansion_only(line: Line) -> None:
    """Write the messages and send none."""
    handlers = line.site.services.handlers
    site = line.site
    expand(site.database, handlers.rules, site.now, 50, handlers.patience, handlers.waking)


# What it costs


def budget(line: Line, daily: int) -> None:
    """Let a day cost so much."""
    built = line.site.services
    more = {"sms_daily": daily}
    if line.gateway is not None:
        more |= {"sms_url": line.gateway.url, "sms_token": gateway.TOKEN}
    line.site.services = connected(built, line.twilio.base, **more)
    assert isinstance(line.site.services, Services)


def test_what_is_over_the_budget_waits_for_the_morning_and_is_told_once(line: Line) -> None:
    budget(line, 5)
    for n in range(4):
        line.come_in(f"第 {n} 件", f"+861390000000{n}")
    line.carry()
    cost = rows(line.site, TextSent)[0].segments
    went = 5 // cost
    assert len(line.sent()) == went
    waits = [one for one in texts(line.site) if one.state == "pending"]
    assert {one.reason for one in waits} == {"over_budget"}
    assert {one.attempts for one in waits} == {0}
    assert rows(line.site, TextDay)[0].segments == went * cost
    line.site.later(hours=1)
    line.carry()
    assert len(line.sent()) == went
    assert len(rows(line.site, Event, Event.name == "text_budget")) == 1
    assert rows(line.site, Message, Message.rule == "text_budget")
    page = line.site.as_("supervisor").get("/console/outbox")
    assert "今天的短信额度已用完" in page.text
    for _ in range(4):
        line.site.later(days=1)
        line.carry()
    assert len(line.sent()) == 4


def test_receipts_come_before_news(line: Line) -> None:
    line.come_in()
    line.come_in("另一件", "+8613900000008")
    line.carry()
    cost = rows(line.site, TextSent)[0].segments
    budget(line, 3 * cost)
    on_case(line.site, "accept")
    line.carry()
    assert [one.rule for one in texts(line.site) if one.state == "pending"] == ["decision"]
    line.come_in("再一件", "+8613900000009")
    line.carry()
    assert [one.state for one in texts(line.site)] == ["sent", "sent", "pending", "sent"]
    line.site.later(days=1)
    line.carry()
    assert "有新进展" in line.sent()[-1]


def test_a_message_tried_again_the_same_day_is_paid_for_once(line: Line) -> None:
    line.come_in()
    line.twilio.down = True
    if line.gateway is not None:
        line.gateway.down = True
    line.carry()
    line.twilio.down = False
    if line.gateway is not None:
        line.gateway.down = False
    line.site.later(minutes=5)
    line.carry()
    assert len(line.sent()) == 1
    [sent] = rows(line.site, TextSent)
    assert rows(line.site, TextDay)[0].segments == sent.segments


# What becomes of them


@pytest.mark.parametrize("order", list(permutations(["queued", "sent", "delivered"])))
def test_what_is_final_stays_in_whatever_order_it_is_told(
    line: Line, order: tuple[str, ...]
) -> None:
    line.come_in()
    line.carry()
    [message] = texts(line.site)
    for what in (*order, *order, "undelivered", "nonsense"):
        assert line.fate(what, message) == 200
    assert rows(line.site, TextSent)[0].fate == "delivered"
    assert texts(line.site)[0].state == "sent"


def test_an_older_word_does_not_undo_a_newer_one(line: Line) -> None:
    line.come_in()
    line.carry()
    for what in ("sent", "queued", "sending"):
        line.fate(what, texts(line.site)[0])
    assert rows(line.site, TextSent)[0].fate == "sent"


def test_what_is_final_is_deleted_at_twilio(wired: Site, twilio: FakeTwilio) -> None:
    line = Line(wired, twilio)
    line.come_in()
    line.carry()
    fetch = wired.services.fetch_pictures
    assert fetch is not None
    fetch(wired.now)
    line.fate("sent", texts(wired)[0])
    fetch(wired.now)
    assert len(twilio.messages) == 1
    line.fate("delivered", texts(wired)[0])
    fetch(wired.now)
    assert twilio.messages == {}


def test_a_number_that_takes_none_is_no_way_any_more_and_the_handler_hears(line: Line) -> None:
    line.come_in()
    on_case(line.site, "accept")
    line.carry()
    message = texts(line.site)[0]
    for _ in range(3):
        line.fate("undelivered", message, never=True)
    line.carry()
    assert texts(line.site)[0].state == "dead"
    [identity] = rows(line.site, Identity)
    assert identity.can_be_reached == "phone"
    assert len(rows(line.site, Message, Message.rule == "unreachable")) == 1
    number = rows(line.site, Case)[-1].number
    page = line.site.as_("handler").get(f"/console/cases/{number}")
    assert "发不到这个号码了" in page.text


def test_one_that_is_only_switched_off_stays_a_way(line: Line) -> None:
    line.come_in()
    line.carry()
    line.fate("undelivered", texts(line.site)[0])
    assert texts(line.site)[0].state == "dead"
    assert rows(line.site, Identity)[0].can_be_reached == "phone,text"


def test_an_answer_that_did_not_arrive_is_owed_again(line: Line) -> None:
    line.come_in("请问几月报名")
    on_case(line.site, "accept")
    on_case(line.site, "conclude")
    on_case(line.site, "reply", text="六月登记", way="message")
    line.carry()
    line.fate("failed", texts(line.site)[-1])
    assert rows(line.site, Reply)[0].failed_at is not None


def test_a_refusal_for_good_at_the_door_is_told_too(line: Line) -> None:
    line.twilio.refuse[MUM] = 21614
    if line.gateway is not None:
        line.gateway.refuse[MUM] = 422
    line.come_in()
    line.carry()
    assert rows(line.site, Identity)[0].can_be_reached == "phone"
    assert texts(line.site)[0].state == "dead"


def test_a_failure_told_before_the_sending_is_written_down_counts(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    line.come_in()
    run_expansion_only(line)
    [message] = texts(line.site)
    send = sms_budget.Budgeted.send

    def quick(self: sms_budget.Budgeted, address: str, outgoing: Any) -> None:
        send(self, address, outgoing)
        line.fate("undelivered", message, never=True)

    monkeypatch.setattr(sms_budget.Budgeted, "send", quick)
    line.carry()
    assert texts(line.site)[0].state == "dead"
    assert rows(line.site, Identity)[0].can_be_reached == "phone"


def test_nobody_can_tell_a_fate_of_a_message_by_its_bare_id(line: Line) -> None:
    line.come_in()
    line.carry()
    [message] = texts(line.site)
    for name in (message.message_id, f"{message.message_id}-{'0' * 24}", ""):
        said = {"id": name, "status": "delivered"}
        path = "/hooks/sms/gateway/status"
        assert from_gateway(line.site.app, path, said, line.site.now).status_code == 200
    assert rows(line.site, TextSent)[0].fate == "handed"
