"""Policies, outbox and quarantine over HTTP."""

from collections.abc import Sequence
from io import BytesIO

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from caseflow.deadlines.tables import Clock
from caseflow.intake import looking
from caseflow.intake.delivery import deliver
from caseflow.intake.tables import Quarantine
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case
from caseflow.outbox import folding
from caseflow.outbox.handlers import Draft
from caseflow.outbox.letters import PAGE
from caseflow.outbox.tables import Attempt, Event, Message
from caseflow.people.office_tables import OfficeChange
from caseflow.vault.tables import Reveal
from tests import office as offices
from tests.web.site import Page, Site
from tests.web.walking import dispatched

MACHINE = (
    "From: 家长 <parent@mail.example>\r\nSubject: 自动回复：食堂\r\n"
    "Auto-Submitted: auto-replied\r\nMessage-ID: <1@mail.example>\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n\r\n其实是投诉食堂\r\n"
).encode()
UNREADABLE = "不是邮件\n乱七八糟的来信".encode("gb18030")


# Policies


def test_rules_and_ladders_stand_in_words(site: Site) -> None:
    page = site.as_("administrator").get("/console/policies")
    for words in ("办结期限", "10 个工作日", "比办结期限早 2 个工作日", "15 天", "可延期 1 次"):
        assert words in page.text
    for words in ("到期前 1 个工作日", "启动问责建议", "到期后 20 个工作日", "时限过半", "上一级"):
        assert words in page.text
    assert "第 7 级督办 拟文书，由人签发 签发后称“启动问责建议”" in page.text
    assert [form.action for form in page.forms if form.method == "post"] == ["/logout"]


def test_a_rule_says_once_whether_it_can_be_paused(site: Site) -> None:
    html = site.as_("administrator").get("/console/policies").html
    rows = html.partition("<tbody>")[2].partition("</tbody>")[0].split("<tr>")[1:]
    column = [row.partition('data-label="暂停">')[2].partition("<")[0] for row in rows]
    assert {"最多 10 个工作日", "不可暂停"} == set(column)
    assert "可暂停" not in html.replace("不可暂停", "")
    assert "最多暂停" not in html


def test_a_unit_reads_no_rules(site: Site) -> None:
    assert site.as_("school").get("/console/policies").status == 403


# Outbox


def a_message(site: Site, number: str, state: str = "dead", **more: object) -> int:
    def write(session: Session) -> int:
        case = session.scalars(select(Case).where(Case.number == number)).one()
        event = Event(name="rung", case_id=case.id, at=site.now, not_before=site.now)
        event.expanded_at = site.now
        session.add(event)
        session.flush()
        values = {
            "recipient": f"user:{site.office['supervisor'].person}",
            "subject": "逾期提醒",
            "text": f"办件 {number} 已逾期，请处理。",
            "reason": "550 no such user",
            **more,
        }
        message = Message(
            event_id=event.id,
            case_id=case.id,
            rule="rung",
            way="email",
            message_id=f"<{event.id}@x>",
            state=state,
            attempts=3,
            created_at=site.now,
            not_before=site.now,
            **values,
        )
        session.add(message)
        session.flush()
        session.add(Attempt(message_id=message.id, at=site.now, ok=False, note="550 no such user"))
        return message.id

    return site.do(write)


def state(site: Site, message_id: int) -> str:
    return site.ask(lambda s: s.get_one(Message, message_id).state)


def test_what_did_not_get_through_is_shown_with_its_reason_and_sent_again(site: Site) -> None:
    message = a_message(site, dispatched(site, "school"))
    page = site.as_("administrator").get("/console/outbox")
    assert "逾期提醒" in page.text
    assert "550 no such user" in page.text
    page = page.send(f"/console/outbox/messages/{message}/requeue")
    assert state(site, message) == "pending"
    assert "等待发送" in page.text
    what = site.ask(lambda s: s.scalars(select(OfficeChange.what)).all())
    assert what == ["message_requeued"]


def test_a_message_is_read_with_every_try_and_discarded(site: Site) -> None:
    number = dispatched(site, "school")
    message = a_message(site, number, "withheld", reason="no_address")
    path = f"/console/outbox/messages/{message}"
    page = site.as_("supervisor").get(path)
    assert f"办件 {number} 已逾期" in page.text
    assert "没有留下这种联系方式" in page.text
    assert "没有成功" in page.text
    page.send(f"{path}/discard")
    assert state(site, message) == "discarded"
    assert site.as_("supervisor").post(f"{path}/discard").status == 409


