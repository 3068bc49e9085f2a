"""Passing a case on to another office (移送), as people press it, and what each of them reads."""

import re

from caseflow.ledger.moves import passing, triage
from tests.office import CITY, DISTRICT
from tests.web.public_door import Receipt, letter, reported, the_case
from tests.web.site import Page, Site
from tests.web.test_nav_counts import for_
from tests.web.walking import case_of, on_case, open_case, report_of, state

_DAY = re.compile(r"\d+月\d+日\(周.\) 24:00")
WHY = "该校由市里直接管理"


def passed_on(site: Site, **more: object) -> str:
    """Return the number of a case that waits for the city's signature."""
    number = open_case(site, **more)
    on_case(site, "supervisor", number, "pass_on", to=CITY, why="area", grounds=WHY)
    return number


def at(number: str, move: str = "") -> str:
    return f"/console/passages/{number}" + (f"/{move}" if move else "")


def from_the_city(site: Site) -> str:
    """Return the number of a case of the city's own that waits for the district's signature."""
    number = open_case(site, area=CITY)
    on_case(site, "city", number, "pass_on", to=DISTRICT, why="area", grounds="属区里管")
    return number


# Passing on


def test_the_form_says_where_to_what_follows_and_keeps_what_was_typed(site: Site) -> None:
    number = open_case(site)
    page = site.as_("supervisor").get(f"/console/cases/{number}")
    assert "对方须在 3月4日(周三) 24:00 前签收或退回；签收前仍由本办负责。" in page.text
    assert "要给同级的办，请先移送共同的上级" in page.text
    page = on_case(site, "supervisor", number, "pass_on", to=CITY, why="", grounds=WHY)
    assert page.status == 422
    assert "请选择移送的原因" in page.text
    assert WHY in page.html
    assert (
        not site.as_("handler")
        .get(f"/console/cases/{number}")
        .offers(f"/console/cases/{number}/pass_on")
    )


def test_it_waits_for_the_other_office_and_for_nobody_here(site: Site) -> None:
    number = open_case(site)
    assert (for_(site, "handler"), for_(site, "city")) == ({"": 1}, {"": 1})
    page = on_case(site, "supervisor", number, "pass_on", to=CITY, why="area", grounds=WHY)
    assert "已移送，对方会收到通知，签收前仍由本办负责。" in page.text
    assert "已移送邵阳市，等对方签收，期限：3月4日(周三) 24:00；签收前仍由本办负责。" in page.text
    assert "移送：邵阳市" in page.text
    assert f"属于该办的辖区 {WHY}" in page.text
    for who, count in (("handler", {}), ("operator", {}), ("supervisor", {}), ("city", {"": 1})):
        assert for_(site, who) == count, who
    path = f"/console/cases/{number}"
    page = site.as_("supervisor").get(path)
    assert [
        move
        for move in ("accept", "decline", "pass_on", "take_back", "note")
        if page.offers(f"{path}/{move}")
    ] == ["take_back", "note"]
    page = page.send(f"{path}/take_back", remark="再查一查")
    assert "已收回移送，对方会收到通知。" in page.text
    assert for_(site, "city") == {"": 1}  # in whose scope it lies, to be accepted
    assert for_(site, "handler") == {"": 1}


def test_the_office_above_finds_it_on_its_list_and_signs(site: Site) -> None:
    number = passed_on(site)
    site.later(minutes=30)
    page = site.as_("city").get("/console/")
    assert "待签收的移送" in page.text
    assert f'href="{at(number)}"' in page.html
    assert "移送签收期限" in page.text  # by when, though something else burns more
    page = site.as_("city").get(f"/console/cases/{number}")
    assert "移送你办：看来件和移送说明，签收或退回。" in page.text
    page = page.send(at(number, "receive"))
    assert "已签收，由您承办；移送的办会收到通知。" in page.text
    assert "签收移送：邵阳市" in page.text
    case = case_of(site, number)
    assert (case.area_code, case.handler_id) == (CITY, site.office["city"].person)
    assert "待签收的移送" not in site.as_("city").get("/console/").text


