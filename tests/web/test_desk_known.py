"""What the desk shows beside the sheet while somebody speaks: earlier cases, and units by name."""

from sqlalchemy import select

from caseflow.ledger.tables import Case
from caseflow.people.tables import Unit
from tests import office as offices
from tests.web.site import Page, Site
from tests.web.test_desk import CALL, DESK, desk, log, newest


def known(page: Page, **typed: str) -> str:
    answer = page.visit.client.post(f"{DESK}/known", data=typed, headers={"X-CSRFToken": page.csrf})
    return answer.get_data(as_text=True)


def test_earlier_cases_of_the_number_stand_beside_the_sheet(site: Site) -> None:
    log(site)
    number = newest(site).number
    page = desk(site)
    assert number in known(page, phone="+86 138 1234 5678")
    assert number not in known(page, phone="13812345679")


def test_earlier_cases_of_the_address_stand_beside_the_sheet(site: Site) -> None:
    log(site, "window", phone="", email="Wang@mail.example")
    number = newest(site).number
    page = desk(site, channel="window")
    assert number in known(page, email="wang@mail.example")
    assert number not in known(page, email="other@mail.example")


def test_a_number_is_not_found_outside_the_scope(site: Site) -> None:
    log(site)
    number = newest(site).number
    stranger = site.as_("stranger").get(DESK)
    assert number not in known(stranger, phone="13812345678")
    assert number in known(site.as_("city").get(DESK), phone="13812345678")


def test_cases_of_the_unit_are_shown_for_ninety_days_the_same_category_first(site: Site) -> None:
    log(site, unit="测试school", category="food")
    food = newest(site).number
    log(site, unit="测试school", category="fees", phone="")
    fees = newest(site).number
    page = desk(site)
    shown = known(page, unit="测试school", category="food")
    assert shown.index(food) < shown.index(fees)
    site.later(days=91)
    assert food not in known(desk(site), unit="测试school")


def test_an_unknown_unit_is_told_while_typing(site: Site) -> None:
    assert "名单里没有这个单位" in known(desk(site), unit="没有的学校")


def test_no_address_of_the_desk_holds_a_number(site: Site) -> None:
    page = desk(site)
    answer = page.visit.client.get(f"{DESK}/known?phone=13812345678")
    assert answer.status_code == 405


# Units


def test_a_name_that_several_units_have_in_part_lists_them(site: Site) -> None:
    shown = known(desk(site), unit="测试")
    assert "名单里没有" not in shown
    assert "请接着写或从列表中选" in shown
    assert 'data-put="f-unit" value="测试school"' in shown
    page = log(site, unit="测试")
    assert page.status == 422
    assert "没有叫这个名称的单位，请从列表中选择" in page.text
    assert "不止一个单位" not in page.text


def test_namesakes_are_told_apart_by_their_area(site: Site) -> None:
    for area in (offices.DISTRICT, offices.CITY):
        site.do(lambda s, area=area: s.add(Unit(area_code=area, name="红星小学", kind="school")))
    both = [f"红星小学 ({area})" for area in (offices.DISTRICT, offices.CITY)]
    page = site.as_("city").get(DESK)
    shown = known(page, unit="红星 小学")
    assert "这些单位都叫这个名称" in shown
    assert all(f'value="{one}"' in shown for one in both)
    page = page.send(DESK, **CALL, unit="红星小学")
    assert "不止一个单位是这个名称，请从列表中选择" in page.text
    assert page.send(DESK, unit=both[0]).status == 200
    named = select(Unit.area_code).join(Case, Case.unit_id == Unit.id)
    assert site.ask(lambda s: s.scalars(named).all()) == [offices.DISTRICT]