def test_messages_elsewhere_push_none_of_ones_own_off_the_page(site: Site) -> None:
    number = dispatched(site, "school")
    site.do(lambda s: s.execute(update(Case).values(county=offices.OTHER)))
    a_message(site, dispatched(site, "school"), subject="自己的")
    for _ in range(PAGE):
        a_message(site, number)
    page = site.as_("supervisor").get("/console/outbox")
    assert "自己的" in page.text
    assert "发送失败 1" in page.text


def test_messages_about_cases_elsewhere_are_not_there(site: Site) -> None:
    number = dispatched(site, "school")
    path = f"/console/outbox/messages/{a_message(site, number)}"
    assert number not in site.as_("stranger").get("/console/outbox").html
    assert "逾期提醒" not in site.as_("stranger").get("/console/outbox").text
    for reader, dead in (("stranger", 0), ("supervisor", 1), ("city", 1)):
        assert f"发送失败 {dead}" in site.as_(reader).get("/console/outbox").text
    assert site.as_("stranger").get(path).status == 404
    assert site.as_("stranger").post(f"{path}/requeue").status == 404
    assert site.as_("city").get(path).status == 200


def test_a_message_that_went_out_with_others_says_so(site: Site) -> None:
    near, far = dispatched(site, "school"), dispatched(site, "school")
    elsewhere = update(Case).where(Case.number == far).values(county=offices.OTHER)
    site.do(lambda s: s.execute(elsewhere))
    folded = [a_message(site, number, "pending", subject=number) for number in (near, far)]
    values = {"state": "pending", "attempts": 0, "calm": True}
    site.do(lambda s: s.execute(update(Message).values(values)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(folding, "MANY", 2)
        assert folding.fold(site.database, told_together, site.now) == 1
    page = site.as_("supervisor").get(f"/console/outbox/messages/{folded[0]}")
    assert "合成一条消息发出" in page.text
    [summary] = [link for link in page.links if "/console/outbox/messages/" in link]
    page = site.as_("supervisor").get(summary)
    assert near in page.text
    assert far not in page.html


def told_together(_session: Session, recipient: str, found: Sequence[Message]) -> Draft:
    words = " ".join(one.subject for one in found)
    return Draft("summary", recipient, "email", "zh", "有 2 项事情", words)


def test_the_reporter_of_a_message_has_no_name(site: Site) -> None:
    message = a_message(site, dispatched(site, "school"), recipient="report:1")
    assert "反映人" in site.as_("supervisor").get(f"/console/outbox/messages/{message}").text


@pytest.mark.parametrize("what", ["requeue", "discard"])
def test_a_dead_event_is_tried_again_or_let_go(site: Site, what: str) -> None:
    number = dispatched(site, "school")

    def kill(session: Session) -> int:
        event = session.scalars(select(Event).where(Event.expanded_at.is_(None))).first()
        assert event is not None
        event.dead_at, event.error, event.attempts = site.now, "NoPolicy", 5
        return event.id

    event_id = site.do(kill)
    page = site.as_("administrator").get("/console/outbox")
    assert "NoPolicy" in page.text
    assert number in page.text
    page = page.send(f"/console/outbox/events/{event_id}/{what}")
    assert "NoPolicy" not in page.text


# Quarantine


def set_aside(site: Site, raw: bytes = MACHINE) -> str:
    number = deliver(site.rooms, BytesIO(raw), site.now).quarantine
    assert number is not None
    return f"/console/quarantine/{number}"


def row(site: Site) -> Quarantine:
    return site.ask(lambda s: s.scalars(select(Quarantine)).one())


def look(site: Site, path: str, who: str = "operator", reason: str = "登记来件") -> Page:
    return site.as_(who).get(path).send(f"{path}/look", reason=reason)


def test_what_is_set_aside_is_listed_with_reason_moment_and_clock(site: Site) -> None:
    set_aside(site)
    page = site.as_("operator").get("/console/quarantine")
    assert row(site).reason in page.text
    assert "3月3日(周二) 10:00 收到" in page.text
    assert "隔离查看 3月4日(周三) 24:00" in page.text
    assert "其实是投诉" not in page.html


def test_the_original_is_seen_with_a_reason_and_on_the_record(site: Site) -> None:
    path = set_aside(site)
    assert "其实是投诉" not in site.as_("operator").get(path).html
    page = look(site, path)
    assert "其实是投诉食堂" in page.text
    assert "parent@mail.example" in page.text
    reveals = site.ask(lambda s: s.execute(select(Reveal.user_id, Reveal.reason)).all())
    assert [tuple(one) for one in reveals] == [(site.office["operator"].person, "登记来件")]
    assert "其实是投诉" not in site.as_("operator").get(path).html  # in that answer only


def test_without_a_reason_nothing_is_opened(site: Site) -> None:
    path = set_aside(site)
    page = look(site, path, reason="看")
    assert page.status == 422
    assert page.form(f"{path}/look").fields["reason"] == ["看"]
    assert site.ask(lambda s: s.scalars(select(Reveal)).all()) == []


def test_a_case_is_made_by_hand_with_what_was_read(site: Site) -> None:
    path = set_aside(site)
    page = look(site, path)
    assert page.form(f"{path}/take").fields["text"] == ["其实是投诉食堂"]
    site.later(hours=2)
    page = page.send(f"{path}/take", kind="complaint")
    assert page.path.startswith("/console/cases/")
    assert "其实是投诉食堂" in page.text
    report = site.ask(lambda s: s.scalars(select(Report)).one())
    assert (report.channel, report.kind) == ("mailbox", "complaint")
    assert row(site).state == "taken"
    clock = site.ask(lambda s: s.scalars(select(Clock).where(Clock.name == "look")).one())
    assert clock.state == "met"
    assert "已登记为办件" in site.as_("operator").get("/console/quarantine").text


def test_what_cannot_be_read_is_shown_as_it_is_and_needs_words_of_ones_own(site: Site) -> None:
    path = set_aside(site, UNREADABLE)
    page = look(site, path)
    assert "乱七八糟的来信" in page.text
    refused = page.send(f"{path}/take", kind="tip", text="")
    assert refused.status == 422
    assert refused.form(f"{path}/take").fields["kind"] == ["tip"]
    refused.send(f"{path}/take", text="反映补课")
    report = site.ask(lambda s: s.scalars(select(Report)).one())
    assert (report.text, report.kind) == ("反映补课", "tip")


def test_what_the_ledger_refuses_is_registered_with_words_alone(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = set_aside(site)
    page = look(site, path)
    with monkeypatch.context() as refusing:
        refusing.setattr(looking, "receive", lambda *_: 1 / 0)
        refused = page.send(f"{path}/take", kind="tip", text="反映补课")
    assert refused.status == 422
    assert looking.REFUSED in refused.text
    assert refused.form(f"{path}/take").fields["text"] == ["反映补课"]
    refused.send(f"{path}/take", words_only="1")
    report = site.ask(lambda s: s.scalars(select(Report)).one())
    assert (report.text, report.kind, report.identity_id) == ("反映补课", "tip", None)
    assert row(site).state == "taken"


def test_a_kind_must_be_chosen(site: Site) -> None:
    path = set_aside(site)
    page = look(site, path).send(f"{path}/take", kind="", text="我写的内容")
    assert page.status == 422
    assert page.form(f"{path}/take").fields["text"] == ["我写的内容"]
    assert row(site).state == "waiting"


def test_only_what_was_seen_is_discarded_and_with_a_reason(site: Site) -> None:
    path = set_aside(site)
    unseen = site.as_("operator").get(path).send(f"{path}/discard", note="广告")
    assert unseen.status == 422
    assert "请先查看原件" in unseen.text
    assert unseen.form(f"{path}/discard").fields["note"] == ["广告"]
    seen = look(site, path)
    assert seen.send(f"{path}/discard", note=" ").status == 422
    page = seen.send(f"{path}/discard", note="广告")
    assert "广告" in page.text
    assert row(site).state == "discarded"
    assert site.as_("operator").post(f"{path}/discard", note="再来").status == 409


@pytest.mark.parametrize("name", ["administrator", "auditor", "leader", "reviewer", "school"])
def test_others_have_no_business_in_quarantine(site: Site, name: str) -> None:
    path = set_aside(site)
    assert site.as_(name).get(path).status == 403
    assert site.as_(name).post(f"{path}/look", reason="好奇看看").status == 403


def test_quarantine_elsewhere_is_not_there(site: Site) -> None:
    path = set_aside(site)
    for what in ("", "/look", "/take", "/discard"):
        visit = site.as_("stranger")
        page = visit.post(path + what, reason="登记来件", note="x") if what else visit.get(path)
        assert page.status == 404
    assert "隔离区是空的" in site.as_("stranger").get("/console/quarantine").text
