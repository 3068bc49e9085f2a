"""The calendar over HTTP: a year at a glance, lines of a notice, preview, confirmation."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from caseflow.deadlines.tables import Clock, DayOverride, PublishedYear
from caseflow.escalation import sweep
from caseflow.escalation.tables import Order
from caseflow.ledger.history_tables import Entry
from caseflow.people.tables import Recusal, User
from tests import office as offices
from tests.web.site import Page, Site
from tests.web.walking import dispatched, item_of

PREVIEW, CONFIRM = "/console/calendar/preview", "/console/calendar"
LINES = "2026-03-09 休 停电\n2026-03-14 班"  # Monday, Saturday


def preview(site: Site, lines: str = LINES, year: int = 2026, **more: str) -> Page:
    page = site.as_("administrator").get(f"/console/calendar?year={year}")
    return page.send(PREVIEW, lines=lines, **more)


def overrides(site: Site) -> list[tuple[str, bool, str]]:
    query = select(DayOverride).order_by(DayOverride.day)
    rows = site.ask(lambda session: session.scalars(query).all())
    return [(row.day.isoformat(), row.working, row.note) for row in rows]


def test_a_year_says_in_words_which_days_are_off_and_which_weekends_work(site: Site) -> None:
    page = site.as_("handler").get("/console/calendar?year=2026")
    assert "2月16日(周一) 放假" in page.html
    assert "2月14日(周六) 上班" in page.html
    assert page.html.count('class="month"') == 12
    assert "暂定" not in page.text


def test_a_year_without_a_notice_is_marked_provisional(site: Site) -> None:
    page = site.as_("operator").get("/console/calendar?year=2027")
    assert "暂定" in page.text
    assert not page.offers(PREVIEW)


def test_a_promise_into_a_year_without_a_notice_is_marked_wherever_it_is_read(site: Site) -> None:
    site.now = datetime(2026, 12, 31, 2, tzinfo=UTC)
    number = dispatched(site, "school")
    later = "当年的放假通知尚未公布，公布后重新计算"
    for who, path in (("handler", "/console/"), ("handler", f"/console/cases/{number}")):
        assert "暂定" in site.as_(who).get(path).text
    item = item_of(site, number).id
    assert later in site.as_("school").get(f"/unit/items/{item}").text
    site.now = datetime(2026, 3, 3, 2, tzinfo=UTC)
    number = dispatched(site, "school")
    assert "暂定" not in site.as_("handler").get(f"/console/cases/{number}").text


@pytest.mark.parametrize("year", ["", "abc", "1999", "99999", "-5", "２０２６"])
def test_a_senseless_year_shows_one_that_makes_sense(site: Site, year: str) -> None:
    assert site.as_("auditor").get("/console/calendar", query_string={"year": year}).status == 200


def test_the_preview_names_case_clock_and_both_moments_and_changes_nothing(site: Site) -> None:
    number = dispatched(site, "school")
    page = preview(site)
    assert "1 个办件的" in page.text
    assert number in page.text
    # 10 working days after Tuesday 3 March: Tuesday 17; without Monday 9 and with Saturday 14
    # the same. The item is due two working days before.
    assert overrides(site) == []
    assert site.ask(lambda s: s.scalar(select(func.count()).where(Entry.verb == "recalendar"))) == 0


def test_the_preview_names_no_case_that_its_reader_keeps_away_from(site: Site) -> None:
    number = dispatched(site, "academy", unit=site.office.units["school"])
    away = Recusal(
        user_id=site.office["administrator"].person,
        unit_id=site.office.units["school"],
        reason="亲属",
        since=site.now,
    )
    site.do(lambda s: s.add(away))
    page = preview(site)
    assert "1 个办件的" in page.text
    assert "您须回避的办件" in page.text
    assert number not in page.html


def test_what_was_previewed_is_done_on_confirmation(site: Site) -> None:
    number = dispatched(site, "school")
    page = preview(site, "2026-03-09 休 停电")
    assert "3月17日(周二) 24:00" in page.text
    assert "3月18日(周三) 24:00" in page.text
    page = page.send(CONFIRM)
    assert "1 个办件的" in page.text
    assert "停电" in page.text
    assert overrides(site) == [("2026-03-09", False, "停电")]
    resolve = select(Clock.due).where(Clock.name == "resolve", Clock.state == "running")
    assert site.ask(lambda s: s.scalars(resolve).one()) == datetime(2026, 3, 18, 16, tzinfo=UTC)
    story = site.as_("handler").get(f"/console/cases/{number}").text
    assert "日历变动，时限重算" in story
    assert "办结期限：3月17日(周二) 24:00 → 3月18日(周三) 24:00" in story


def test_an_override_is_taken_back_from_its_row(site: Site) -> None:
    preview(site, "2026-03-09 休").send(CONFIRM)
    page = site.as_("administrator").get("/console/calendar?year=2026")
    [row] = [form for form in page.forms if form.fields.get("lines") == ["2026-03-09 reset"]]
    page = page.visit.sent(row.action, dict(row.fields)).send(CONFIRM)
    assert overrides(site) == []


def test_a_notice_is_entered_and_its_year_no_longer_provisional(site: Site) -> None:
    lines = "2027年2月5日 至 2027年2月12日 休 春节\n2027-02-20 班"
    page = preview(site, lines, 2027, published="1")
    assert "不再标为暂定" in page.text
    page = page.send(CONFIRM)
    assert len(overrides(site)) == 9
    assert site.ask(lambda s: s.scalars(select(PublishedYear.year)).all()) == [2027]
    assert "暂定" not in page.text


def test_each_line_that_cannot_be_taken_is_named_and_everything_typed_stays(site: Site) -> None:
    typed = "2027-02-05 休\n2027-02-30 班\n二月六日 休\n2027-02-07 玩\n2027-02-09 至 2027-02-08 休"
    page = preview(site, typed, 2027, published="1")
    assert page.status == 422
    for words in ("第 2 行", "没有这一天", "第 3 行", "第 4 行", "第 5 行", "早于"):
        assert words in page.text
    assert "第 1 行" not in page.text
    form = page.form(PREVIEW)
    assert form.fields["lines"] == [typed]
    assert form.fields["published"] == ["1"]
    assert overrides(site) == []


@pytest.mark.parametrize("lines", ["明天放假", "2026-13-01 休", ""])
def test_a_refusal_is_said_above_the_twelve_months_with_the_way_to_the_field(
    site: Site, lines: str
) -> None:
    page = preview(site, lines)
    said = page.html[page.html.index("data-error-summary") : page.html.index('class="month"')]
    assert "没有保存" in said
    assert 'href="#f-lines"' in said
    assert 'id="f-lines"' in page.html


@pytest.mark.parametrize("lines", ["", "  \n ", "2026-03-03 班\n2026-03-03 休"])
def test_nothing_or_a_contradiction_is_refused(site: Site, lines: str) -> None:
    assert preview(site, lines).status == 422


def test_an_outcome_that_was_not_shown_is_shown_first(site: Site) -> None:
    page = preview(site, "2026-03-09 休")
    number = dispatched(site, "school")
    again = page.send(CONFIRM)
    assert again.status == 409
    assert number in again.text
    assert overrides(site) == []
    again.send(CONFIRM)
    assert overrides(site) == [("2026-03-09", False, "")]


def test_past_the_page_nothing_is_changed(site: Site) -> None:
    values = {"year": "2026", "lines": "2026-03-09 休", "mark": "x"}
    assert site.as_("supervisor").post(CONFIRM, **values).status == 403
    assert site.as_("supervisor").post(PREVIEW, **values).status == 403
    assert site.as_("administrator").post(CONFIRM, **values).status == 409
    assert overrides(site) == []


def test_an_order_that_waits_for_an_answer_names_the_new_day(site: Site) -> None:
    dispatched(site, "school")
    site.later(days=8)
    sweep.run(site.database, site.now)  # Wednesday 11 March
    query = select(Order).where(Order.kind == "supervision_order").order_by(Order.id)
    order = site.ask(lambda session: session.scalars(query).first())
    assert order is not None
    path = f"/console/orders/{order.id}"
    page = site.as_("supervisor").get(path).send(f"{path}/issue")
    assert "3月18日(周三)" in page.text
    preview(site, "2026-03-12 休").send(CONFIRM)  # Thursday
    page = site.as_("supervisor").get(path)
    assert "3月19日(周四)" in page.text
    assert "3月18日(周三)" not in page.text


def test_only_who_answers_for_everybody_changes_the_calendar(site: Site) -> None:
    """One calendar binds every area of an installation, and its preview names their cases."""

    def elsewhere(session: Session) -> None:
        session.get_one(User, site.office["administrator"].person).area_code = offices.OTHER

    site.do(elsewhere)
    visit = site.as_("administrator")
    assert not visit.get("/console/calendar?year=2026").offers("/console/calendar/preview")
    for path in ("/console/calendar/preview", "/console/calendar"):
        page = visit.post(path, year="2026", lines="2026-03-05 休", mark="x")
        assert page.status == 403
