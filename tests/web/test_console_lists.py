"""The work list, the search, the check list: what is on them, in which order, at what cost."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from caseflow.ledger.moves import items, opening, triage
from caseflow.ledger.tables import Case
from caseflow.people.actor import REPORTER
from tests import office as offices
from tests.web.site import Site
from tests.web.walking import (
    case_of,
    dispatched,
    item_of,
    on_case,
    on_item,
    open_case,
    report_of,
    submitted,
)


def numbers(html: str) -> list[str]:
    """Return the case numbers of the rows, in order."""
    parts = html.split('class="line number">')[1:]
    return [part.partition("<")[0] for part in parts]


@contextmanager
def statements(site: Site) -> Iterator[list[str]]:
    """Collect the statements that the database is sent; what a connection last did is no matter."""
    sent: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith("PRAGMA query_only"):
            sent.append(statement)

    event.listen(site.database.engine, "before_cursor_execute", note)
    yield sent
    event.remove(site.database.engine, "before_cursor_execute", note)


def fill(site: Site, count: int) -> None:
    """Open cases, some with a unit, a handler and items."""
    handler, school = site.office["handler"], site.office.units["school"]

    def open_some(session: Session) -> None:
        for n in range(count):
            case, _ = offices.report(session, site.now, unit=school if n % 2 else None)
            if n % 3 == 0:
                triage.accept(session, handler, case.id, site.now)
                items.split(session, handler, case.id, ["一", "二"], site.now)

    site.do(open_some)


@pytest.mark.parametrize("path", ["/console/", "/console/?q=食堂", "/console/?kind=complaint"])
def test_a_list_of_25_costs_as_many_statements_as_one_of_3(site: Site, path: str) -> None:
    visit, costs = site.as_("supervisor"), []
    visit.get("/console/")  # what waits is counted once for both
    for rows in (3, 25):
        fill(site, rows - (costs[-1][0] if costs else 0))
        with statements(site) as sent:
            page = visit.get(path)
        assert len(numbers(page.html)) == rows
        costs.append((rows, len(sent)))
    assert costs[0][1] == costs[1][1]


def test_a_case_costs_as_many_statements_with_many_items_as_with_two(site: Site) -> None:
    few, many = dispatched(site), open_case(site)
    on_case(site, "handler", many, "accept")
    on_case(site, "handler", many, "split", matters="\n".join("一二三四五六七八"))
    on_item(site, "handler", many, "dispatch", unit="测试section", text="请核查")
    on_case(site, "handler", few, "split", matters="另一件")
    site.as_("handler").get("/console/")  # what waits is counted once for both
    costs = []
    for number in (few, many):
        with statements(site) as sent:
            site.as_("handler").get(f"/console/cases/{number}")
        costs.append(len(sent))
    assert costs[0] == costs[1] <= 20  # nothing is asked of what its history is silent about


def test_a_tip_of_which_another_unit_was_named_costs_no_more_with_many_drafts(site: Site) -> None:
    """Whose shield may be lifted is asked once a page, not once an item."""
    costs = []
    for drafts in (2, 8):
        number = open_case(site, kind="tip", unit=site.office.units["school"])
        on_case(site, "handler", number, "accept")
        on_case(site, "handler", number, "split", matters="\n".join("一二三四五六七八"[:drafts]))
        on_case(site, "handler", number, "name_unit", unit="测试academy", reason="来件写错")
        page = site.as_("supervisor").get(f"/console/cases/{number}")
        assert "slip" in page.form(f"/console/items/{item_of(site, number).id}/dispatch").names
        with statements(site) as sent:
            site.as_("supervisor").get(f"/console/cases/{number}")
        costs.append(len(sent))
    assert costs[0] == costs[1]


def test_what_waits_for_the_reader_is_one_press_away(site: Site) -> None:
    mine = open_case(site)
    on_case(site, "handler", mine, "accept")
    theirs = submitted(site)
    page = site.as_("handler").get("/console/")
    assert sorted(numbers(page.html)) == sorted([mine, theirs])
    link = (
        page.html.partition("等您办的 1 件。</a>")[0].rpartition('<a href="')[2].partition('"')[0]
    )
    assert numbers(site.as_("handler").get(link).html) == [mine]


def test_what_fell_due_a_moment_ago_is_not_late_by_nothing(site: Site) -> None:
    """Due on Friday at midnight; on Saturday no working day has gone by."""
    site.later(days=2)
    number = dispatched(site, "school")
    site.now = datetime(2026, 3, 6, 16, 0, 1, tzinfo=UTC)
    for path in ("/console/", f"/console/cases/{number}"):
        text = site.as_("handler").get(path).text
        assert "3月6日(周五) 24:00，超期不足 1 个工作日" in text
        assert "超期 0" not in text


def test_what_burns_comes_first_and_the_urgent_before_all(site: Site) -> None:
    first = open_case(site)
    site.later(days=1)
    second = open_case(site)
    urgent = open_case(site, urgent=True)
    assert numbers(site.as_("handler").get("/console/").html) == [urgent, first, second]


def test_pages_follow_one_another_without_gap_or_repetition(site: Site) -> None:
    fill(site, 28)
    visit, seen = site.as_("handler"), []
    page = visit.get("/console/")
    seen += numbers(page.html)
    assert len(seen) == 25
    assert "本页之后还有" in page.text, "said on paper, which has no next page"
    [following] = [link for link in page.links if "after=" in link]
    last = visit.get(following)
    seen += numbers(last.html)
    assert "本页之后还有" not in last.text
    assert len(set(seen)) == 28
    assert len(seen) == 28


def test_of_what_is_over_the_newest_come_first_page_by_page(site: Site) -> None:
    asked = [open_case(site, kind="question") for _ in range(27)]
    for number in reversed(asked):
        on_case(site, "operator", number, "answer", text="周五前报名")
    still_open = open_case(site)
    visit = site.as_("handler")
    for state, expected in (("answered", asked), ("closed", asked), ("all", [*asked, still_open])):
        page = visit.get(f"/console/?state={state}")
        [following] = [link for link in page.links if "after=" in link]
        later = visit.get(following)
        assert numbers(page.html) + numbers(later.html) == expected[::-1]
        assert "回到最新的" in later.text


@pytest.mark.parametrize("after", ["x", "1_2026_x", "2_2026-03-03_5", "__", "2_not-a-day_5"])
def test_a_place_that_makes_no_sense_is_the_first_page(site: Site, after: str) -> None:
    number = open_case(site)
    for path in ("/console/", "/console/check", "/console/orders"):
        assert site.as_("supervisor").get(path, query_string={"after": after}).status == 200
    assert numbers(site.as_("handler").get(f"/console/?after={after}").html) == [number]


def test_filters_narrow_and_count(site: Site) -> None:
    tip, complaint = open_case(site, kind="tip"), open_case(site)
    on_case(site, "handler", complaint, "accept")
    visit = site.as_("handler")
    assert numbers(visit.get("/console/?kind=tip").html) == [tip]
    assert numbers(visit.get("/console/?mine=1").html) == [complaint]
    assert numbers(visit.get("/console/?state=accepted").html) == [complaint]
    assert numbers(visit.get("/console/?state=received&kind=complaint").html) == []
    page = visit.get("/console/?kind=tip")
    assert "举报 1" in page.text
    assert "投诉 1" in page.text
    assert "未办结 1" in page.text  # beside the chosen kind
    assert visit.get("/console/?kind=nonsense&state=nonsense&rung=99").status == 200


@pytest.mark.parametrize(
    ("asked", "title", "told"),
    [
        ("", "待办", "等您办的 1 件。未办结 1 件，批示和紧急的在前，其余按期限先后"),
        ("?state=accepted", "待办", "等您办的 1 件。未办结 1 件，批示和紧急的在前，其余按期限先后"),
        ("?state=closed", "已结束的办件", "最新的在前"),
        ("?state=answered", "已结束的办件", "已当场答复，最新的在前"),
        ("?state=all", "全部办件", "不论状态，最新的在前"),
    ],
)
def test_the_heading_says_what_stands_under_it(
    site: Site, asked: str, title: str, told: str
) -> None:
    over = open_case(site, kind="question")
    on_case(site, "operator", over, "answer", text="周五前报名")
    on_case(site, "handler", open_case(site), "accept")
    html = site.as_("handler").get(f"/console/{asked}").html
    head = html.partition('class="page-head"')[2].partition('class="filters"')[0]
    assert f"<h1>{title}</h1>" in head
    beside = head.partition('class="page-sub">')[2].partition("</span>")[0]
    assert re.sub("<.*?>", "", beside) == told
    caption = html.partition('<caption class="visually-hidden">')[2].partition("<")[0]
    assert caption == f"{title} · {told}"


def test_what_nobody_handles_and_what_waits_for_oneself_are_filters(site: Site) -> None:
    fresh, own = open_case(site), open_case(site)
    elsewhere = dispatched(site)
    on_case(site, "handler", own, "accept")
    visit = site.as_("handler")
    page = visit.get("/console/?mine=none")
    assert numbers(page.html) == [fresh]
    assert "未分派 1" in page.text
    page = visit.get("/console/?mine=turn")
    assert set(numbers(page.html)) == {fresh, own}
    assert "等我办的 2" in page.text
    assert elsewhere in numbers(visit.get("/console/?mine=1").html)
    assert numbers(visit.get("/console/?mine=none&kind=tip").html) == []


def test_overdue_is_a_filter(site: Site) -> None:
    late = open_case(site)
    site.later(days=20)
    fresh = open_case(site)
    page = site.as_("handler").get("/console/?overdue=1")
    assert numbers(page.html) == [late]
    assert "已超期 1" in page.text
    assert numbers(site.as_("handler").get("/console/").html) == [late, fresh]


def test_a_row_tells_its_story(site: Site) -> None:
    number = submitted(site, unit=site.office.units["school"])
    on_item(site, "reviewer", number, "strike_off")
    page = site.as_("handler").get("/console/")
    for words in ("销号 1/1", "测试school", "测试handler", "大祥区", "待答复", "转入答复"):
        assert words in page.text


def test_an_empty_list_says_why_and_what_next(site: Site) -> None:
    visit = site.as_("handler")
    assert "新的来件会自动出现在这里" in visit.get("/console/").text
    open_case(site)
    page = visit.get("/console/?kind=tip")
    assert "没有符合筛选条件的办件" in page.text
    assert "/console/" in page.links


def test_a_report_is_found_by_its_numbers_and_its_words(site: Site) -> None:
    number = open_case(site)
    visit, report = site.as_("handler"), report_of(site, number).number
    for asked in (number, report, "菜里有虫", "虫"):
        page = visit.get("/console/").send("/console/", q=asked)
        assert numbers(page.html) == [number]
    page = visit.get("/console/?q=没有这样的话")
    assert "没有找到" in page.text


def test_the_check_list_says_who_may(site: Site) -> None:
    number = submitted(site)
    dispatched(site)
    mine = site.as_("reviewer").get("/console/check")
    assert mine.text.count("去验收") == 1
    assert "材料 1 份" in mine.text
    assert f"/console/cases/{number}#item-1-strike_off" in mine.links
    page = site.as_("handler").get("/console/check")
    assert "您参与过这一项（承办办件、参与核查、认定结论、提请验收），不能销号" in page.text
    assert "测试reviewer" in page.text


def test_the_check_list_costs_the_same_for_one_and_for_many(site: Site) -> None:
    visit, costs = site.as_("reviewer"), []
    for count in (1, 2):
        for _ in range(count):
            submitted(site)
        with statements(site) as sent:
            visit.get("/console/check")
        costs.append(len(sent))
    assert costs[0] == costs[1]


def test_an_empty_check_list_says_what_will_appear(site: Site) -> None:
    assert "没有等待验收的问题项" in site.as_("reviewer").get("/console/check").text


def test_another_district_sees_nothing_of_it_and_the_city_does(site: Site) -> None:
    number = open_case(site)
    assert numbers(site.as_("stranger").get("/console/").html) == []
    assert numbers(site.as_("city").get("/console/").html) == [number]
    assert case_of(site, number).handler_id is None


def test_a_case_that_is_over_and_cries_again_stands_above_the_list(site: Site) -> None:
    """Retaliation after the end is nobody's open case, and must not be nobody's."""
    over, open_one = open_case(site, kind="question", reach="phone"), open_case(site)
    on_case(site, "operator", over, "answer", text="九月一日")
    page = site.as_("leader").get("/console/")
    assert numbers(page.html) == [open_one]

    def cry(session: Session) -> None:
        case = session.get_one(Case, case_of(site, over).id)
        first = offices.first_report(session, case)
        new = offices.new_report(session, site.now, urgent=True, kind="question")
        opening.join(session, REPORTER, case, first, new, site.now)

    site.do(cry)
    for who in ("leader", "operator", "supervisor"):
        page = site.as_(who).get("/console/")
        assert numbers(page.html) == [over, open_one]
        assert "已经结束，又告急" in page.text
    assert numbers(site.as_("stranger").get("/console/").html) == []
    card = {"police_called": "yes", "police_who": "李", "police_at": "10:05"}
    on_case(site, "leader", over, "acknowledge", **card)
    assert numbers(site.as_("leader").get("/console/").html) == [open_one]
