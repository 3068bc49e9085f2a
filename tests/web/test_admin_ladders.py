"""With which of three ladders an office begins, and what events bring, over HTTP."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.deadlines.rules import rules_of
from caseflow.deadlines.tables import Clock, LadderRow
from tests.web.site import Page, Site
from tests.web.test_admin_policies import LADDER, LADDER_PREVIEW, confirm
from tests.web.walking import dispatched


def begun(site: Site, start: str) -> Page:
    """Send the form that begins anew with another ladder."""
    page = site.as_("administrator").get(LADDER)
    [form] = [one for one in page.forms if one.fields.get("begin") == ["1"]]
    chosen = {"start": [start]} if start else {"start": []}
    return page.visit.sent(form.action, {**form.fields, **chosen})


def labels(site: Site) -> list[str]:
    return site.ask(lambda s: [step.label for step in rules_of(s).newest("units").steps])


def test_one_of_three_ladders_is_taken_with_the_same_preview(site: Site) -> None:
    dispatched(site, "school")
    page = begun(site, "petition")
    for said in ("限期整改", "到期后 15 个工作日", "个办件的"):
        assert said in page.text
    assert "督办单" in labels(site)
    page = confirm(page, open="all")
    assert "督办阶梯已保存" in page.text
    assert labels(site)[2:6] == ["提醒约谈", "工作通报", "挂牌督办", "限期整改"]
    listed = site.as_("handler").get("/console/").text
    assert "提醒约谈以上" in listed, "the work list names its rungs after the ladder in force"
    assert "督办单以上" not in listed
    versions = select(Clock.ladder_version).where(Clock.ladder == "units", Clock.state == "running")
    assert set(site.ask(lambda s: s.scalars(versions).all())) == {2}
    page = confirm(begun(site, "bureau"))
    assert labels(site)[-1] == "提级督办单"
    assert "没有改动" in begun(site, "bureau").text
    confirm(begun(site, "mission"))
    assert "督办单" in labels(site)


def test_none_chosen_is_said_and_whoever_may_not_is_refused(site: Site) -> None:
    assert "请选择一套阶梯" in begun(site, "").text
    assert "请选择一套阶梯" in begun(site, "imaginary").text
    values = {"name": "units", "version": "1", "begin": "1", "start": "petition"}
    assert site.as_("supervisor").post(LADDER_PREVIEW, **values).status == 403


def test_what_an_event_brings_is_changed_beside_the_steps(site: Site) -> None:
    page = named(site, brings_sent_back="提醒约谈", times_sent_back="3")
    assert "同一事项第 2 次退回，升到督办单 → 同一事项第 3 次退回，升到提醒约谈" in page.text
    page = confirm(page)
    assert "按事件升级：多次退回" in page.text
    page = confirm(named(site, brings_many_reports=""))
    found = site.ask(lambda s: rules_of(s).newest("units").triggers)
    assert [(one.event, one.label, one.times) for one in found] == [("sent_back", "提醒约谈", 3)]
    assert "同一事项第 3 次退回 → 提醒约谈" in site.as_("handler").get(LADDER).text


def named(site: Site, **typed: str) -> Page:
    """Send the form with fields whose names hold both signs."""
    page = site.as_("administrator").get(LADDER)
    form = page.form(LADDER_PREVIEW)
    first = {name.replace("_", "-", 1): [value] for name, value in typed.items()}
    return page.visit.sent(form.action, {**form.fields, **first})


def test_what_makes_no_sense_of_an_event_is_said_beside_its_field(site: Site) -> None:
    page = named(
        site, times_many_reports="1", days_many_reports="x", brings_sent_back="启动问责建议"
    )
    assert page.status == 422
    for name in ("times-many_reports", "days-many_reports", "brings-sent_back"):
        assert f'id="f-{name}-error"' in page.html
    assert page.form(LADDER_PREVIEW).fields["times-many_reports"] == ["1"]


def test_the_offices_own_ladder_knows_no_events_and_no_other_beginning(site: Site) -> None:
    page = site.as_("administrator").get("/console/ladders?name=office")
    assert "按事件升级" not in page.text
    assert not [one for one in page.forms if "begin" in one.fields]


def test_an_office_that_was_there_before_them_takes_on_what_events_bring(site: Site) -> None:
    def before_them(session: Session) -> None:
        session.get_one(LadderRow, ("units", 1)).triggers = "[]"

    site.do(before_them)
    page = site.as_("administrator").get(LADDER)
    [form] = [one for one in page.forms if one.fields.get("begin") == ["events"]]
    for said in ("同一事项第 2 次退回 → 督办单", "30 天内有 3 人反映同一单位 → 督办单"):
        assert said in page.text
    page = page.visit.sent(form.action, form.fields)
    assert "同一事项第 2 次退回，升到督办单" in page.text
    assert not site.ask(lambda s: rules_of(s).newest("units").triggers)
    steps = labels(site)
    page = confirm(page)
    found = site.ask(lambda s: rules_of(s).newest("units").triggers)
    assert [(one.event, one.label, one.times) for one in found] == [
        ("sent_back", "督办单", 2),
        ("many_reports", "督办单", 3),
    ]
    assert labels(site) == steps
    assert "补上常用的事件规则" not in page.text
    page = page.visit.sent(form.action, {**form.fields, "version": ["2"]})
    assert "没有改动" in page.text
