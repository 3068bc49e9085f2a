"""How each reporter learns that a case was given more time (延期告知): nobody is left out."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.deadlines import clocks
from caseflow.deadlines.clocks import Subject
from caseflow.ledger.moves import closing, extending, notice, opening, triage
from caseflow.ledger.tables import Case
from caseflow.notices import deliver
from caseflow.outbox.tables import Event, Message
from tests import office as offices
from tests.notices.watch import drafted
from tests.web.public_door import letter, move, reported, the_case
from tests.web.site import Site
from tests.web.walking import case_of, on_case, open_case, report_of

WHY = "鉴定机构须十个工作日"
NOTICE = "告知反映人"


def granted(site: Site, number: str, until: str = "2026-03-24") -> None:
    on_case(site, "handler", number, "extend_case", until=until, grounds=WHY)
    on_case(site, "leader", number, "grant_case")


def owed(site: Site, number: str) -> list[int | None]:
    """Return the reports whose senders must still be told something."""
    case_id = case_of(site, number).id
    alive = Subject(root_case_id=case_id)
    return site.ask(lambda s: [one.report_id for one in clocks.alive(s, alive, "notice")])


def taken(site: Site, case_id: int, report: int, rule: str, told: str) -> None:
    """The mail channel takes the letter that tells of the newest event of that name."""
    query = select(Event.id).where(Event.case_id == case_id, Event.name == told)
    event = site.ask(lambda s: s.scalars(query.order_by(Event.id.desc())).first())
    to = deliver.report_ref(report)
    message = Message(event_id=event, case_id=case_id, rule=rule, recipient=to)
    site.do(lambda s: deliver.sent(s, message, site.now))


def notice_due(site: Site, number: str) -> datetime:
    """Return by when the reporter must be told what was decided last."""
    alive = Subject(root_case_id=case_of(site, number).id)
    [one] = site.ask(lambda s: clocks.alive(s, alive, "notice"))
    return one.due


def end_of(day: int) -> datetime:
    return datetime(2026, 3, day, 16, tzinfo=UTC)


def test_word_of_a_new_day_is_due_before_the_old_one_is_over(site: Site) -> None:
    """The case was due on Tuesday 17 March; it is given more time on Friday 6 March."""
    number = open_case(site, reach="phone")
    on_case(site, "handler", number, "accept")
    on_case(site, "operator", number, "tell")
    site.later(days=3)
    granted(site, number)
    assert notice_due(site, number) == end_of(16)


def test_word_of_a_new_day_has_a_working_day_at_the_least(site: Site) -> None:
    number = open_case(site, reach="phone")
    on_case(site, "handler", number, "accept")
    on_case(site, "operator", number, "tell")
    site.later(days=14)  # Tuesday 17 March itself
    granted(site, number)
    assert notice_due(site, number) == end_of(18)


def test_what_is_owed_already_is_then_due_as_soon(site: Site) -> None:
    number = open_case(site, reach="phone")
    on_case(site, "handler", number, "accept")
    assert notice_due(site, number) == end_of(18)  # fifteen days from Tuesday 3 March
    granted(site, number)
    assert notice_due(site, number) == end_of(16)
    on_case(site, "operator", number, "tell")
    assert owed(site, number) == []


def test_a_letter_from_before_the_grant_says_nothing_of_the_new_day(site: Site) -> None:
    number = open_case(site, reach="email")
    on_case(site, "handler", number, "accept")
    granted(site, number)
    report, case_id = report_of(site, number).id, case_of(site, number).id
    taken(site, case_id, report, "decision", "accept")
    assert owed(site, number) == [report]
    taken(site, case_id, report, "extended", "grant_case")
    assert owed(site, number) == []


def test_whoever_can_only_be_called_is_owed_a_call(site: Site) -> None:
    number = open_case(site, reach="phone")
    on_case(site, "handler", number, "accept")
    on_case(site, "operator", number, "tell")
    assert owed(site, number) == []
    on_case(site, "handler", number, "extend_case", until="2026-03-24", grounds=WHY)
    page = site.as_("leader").get(f"/console/cases/{number}")
    assert "将通知：申请人。 只留了电话的反映人，须打电话告知新的期限。 意见" in page.text
    assert "比现在的期限晚 5 个工作日" in page.text
    page.send(f"/console/cases/{number}/grant_case")
    assert owed(site, number) == [report_of(site, number).id]
    page = site.as_("operator").get(f"/console/cases/{number}")
    assert NOTICE in page.text
    assert "办理期限已延长到 3月24日(周二) 24:00，请一并告知" in page.text
    page.send(f"/console/cases/{number}/tell")
    assert owed(site, number) == []


@pytest.mark.parametrize(
    ("reach", "said"),
    [
        ("email,phone", "留了邮箱的反映人会收到邮件，写明新的期限。"),
        ("phone", "只留了电话的反映人，须打电话告知新的期限。"),
        ("letter", "只留了地址的反映人，须写信告知新的期限。"),
        ("", "没有留联系方式的反映人，在查询页面可以看到新的期限。"),
    ],
)
def test_nobody_is_promised_a_message_who_gets_none(site: Site, reach: str, said: str) -> None:
    number = open_case(site, reach=reach)
    on_case(site, "handler", number, "accept")
    form = f"/console/cases/{number}/grant_case"
    page = site.as_("handler").get(f"/console/cases/{number}")
    assert said in page.text, "whoever asks reads it"
    on_case(site, "handler", number, "extend_case", until="2026-03-24", grounds=WHY)
    page = site.as_("leader").get(f"/console/cases/{number}")
    assert said in page.text, "and whoever decides"
    page = page.send(form)
    assert f"已准予延期，申请人会收到通知。{said}" in page.text
    assert page.text.count("反映人，") + page.text.count("反映人会收到") == 1


def test_a_message_that_was_taken_has_told_it(site: Site) -> None:
    number = open_case(site, reach="email")
    on_case(site, "handler", number, "accept")
    report = report_of(site, number).id
    site.do(lambda s: notice.told(s, report, site.now))
    granted(site, number)
    assert owed(site, number) == [report]
    case_id = case_of(site, number).id
    taken(site, case_id, report, "extended", "grant_case")
    assert owed(site, number) == []
    assert "已告知反映人" in site.as_("handler").get(f"/console/cases/{number}").text


def test_whoever_left_nothing_reads_it_and_nobody_owes_a_call(site: Site) -> None:
    number = open_case(site)
    on_case(site, "handler", number, "accept")
    granted(site, number)
    assert owed(site, number) == []


@pytest.mark.parametrize("way", ["email", "phone"])
def test_a_report_that_was_promised_a_later_day_is_told_nothing(site: Site, way: str) -> None:
    """It joined the case late; the extension ends before its own promise does."""
    number = open_case(site, reach="email")
    on_case(site, "handler", number, "accept")
    first = report_of(site, number).id

    def join_late(session: Session) -> int:
        case = session.get_one(Case, case_of(site, number).id)
        late = site.now + timedelta(days=7)
        [resolve] = clocks.alive(session, Subject(case_id=case.id), "resolve")
        second = opening.first_reports(session, case)[0]
        new = offices.new_report(session, late, reach=way)
        joined = opening._keep(session, case, new, None)
        opening.start_reply(session, case, joined.id, resolve, late)
        [reply] = clocks.alive(session, Subject(report_id=joined.id), "reply")
        clocks.replan(session, reply, reply.due + timedelta(days=14))
        assert second.id == first
        return joined.id

    other = site.do(join_late)
    seen = site.ask(lambda s: len(drafted(s)))
    on_case(site, "handler", number, "extend_case", until="2026-03-24", grounds=WHY)
    before = site.as_("leader").get(f"/console/cases/{number}").text
    page = on_case(site, "leader", number, "grant_case")
    assert "须打电话" not in before + page.text
    told = site.ask(lambda s: [one.recipient for one in drafted(s)][seen:])
    assert deliver.report_ref(first) in told
    assert deliver.report_ref(other) not in told


def test_the_letter_gives_the_day_until_the_reply_and_then_only_the_story(site: Site) -> None:
    got = reported(site, kind="question")
    move(site, got, triage.accept, "handler")
    case = the_case(site, got.number)
    at = site.now

    def longer(session: Session) -> None:
        handler, leader = site.office["handler"], site.office["leader"]
        extending.extend_case(session, handler, case.id, date(2026, 3, 9), WHY, at)
        extending.grant_case(session, leader, case.id, "", at)

    site.do(longer)
    told = "答复您的期限延长到 3月9日(周一) 24:00"
    assert told in letter(site, got).text
    move(site, got, closing.conclude, "handler")
    assert told in letter(site, got).text
    report = report_of(site, case.number)
    move(
        site,
        got,
        lambda *args: closing.reply(*args[:-1], "可以报名。", "track", args[-1]),
        "handler",
        report.id,
    )
    page = letter(site, got)
    assert told not in page.text
    assert "新的期限：3月9日(周一)" in page.text
    assert WHY not in page.html
    move(site, got, lambda *args: closing.reopen(*args[:-1], "有新情况", args[-1]), "supervisor")
    assert "期限延长到" not in letter(site, got).text


def test_days_that_stood_still_come_on_top_of_what_the_letter_says(site: Site) -> None:
    got = reported(site)
    move(site, got, triage.accept, "handler")
    number = the_case(site, got.number).number
    granted(site, number)
    on_case(site, "handler", number, "ask", text="哪一天？")
    site.later(days=2)
    on_case(site, "handler", number, "resume")
    assert "答复您的期限延长到 3月26日(周四) 24:00" in letter(site, got).text


def test_who_imposed_the_day_must_have_agreed_and_the_leader_reads_how(site: Site) -> None:
    due = datetime(2026, 3, 12, 16, tzinfo=UTC)
    number = open_case(site, imposed_due=due)
    on_case(site, "handler", number, "accept")
    page = on_case(site, "handler", number, "extend_case", until="2026-03-16", grounds=WHY)
    assert page.status == 422
    assert page.form(f"/console/cases/{number}/extend_case").fields["grounds"] == [WHY]
    agreed = "区委督查室王主任 3月4日 来电同意"
    page.send(
        f"/console/cases/{number}/extend_case", until="2026-03-16", grounds=WHY, consent=agreed
    )
    page = site.as_("leader").get(f"/console/cases/{number}")
    assert f"来文机关的意见：{agreed}" in page.text
    page = page.send(f"/console/cases/{number}/grant_case")
    assert "办结期限 3月16日(周一) 24:00" in page.text
    other = open_case(site)
    on_case(site, "handler", other, "accept")
    form = site.as_("handler").get(f"/console/cases/{other}")
    assert "consent" not in form.form(f"/console/cases/{other}/extend_case").names