def test_the_office_below_reads_what_it_needs_to_know_before_it_signs(site: Site) -> None:
    number = from_the_city(site)
    assert site.as_("handler").get(f"/console/cases/{number}").status == 404
    assert for_(site, "handler") == {"": 1}
    page = site.as_("handler").get(at(number))
    for words in ("食堂周三的菜里有虫", "属区里管", "属于该办的辖区", "测试city 3月3日(周二)"):
        assert words in page.text
    assert "办理记录" not in page.text.replace(
        "签收后才能看到办理记录、附件，才能查看反映人身份。", ""
    )
    assert "reveal" not in page.html
    for who in ("operator", "leader"):
        assert not site.as_(who).get(at(number)).offers(at(number, "receive"))
    for who in ("stranger", "inspector", "school"):
        assert site.as_(who).get(at(number)).status in (403, 404)
        assert site.as_(who).post(at(number, "receive")).status in (403, 404)
    page = page.send(at(number, "receive"))
    assert "已签收，由您承办" in page.text
    assert state(site, number) == "received"
    page = site.as_("operator").get(at(number))  # the link in their mail still leads to it
    assert page.offers(f"/console/cases/{number}/note")


def test_sending_it_back_wants_a_reason_and_comes_in_time(site: Site) -> None:
    number = from_the_city(site)
    page = site.as_("supervisor").get(at(number)).send(at(number, "send_back"), reason=" ")
    assert page.status == 422
    assert "请填写这一项" in page.text
    page = site.as_("supervisor").get(at(number))
    site.later(hours=48)
    late = page.send(at(number, "send_back"), reason="不归我们")
    assert late.status == 409
    assert "退回期限已过，请签收" in late.text
    assert "不归我们" in late.text
    assert not site.as_("supervisor").get(at(number)).offers(at(number, "send_back"))


def test_what_was_sent_back_is_the_senders_and_says_why(site: Site) -> None:
    number = from_the_city(site)
    page = site.as_("handler").get(at(number)).send(at(number, "send_back"), reason="市直学校")
    assert "已退回，移送的办会收到通知。" in page.text
    assert site.as_("handler").get(at(number)).status == 404
    page = site.as_("city").get(f"/console/cases/{number}")
    assert "市直学校" in page.text
    assert for_(site, "city") == {"": 1}


# What is told


def test_the_old_office_can_say_where_it_went(site: Site) -> None:
    number = passed_on(site)
    report = report_of(site, number).number
    site.later(minutes=10)
    site.as_("city").get(at(number)).send(at(number, "receive"))
    for typed in (report, number):
        page = site.as_("operator").get(f"/console/?q={typed}")
        told = f"办件 {number} 已移送邵阳市，3月3日(周二) 10:20 签收，现在：待受理。"
        assert told in page.text
        assert "食堂" not in page.text
    assert site.as_("operator").get(f"/console/cases/{number}").status == 404
    assert "没有找到" in site.as_("stranger").get(f"/console/?q={report}").text


def test_the_reporter_reads_whose_it_is_and_that_the_day_stays(site: Site) -> None:
    receipt = reported(site)
    promised = set(_DAY.findall(letter(site, receipt).text))
    _by(site, receipt, passing.pass_on, "supervisor", CITY, "area", WHY)
    assert "邵阳市" not in letter(site, receipt).text
    _by(site, receipt, passing.receive, "city")
    page = letter(site, receipt)
    assert "这件事现在由邵阳市办理，答应您的期限不变。" in page.text
    assert "已转给负责这件事的机构办理" in page.text
    assert promised
    assert set(_DAY.findall(page.text)) == promised
    assert WHY not in page.text
    _by(site, receipt, triage.decline, "city", "不属于受理范围")
    assert "现在由邵阳市办理" not in letter(site, receipt).text


def _by(site: Site, receipt: Receipt, verb: object, who: str, *said: object) -> None:
    case = the_case(site, receipt.number)
    site.later(minutes=5)
    site.do(lambda session: verb(session, site.office[who], case.id, *said, site.now))  # type: ignore[operator]


def test_a_form_that_is_old_says_what_happened(site: Site) -> None:
    number = passed_on(site)
    page: Page = site.as_("city").get(at(number))
    on_case(site, "handler", number, "note", text="又打来电话")
    gone = page.send(at(number, "receive"))
    assert gone.status == 409
    assert "这个办件刚有新的办理记录" in gone.text
    assert case_of(site, number).bound_for == CITY
