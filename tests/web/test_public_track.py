"""Tracking over HTTP: number and code open a letter; what it says, and what it never says."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from caseflow.deadlines.tables import Clock
from caseflow.intake.limits import Limit
from caseflow.intake.tables import Tally
from caseflow.ledger.moves import asking, triage
from caseflow.ledger.report_tables import Attachment, Question, Report
from caseflow.ledger.verify import verify_chains
from caseflow.outbox.tables import Event
from tests.web.public_door import (
    TEXT,
    Receipt,
    count,
    letter,
    move,
    reported,
    statements,
    the_case,
)
from tests.web.site import Page, Site, a_file

WRONG_CODE = "1234 5678 9012 3456"


def look(site: Site, number: str, code: str) -> Page:
    return site.nobody().get("/track").send("/track", number=number, code=code)


def ask(site: Site, got: Receipt, text: str = "哪一天的事？") -> None:
    report = site.ask(lambda s: s.scalars(select(Report).filter_by(number=got.number)).one())
    move(site, got, triage.accept, "handler")
    move(site, got, asking.ask, "handler", report.id, text)


# Opening it


def test_number_and_code_open_the_letter(site: Site) -> None:
    got = reported(site)
    page = letter(site, got)
    assert page.status == 200
    assert "您 3月3日(周二) 10:00 提交的投诉，我们收到了。" in page.text
    assert "答复您 最晚 3月17日(周二) 24:00" in page.text


@pytest.mark.parametrize("typed", ["%s", " %s ", "4%s", "undashed"])
def test_what_is_typed_may_have_spaces_and_no_groups(site: Site, typed: str) -> None:
    got = reported(site)
    code = got.code.replace(" ", "")
    if typed == "undashed":  # a telephone's number pad has none
        assert look(site, got.number.replace("-", ""), code).offers("/track/add")
    elif typed == "4%s":  # full-width digits and a long dash, from a Chinese keyboard
        number = got.number.translate(str.maketrans("0123456789-", "０１２３４５６７８９—"))
        assert look(site, number, code).offers("/track/add")
    else:
        assert look(site, typed % got.number, typed % code).offers("/track/add")


def test_a_case_number_is_told_from_the_one_to_keep(site: Site) -> None:
    got = reported(site)
    page = look(site, the_case(site, got.number).number, got.code)
    assert page.status == 422
    assert "这是办件编号，只在我们内部使用。请输入回执上的来件编号" in page.text
    assert "办件编号" not in letter(site, got).text
    assert f"来件编号 {got.number}" in letter(site, got).text


def test_every_wrong_pair_gets_the_same_page_for_the_same_work(site: Site) -> None:
    got, other = reported(site), reported(site)
    joined = letter(site, got).send("/track/add", text="补充")
    assert joined.status == 200
    follower = site.ask(lambda s: s.scalars(select(Report.number).filter(Report.follows > 0)).one())
    pairs = [
        (got.number, WRONG_CODE),
        (got.number, other.code),
        ("430503-20260303-9999", WRONG_CODE),
        ("110000-20200101-0001", got.code),
        (follower, got.code),
    ]
    seen, costs = set(), set()
    for number, code in pairs:
        asked = site.nobody().get("/track")
        with statements(site) as run:
            page = asked.send("/track", number=number, code=code)
        hidden = [page.form("/track").fields[name][0] for name in ("csrf_token", "confirmation")]
        html = page.html.replace(number, "")
        for value in hidden:
            html = html.replace(value, "")
        seen.add((page.status, html))
        costs.add(len(run))
    assert len(seen) == 1
    assert costs == {4}


def test_the_code_never_comes_back(site: Site) -> None:
    page = look(site, "430503-20260303-0001", WRONG_CODE)
    assert "9012" not in page.html
    assert page.form("/track").fields["number"] == ["430503-20260303-0001"]


@pytest.mark.parametrize(
    ("number", "code", "told"),
    [("", "", ["#f-number", "#f-code"]), ("123", WRONG_CODE, ["#f-number"])],
)
def test_what_is_no_number_is_told_before_it_is_looked_up(
    site: Site, number: str, code: str, told: list[str]
) -> None:
    page = look(site, number, code)
    assert page.status == 422
    assert [link for link in page.links if link.startswith("#f-")] == told
    assert count(site, Tally) == 0


def test_wrong_pairs_look_alike_and_shut_out_nobody_who_knows_the_code(site: Site) -> None:
    """Numbers can be guessed: trying codes at one must not keep its reporter from the answer."""
    got = reported(site)
    visit, unknown = site.nobody(), "430503-20260303-9999"
    pages = {
        visit.get("/track").send("/track", number=number, code=WRONG_CODE).text
        for number in [got.number, unknown] * 6
    }
    assert len(pages) == 1
    assert look(site, got.number, got.code).offers("/track/add")


def test_the_whole_door_has_a_limit_that_tells_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    got = reported(site)
    minute = timedelta(minutes=1)
    monkeypatch.setattr("caseflow.intake.limits.THE_DOOR", Limit("x", 2, minute))
    for _ in range(3):
        look(site, got.number, got.code)
    look(site, got.number, WRONG_CODE)
    assert look(site, got.number, WRONG_CODE).status == 422, "right pairs do not count"
    unknown = "430503-20260303-9999"
    pairs = [(got.number, WRONG_CODE), (unknown, WRONG_CODE), (got.number, got.code)]
    assert {look(site, *pair).status for pair in pairs} == {429}
    site.later(minutes=1)
    assert look(site, got.number, got.code).offers("/track/add")


# Staying and leaving


def test_the_ticket_ends_after_half_an_hour_and_keeps_what_was_written(site: Site) -> None:
    got = reported(site)
    visit = site.nobody()
    page = letter(site, got, visit)
    site.later(minutes=29)
    page = page.send("/track/add", text="第一次")
    assert page.status == 200
    site.later(minutes=31)
    closed = page.send("/track/add", text="写了很久")
    assert closed.status == 403
    assert TEXT not in closed.text
    page = closed.send("/track", number=got.number, code=got.code)
    assert page.form("/track/add").fields["text"] == ["写了很久"]
    assert count(site, Report) == 2


def test_a_ticket_opens_nothing_in_another_browser(site: Site) -> None:
    got = reported(site)
    fields = letter(site, got).form("/track/add").fields
    assert site.nobody().sent("/track/add", {**fields, "text": "x"}).status == 403


@pytest.mark.parametrize("ticket", ["", "x", "AAAA", "中文"])
def test_a_false_ticket_opens_nothing(site: Site, ticket: str) -> None:
    got = reported(site)
    visit = site.nobody()
    fields = letter(site, got, visit).form("/track/add").fields
    page = visit.sent("/track/add", {**fields, "ticket": ticket, "text": "x"})
    assert page.status == 403
    assert count(site, Report) == 1


def test_after_leaving_nobody_can_go_back(site: Site) -> None:
    got = reported(site)
    visit = site.nobody()
    asked = visit.get("/track").form("/track").fields
    lookup = {**asked, "number": got.number, "code": got.code}
    page = visit.sent("/track", lookup)
    addition = {**page.form("/track/add").fields, "text": "x"}
    assert page.send("/track/leave").path == "/"
    assert not visit.sent("/track", lookup).offers("/track/add")
    assert visit.sent("/track/add", addition).status == 403


def test_two_fields_that_were_sent_cannot_be_sent_again_an_hour_later(site: Site) -> None:
    got = reported(site)
    visit = site.nobody()
    asked = visit.get("/track").form("/track").fields
    lookup = {**asked, "number": got.number, "code": got.code}
    assert visit.sent("/track", lookup).offers("/track/add")
    site.later(minutes=31)
    assert visit.sent("/track", lookup).status == 400


def test_without_cookies_the_second_try_opens_it(site: Site) -> None:
    got = reported(site)
    visit = site.nobody()
    visit.client = site.app.test_client(use_cookies=False)
    page = visit.sent("/track", {"number": got.number, "code": got.code})
    assert page.status == 400
    page = page.send("/track", code=got.code)
    assert page.send("/track/add", text="补充").status == 200
    assert count(site, Report) == 2


# What one does from the letter


def test_an_addition_joins_the_case_with_its_files(site: Site) -> None:
    got = reported(site)
    page = letter(site, got).send("/track/add", text="还有一件", files=a_file("照片.png"))
    assert "已收到您的补充" in page.text
    assert "还有一件 附 1 个文件" in page.text
    case = the_case(site, got.number)
    more = site.ask(lambda s: s.scalars(select(Report).filter(Report.follows > 0)).one())
    assert (more.case_id, more.receipt_hash, more.text) == (case.id, None, "还有一件")
    assert count(site, Attachment) == 1


def test_an_addition_sent_twice_is_taken_once(site: Site) -> None:
    got = reported(site)
    visit = site.nobody()
    values = {**letter(site, got, visit).form("/track/add").fields, "text": "补充"}
    for _ in range(2):
        assert visit.sent("/track/add", values).status == 200
    assert count(site, Report) == 2


def test_an_empty_addition_is_told_and_files_are_kept(site: Site) -> None:
    got = reported(site)
    page = letter(site, got).send("/track/add", files=[a_file("空.png", b""), a_file("好.png")])
    assert page.status == 422
    assert "“空.png” 是空文件" in page.text
    page = page.send("/track/add")
    assert page.status == 200
    assert count(site, Attachment) == 1
    assert page.send("/track/add", text=" ").status == 422


def test_an_answer_joins_and_lets_the_case_go_on(site: Site) -> None:
    got = reported(site)
    ask(site, got)
    site.later(days=1)
    page = letter(site, got)
    assert "哪一天的事？" in page.text
    page = page.send("/track/answer", text="星期三")
    assert "已收到您的回答" in page.text
    assert not page.offers("/track/answer")
    assert page.text.count("收到您的回答") == 2, "thanked for, and one line of the story"
    assert "收到您的补充" not in page.text, "it is the answer"
    assert "星期三" in page.text
    site.later(minutes=1)
    assert "收到您的补充" in page.send("/track/add", text="还有星期四").text
    assert the_case(site, got.number).state == "accepted"
    question = site.ask(lambda s: s.scalars(select(Question)).one())
    assert question.ended_by == "answer"
    paused = site.ask(lambda s: s.scalars(select(Clock).filter_by(state="paused")).all())
    assert list(paused) == []
    assert site.ask(verify_chains).fits


def test_an_answer_that_comes_too_late_is_an_addition(site: Site) -> None:
    got = reported(site)
    ask(site, got)
    page = letter(site, got)
    move(site, got, asking.resume, "handler")
    page = page.send("/track/answer", text="星期三")
    assert "作为补充收下" in page.text
    assert count(site, Report) == 2


def test_an_answer_is_one_transaction(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    got = reported(site)
    ask(site, got)
    page = letter(site, got)

    def fail(*_: object) -> None:
        raise RuntimeError("the case cannot go on")

    with monkeypatch.context() as broken:
        broken.setattr("caseflow.intake.adding.asking.go_on", fail)
        assert page.send("/track/answer", text="星期三").status == 500
    assert (count(site, Report), the_case(site, got.number).state) == (1, "awaiting_reporter")
    assert page.send("/track/answer", text="星期三").status == 200


def test_nobody_answers_a_question_that_was_put_to_another(site: Site) -> None:
    mine, other = reported(site), reported(site)
    ask(site, other)
    question = site.ask(lambda s: s.scalars(select(Question)).one())
    visit = site.nobody()
    fields = letter(site, mine, visit).form("/track/add").fields
    visit.sent("/track/answer", {**fields, "question": str(question.id), "text": "x"})
    assert the_case(site, other.number).state == "awaiting_reporter"


@pytest.mark.parametrize("declined", [False, True])
def test_retaliation_is_urgent_whatever_the_state(site: Site, declined: bool) -> None:
    got = reported(site, kind="tip")
    if declined:
        move(site, got, triage.decline, "supervisor", "不属于教育事项")
    page = letter(site, got).send("/track/retaliation", text="班主任威胁我的孩子")
    assert "已报告负责人" in page.text
    case = the_case(site, got.number)
    query = select(Clock).where(
        Clock.case_id == case.id, Clock.name == "immediate", Clock.state == "running"
    )
    clock = site.ask(lambda s: s.scalars(query).one())
    events = site.ask(lambda s: s.scalars(select(Event).filter_by(name="retaliation")).all())
    assert case.urgent
    assert clock.due - site.now == timedelta(hours=1)
    assert [event.urgent for event in events] == [True]
    assert page.send("/track/retaliation", text="").status == 422
