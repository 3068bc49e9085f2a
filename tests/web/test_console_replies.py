"""A reply that did not arrive stays owed, and nobody who looks at the case can miss it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.clock import local
from caseflow.escalation import sweep
from caseflow.ledger.moves import closing
from caseflow.ledger.report_tables import Reply, Report
from caseflow.outbox.events import body_of
from caseflow.outbox.tables import Event, Message
from tests.web.site import Site
from tests.web.walking import case_of, on_case, on_item, open_case, report_of, state, submitted

SAID = "已更换供应商，退还本周餐费。"
FAILED = "上一次答复 3月3日(周二) 未能送达，请换一种方式"


def fails(site: Site) -> None:
    """Let the channel refuse the last reply for good."""
    site.later(minutes=10)

    def refuse(session: Session) -> None:
        reply = session.scalars(select(Reply).order_by(Reply.id.desc())).first()
        assert reply is not None
        closing.undeliverable(session, reply.id, site.now)

    site.do(refuse)


def undelivered(site: Site) -> str:
    """Return a case whose only reply went by e-mail and did not arrive."""
    number = submitted(site, reach="email")
    on_item(site, "reviewer", number, "strike_off")
    on_case(site, "handler", number, "reply", text=SAID, way="message")
    fails(site)
    return number


def test_the_next_step_says_that_the_last_reply_did_not_arrive(site: Site) -> None:
    number = undelivered(site)
    page = site.as_("handler").get(f"/console/cases/{number}")
    assert FAILED in page.text
    assert "各项都有了结果" not in page.text
    assert "答复未能送达，等待承办人" in site.as_("reviewer").get(f"/console/cases/{number}").text
    on_case(site, "handler", number, "reply", way="letter")
    assert state(site, number) == "calling_back"
    assert "未能送达，请换" not in site.as_("handler").get(f"/console/cases/{number}").text


def test_the_text_that_failed_stands_in_the_form_and_another_way_is_chosen(site: Site) -> None:
    number = undelivered(site)
    form = (
        site.as_("handler").get(f"/console/cases/{number}").form(f"/console/cases/{number}/reply")
    )
    assert form.fields["text"] == [SAID]
    assert form.fields["way"] == ["track"]
    again = on_case(site, "handler", number, "reply", text="", way="letter")
    assert again.status == 422
    assert again.form(f"/console/cases/{number}/reply").fields["text"] == [""]


def test_while_a_second_reply_is_on_its_way_nothing_failed(site: Site) -> None:
    number = undelivered(site)
    page = on_case(site, "handler", number, "reply", text=SAID, way="message")
    assert "答复正在送达" in page.text
    fails(site)
    assert FAILED in site.as_("handler").get(f"/console/cases/{number}").text


def test_what_was_sent_again_says_so_until_something_is_heard_of_it(site: Site) -> None:
    number = undelivered(site)
    path = f"/console/cases/{number}"
    site.later(minutes=20)

    def becomes(what: str) -> None:
        site.do(lambda s: setattr(s.get_one(Message, message), "state", what))

    message, sent = _sent_again(site)
    for under_way in ("pending", "claimed"):
        becomes(under_way)
        page = site.as_("handler").get(path)
        assert f"上一次答复 3月3日(周二) 未能送达，{sent} 已重新发送" in page.text
        assert page.offers(f"{path}/reply"), "nobody need wait for it"
        assert "请换一种方式" not in page.text
        assert f"未能送达，{sent} 已重新发送" in site.as_("reviewer").get(path).text
    becomes("dead")
    assert FAILED in site.as_("handler").get(path).text
    assert "等待承办人换一种方式" in site.as_("reviewer").get(path).text


def _sent_again(site: Site) -> tuple[int, str]:
    """Let the reply that failed be sent again from the outbox; return its message and when."""

    def given_up(session: Session) -> int:
        event = session.scalars(select(Event).where(Event.name == "reply")).one()
        message = _dead(event, site.now)
        session.add(message)
        session.flush()
        return message.id

    message = site.do(given_up)
    page = site.as_("administrator").get("/console/outbox")
    page.send(f"/console/outbox/messages/{message}/requeue")
    return message, f"3月3日(周二) {local(site.now):%H:%M}"


def _dead(event: Event, now: datetime) -> Message:
    values = {"rule": "reply", "recipient": f"report:{body_of(event)['report']}", "way": "email"}
    said = {"subject": "答复", "text": "请查询", "reason": "550 no", "message_id": "<reply@x>"}
    moments = {"created_at": now, "not_before": now}
    return Message(
        event_id=event.id, case_id=event.case_id, state="dead", **values, **said, **moments
    )


def test_of_several_reports_the_one_that_got_no_reply_is_named(site: Site) -> None:
    number = undelivered(site)
    first = report_of(site, number)

    def another(session: Session) -> str:
        copied = {c.name: getattr(first, c.name) for c in Report.__table__.columns}
        del copied["id"]
        number, key = "430503-20260303-9999", "another"
        session.add(Report(**{**copied, "number": number, "seq": 9999, "channel_key": key}))
        return number

    second = site.do(another)
    page = site.as_("handler").get(f"/console/cases/{number}")
    assert f"来件 {first.number}（3月3日(周二)） 的答复未能送达" in page.text
    waits, sent = _sent_again(site)
    page = site.as_("handler").get(f"/console/cases/{number}")
    assert f"未能送达的答复已重新发送：来件 {first.number}（{sent}）" in page.text
    site.do(lambda s: setattr(s.get_one(Message, waits), "state", "dead"))
    form = page.form(f"/console/cases/{number}/reply")
    assert (form.fields["report"], form.fields["text"]) == ([str(first.id)], [SAID])
    assert f"答复未能送达：{first.number}" in page.text
    on_case(site, "handler", number, "reply", way="letter")
    page = site.as_("handler").get(f"/console/cases/{number}")
    assert "各项都有了结果，答复反映人" in page.text
    assert page.form(f"/console/cases/{number}/reply").fields["text"] == [""]
    assert second in page.text


def test_the_failure_of_a_round_before_is_over(site: Site) -> None:
    number = undelivered(site)
    on_case(site, "supervisor", number, "reopen", reason="反映人又来电")
    on_case(site, "handler", number, "split", matters="再查食堂")
    assert case_of(site, number).reopened == 1
    assert "未能送达，请换" not in site.as_("handler").get(f"/console/cases/{number}").text


def test_a_reply_that_failed_is_never_folded_among_the_machines_notes(site: Site) -> None:
    number = submitted(site, reach="email")
    on_item(site, "reviewer", number, "strike_off")
    on_case(site, "handler", number, "reply", text=SAID, way="message")
    for _ in range(2):
        site.later(days=12)
        sweep.run(site.database, site.now)
        if "答复未能送达" not in site.as_("handler").get(f"/console/cases/{number}").text:
            fails(site)
    html = site.as_("handler").get(f"/console/cases/{number}").html
    story = html.partition('id="story-title"')[2]
    before, _, after = story.partition("答复未能送达")
    assert before.rpartition("<li")[2].startswith(">"), "it is a line of its own"
    assert before.count("<details>") == before.count("</details>")
    assert 'class="is-machine"' in before
    assert 'class="is-machine"' in after


def test_one_reply_to_many_says_who_is_left(site: Site) -> None:
    number = open_case(site, kind="question")
    on_case(site, "handler", number, "accept")
    for reach in ("email", "phone"):
        other = open_case(site, kind="question", reach=reach)
        on_case(site, "handler", other, "accept")
        on_case(site, "handler", other, "merge", into=number, reason="同一件事")
    on_case(site, "handler", number, "conclude")
    page = on_case(site, "handler", number, "reply", report="all", text=SAID, way="message")
    assert "已答复 1 份来件。还有 2 份须逐份答复。" in page.text
    page = on_case(site, "handler", number, "reply", report="all", text=SAID, way="track")
    assert "已答复 2 份来件。" in page.text
    assert "须逐份答复" not in page.text
