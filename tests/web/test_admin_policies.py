"""Rules of time and ladders over HTTP: their pages, their change with a preview, who may."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from caseflow.deadlines.tables import Clock, LadderRow, PolicyRow
from caseflow.escalation import sweep
from caseflow.escalation.tables import Rung
from caseflow.ledger.history_tables import Entry
from caseflow.people.tables import Recusal, User
from tests import office as offices
from tests.web.site import Page, Site
from tests.web.walking import dispatched

LIST, PREVIEW, CONFIRM = "/console/policies", "/console/policies/preview", "/console/policies"
LADDER, LADDER_PREVIEW = "/console/ladders?name=units", "/console/ladders/preview"


def newest(site: Site, clock: str = "resolve", **about: object) -> PolicyRow:
    wanted = {"kind": "complaint" if clock in ("resolve", "reply") else None}
    wanted |= {"category": None, "urgent": None}
    query = select(PolicyRow).where(PolicyRow.clock == clock, PolicyRow.area_code.is_(None))
    for name, value in {**wanted, **about}.items():
        query = query.where(getattr(PolicyRow, name) == value)
    return site.ask(lambda s: s.scalars(query.order_by(PolicyRow.version.desc())).first())


def rule(site: Site, clock: str = "resolve", who: str = "administrator") -> Page:
    return site.as_(who).get(f"/console/policies/rule?id={newest(site, clock).id}")


def preview(site: Site, clock: str = "resolve", **typed: str) -> Page:
    return sent(rule(site, clock), "change", **typed)


def sent(page: Page, act: str, **typed: str) -> Page:
    """Send the form of a rule's page that does `act`."""
    [form] = [one for one in page.forms if one.fields.get("act") == [act]]
    values = {**form.fields, **{name: [value] for name, value in typed.items()}}
    return page.visit.sent(form.action, values)


def confirm(page: Page, **typed: str) -> Page:
    [form] = [one for one in page.forms if one.method == "post" and "mark" in one.fields]
    values = {**form.fields, **{name: [value] for name, value in typed.items()}}
    return page.visit.sent(form.action, values)


def due(site: Site, name: str) -> datetime:
    query = select(Clock.due).where(Clock.name == name, Clock.state == "running")
    return site.ask(lambda s: s.scalars(query).one())


def test_the_list_leads_to_each_rule_and_ladder(site: Site) -> None:
    page = site.as_("handler").get(LIST)
    assert f"/console/policies/rule?id={newest(site).id}" in page.links
    assert "/console/ladders?name=office" in page.links
    page = rule(site, who="auditor")
    for words in ("办结期限（投诉）", "10 个工作日", "最多 10 个工作日", "系统初始"):
        assert words in page.text
    assert not page.offers(PREVIEW)
    assert not site.as_("handler").get(LADDER).offers(LADDER_PREVIEW)


def test_the_preview_names_cases_with_both_moments_and_changes_nothing(site: Site) -> None:
    number = dispatched(site, "school")
    page = preview(site, amount="12")
    for words in ("10 个工作日 → 12 个工作日", number, "1 个办件的 3 个时限", "确认后立即生效"):
        assert words in page.text
    for words in ("3月17日(周二) 24:00", "3月19日(周四) 24:00"):
        assert words in page.text
    assert newest(site).version == 1
    assert site.ask(lambda s: s.scalar(select(func.count()).where(Entry.verb == "recompute"))) == 0


def test_by_default_a_new_version_is_for_new_promises(site: Site) -> None:
    number = dispatched(site, "school")
    page = confirm(preview(site, amount="12"))
    assert "规则已保存" in page.text
    assert "第 2 版" in page.text
    assert "期限：10 个工作日 → 12 个工作日" in page.text  # in its history
    assert "测试administrator" in page.text
    assert due(site, "resolve") == datetime(2026, 3, 17, 16, tzinfo=UTC)
    assert "规则变动" not in site.as_("handler").get(f"/console/cases/{number}").text
    assert newest(site).amount == 12


def test_on_request_the_open_ones_follow_with_an_entry_and_the_office_knows(site: Site) -> None:
    number = dispatched(site, "school")
    page = confirm(preview(site, amount="12"), open="all")
    assert "1 个办件的 3 个时限已改按新规则" in page.text
    assert due(site, "resolve") == datetime(2026, 3, 19, 16, tzinfo=UTC)
    story = site.as_("handler").get(f"/console/cases/{number}").text
    assert "规则变动，时限重算" in story
    assert "办结期限：3月17日(周二) 24:00 → 3月19日(周四) 24:00" in story
    told = site.as_("administrator").get("/console/people/changes").text
    for words in ("修改时限规则", "办结期限（投诉）", "10 个工作日 → 12 个工作日", "重算 1 个办件"):
        assert words in told


def test_the_preview_names_no_case_that_its_reader_keeps_away_from(site: Site) -> None:
    number = dispatched(site, "academy", unit=site.office.units["school"])
    me, school = site.office["administrator"].person, site.office.units["school"]
    away = Recusal(user_id=me, unit_id=school, reason="亲属", since=site.now)
    site.do(lambda s: s.add(away))
    page = preview(site, amount="12")
    assert "您须回避的办件" in page.text
    assert number not in page.html


@pytest.mark.parametrize(
    ("clock", "typed", "wrong"),
    [
        ("resolve", {"amount": "0"}, {"amount"}),
        ("resolve", {"amount": "99999"}, {"amount"}),
        ("resolve", {"amount": "十", "unit": "weeks"}, {"amount", "unit"}),
        (
            "resolve",
            {"pause_limit_days": "0", "extendable_times": "9"},
            {"pause_limit_days", "extendable_times"},
        ),
        ("resolve", {"extendable_times": "1", "extendable_amount": "0"}, {"extendable_amount"}),
        ("resolve", {"since": "明天"}, {"since"}),
        ("resolve", {"amount": "5", "since": "2026-03-02"}, {"since"}),
        (
            "verify",
            {"margin": "-1", "minimum_after_return": ""},
            {"margin", "minimum_after_return"},
        ),
        ("check", {"margin": "3"}, {"margin"}),
        ("call_back", {"attempt_days": "0"}, {"attempt_days"}),
        ("check", {"pausable": "1"}, {"pausable"}),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_field_and_all_that_was_typed_stays(
    site: Site, clock: str, typed: dict[str, str], wrong: set[str]
) -> None:
    page = preview(site, clock, **typed)
    assert page.status == 422
    [form] = [one for one in page.forms if one.fields.get("act") == ["change"]]
    for name, value in typed.items():
        if name in form.fields and name != "unit":
            assert form.fields[name] == [value]
    for name in wrong & set(form.fields):
        assert f'id="f-{name}-error"' in page.html
    summary = page.html.partition("data-error-summary")[2].partition("</div>")[0]
    for name in wrong:
        assert f'href="#f-{name}"' in summary
    assert newest(site, clock).version == 1


def test_nothing_changed_is_said_and_so_is_an_amount_that_never_counts(site: Site) -> None:
    assert "没有改动" in preview(site).text
    page = preview(site, "verify", amount="30")
    assert "比办结期限（10 个工作日）还长" in page.text
    assert page.status == 200


def test_a_rule_for_a_narrower_matter_and_its_end(site: Site) -> None:
    dispatched(site, "school")
    page = site.as_("administrator").get(f"/console/policies/narrower?id={newest(site).id}")
    refused = sent(page, "narrow", amount="5")
    assert refused.status == 422
    assert "更窄" in refused.text
    page = sent(page, "narrow", amount="5", urgent="no")
    assert "办结期限（投诉、不紧急）" in page.text
    page = confirm(page, open="all")
    assert due(site, "resolve") == datetime(2026, 3, 10, 16, tzinfo=UTC)
    assert "投诉、不紧急" in site.as_("handler").get(LIST).text
    page = confirm(sent(page, "end"), open="all")
    assert "规则已停用" in page.text
    assert due(site, "resolve") == datetime(2026, 3, 17, 16, tzinfo=UTC)
    assert "已停用的规则" in site.as_("handler").get(LIST).text
    page = rule(site)  # of which nothing is more general
    assert not [form for form in page.forms if form.fields.get("act") == ["end"]]
    refused = page.visit.post(PREVIEW, id=str(newest(site).id), act="end")
    assert "不能停用" in refused.text


def test_a_version_for_a_later_day_waits_and_can_be_replaced(site: Site) -> None:
    dispatched(site, "school")
    page = preview(site, amount="12", since="2026-04-01")
    assert "4月1日(周三) 0:00 起生效" in page.text
    assert "mark_open" not in page.html
    page = confirm(page)
    assert "第 2 版 4月1日(周三)起生效" in page.text
    assert "第 2 版 4月1日(周三)起生效" in site.as_("handler").get(LIST).text
    page = sent(page, "change", amount="8")
    assert "由这一版取代" in page.text
    assert "4月1日" not in confirm(page).text.partition("历次版本")[0]


def test_an_outcome_that_was_not_shown_is_shown_first(site: Site) -> None:
    page = preview(site, amount="12")
    number = dispatched(site, "school")
    values = {"open": "all", "mark_open": "x"}
    [form] = [one for one in page.forms if one.method == "post" and "mark" in one.fields]
    again = page.visit.sent(form.action, {**form.fields, **{k: [v] for k, v in values.items()}})
    assert again.status == 409
    assert number in again.text
    assert newest(site).version == 1
    confirm(again, open="all")
    assert newest(site).version == 2


def test_past_the_page_nothing_is_changed(site: Site) -> None:
    values = {"id": str(newest(site).id), "act": "change", "amount": "3", "unit": "hours"}
    for path in (PREVIEW, CONFIRM, LADDER_PREVIEW, "/console/ladders"):
        assert site.as_("supervisor").post(path, **values, name="units").status == 403
    full = {**values, "extendable_times": "0", "extendable_amount": "0", "mark": "x"}
    assert site.as_("administrator").post(CONFIRM, **full).status == 409
    assert newest(site).version == 1


def test_only_who_answers_for_everybody_changes_what_binds_everybody(site: Site) -> None:
    def elsewhere(session: Session) -> None:
        session.get_one(User, site.office["administrator"].person).area_code = offices.OTHER

    site.do(elsewhere)
    visit = site.as_("administrator")
    page = visit.get(f"/console/policies/rule?id={newest(site).id}")
    assert not [one for one in page.forms if one.fields.get("act")]
    values = {"id": str(newest(site).id), "act": "change", "amount": "3", "unit": "hours"}
    values |= {"extendable_times": "0", "extendable_amount": "0", "mark": "x"}
    assert visit.post(PREVIEW, **values).status == 403
    assert visit.post(CONFIRM, **values).status == 403
    assert visit.post(LADDER_PREVIEW, name="units").status == 403
    narrow = visit.get(f"/console/policies/narrower?id={newest(site).id}")
    page = sent(narrow, "narrow", amount="5", area=offices.OTHER)
    confirm(page)
    rows = select(func.count()).where(PolicyRow.area_code == offices.OTHER)
    assert site.ask(lambda s: s.scalar(rows)) == 1


# Ladders


def ladder_preview(site: Site, **typed: str) -> Page:
    page = site.as_("administrator").get(LADDER)
    form = page.form(LADDER_PREVIEW)
    named = {name.replace("_", "-"): [value] for name, value in typed.items()}
    return page.visit.sent(form.action, {**form.fields, **named})


def test_a_ladder_is_changed_and_its_history_says_what(site: Site) -> None:
    page = ladder_preview(site, amount_4="7")
    assert "到期后 5 个工作日，发给督办负责人、分管领导 → 到期后 7 个工作日" in page.text
    page = confirm(page)
    for words in ("督办阶梯已保存", "第 2 版", "测试administrator", "到期后 7 个工作日"):
        assert words in page.text
    told = site.as_("administrator").get("/console/people/changes").text
    assert "修改督办阶梯" in told
    assert "单位督办阶梯；工作通报：由“到期后 5 个工作日" in told
    rows = select(LadderRow.version).where(LadderRow.name == "units").order_by(LadderRow.version)
    assert site.ask(lambda s: s.scalars(rows).all()) == [1, 2]


def test_a_step_that_breaks_the_ladder_is_refused_beside_its_field(site: Site) -> None:
    page = ladder_preview(
        site,
        amount_4="30",
        amount_3="x",
        label_new_days="催办",
        side_new_days="after",
        amount_new_days="3",
    )
    assert page.status == 422
    for name in ("amount-3", "to-new-days"):
        assert f'id="f-{name}-error"' in page.html
    form = page.form(LADDER_PREVIEW)
    assert form.fields["amount-4"] == ["30"]
    assert form.fields["label-new-days"] == ["催办"]
    page = ladder_preview(site, amount_4="30")
    assert "先后次序不能改变" in page.text
    assert "到期时必须有一级督办" in ladder_preview(site, drop_2="1").text
    assert "没有改动" in ladder_preview(site).text


def test_open_promises_climb_the_new_ladder_and_repeat_nothing(site: Site) -> None:
    """A message is put in below what happened, and a document that happened comes later now."""
    number = dispatched(site, "school")
    site.later(days=9)
    sweep.run(site.database, site.now)  # Thursday 12 March: sign_for is five working days late
    signs = select(Rung.action).join(Clock, Clock.id == Rung.clock_id)
    signs = signs.where(Clock.name == "sign_for").order_by(Rung.id)
    before = site.ask(lambda s: s.scalars(signs).all())
    assert before == ["reminder", "urging", "supervision_order", "circular"][-len(before) :]
    shown = site.as_("handler").get(f"/console/cases/{number}").html
    assert rung_of(shown) == "工作通报（拟稿）"
    page = ladder_preview(
        site,
        amount_4="7",
        amount_5="12",
        label_new_days="再次催办",
        side_new_days="after",
        amount_new_days="3",
        to_new_days="unit_head",
    )
    assert number in page.text
    page = confirm(page, open="all")
    assert "个时限已改按新阶梯" in page.text
    story = site.as_("handler").get(f"/console/cases/{number}").html
    assert "督办阶梯变动" in story
    assert rung_of(story) == "工作通报（拟稿）", "its rung has another number now"
    site.later(days=4)  # Monday: seven working days and more
    sweep.run(site.database, site.now)
    assert site.ask(lambda s: s.scalars(signs).all()) == before


def rung_of(html: str) -> str:
    """Return the first rung that a clock of the page shows."""
    return html.partition('class="clock-rung">')[2].partition("<")[0]


def test_a_ladder_that_somebody_changed_meanwhile_is_shown_as_it_is_now(site: Site) -> None:
    first = ladder_preview(site, amount_4="7")
    confirm(ladder_preview(site, amount_4="6"))
    page = confirm(first)
    assert page.status == 422
    assert "刚有人改过" in page.text
    assert page.form(LADDER_PREVIEW).fields["amount-4"] == ["6"]


def test_hours_count_in_parts_of_the_limit(site: Site) -> None:
    page = site.as_("administrator").get("/console/ladders?name=office")
    form = page.form(LADDER_PREVIEW)
    assert form.fields["percent-1"] == ["50"]
    page = page.visit.sent(form.action, {**form.fields, "percent-1": ["75"]})
    assert "时限过半，发给承办人 → 时限的 75%，发给承办人" in page.text
    confirm(page)
    again = site.as_("administrator").get("/console/ladders?name=office").form(LADDER_PREVIEW)
    assert again.fields["percent-1"] == ["75"]


def test_no_version_that_there_was_never_changes(site: Site) -> None:
    """What a clock was started by stays readable: a new row each time."""
    rows = select(PolicyRow).where(PolicyRow.clock == "resolve").order_by(PolicyRow.id)
    values = [(r.id, r.amount, r.effective_from) for r in site.ask(lambda s: s.scalars(rows).all())]
    confirm(preview(site, amount="12"))
    after = [(r.id, r.amount, r.effective_from) for r in site.ask(lambda s: s.scalars(rows).all())]
    assert after[: len(values)] == values
    assert len(after) == len(values) + 1
