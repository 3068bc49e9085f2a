"""The register of units over HTTP: entered, changed, closed, on the record, in one's own areas."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.people.office_tables import OfficeChange
from caseflow.people.tables import Unit, User
from tests import office as offices
from tests.web.site import Page, Site
from tests.web.walking import dispatched

NEW = {
    "name": "枫林小学",
    "kind": "school",
    "area": offices.DISTRICT,
    "phone": "0739-5550001",
    "email": "office@maple.example",
    "address": "枫林路 1 号",
}
REGISTER = "/console/units"


def admin(site: Site, path: str = REGISTER) -> Page:
    return site.as_("administrator").get(path)


def path_of(site: Site, name: str) -> str:
    return f"{REGISTER}/{site.office.units[name]}"


def unit(site: Site, name: str) -> Unit:
    return site.ask(lambda s: s.scalars(select(Unit).where(Unit.name == name)).one())


def changes(site: Site) -> list[str]:
    query = select(OfficeChange.what).order_by(OfficeChange.id)
    return list(site.ask(lambda session: session.scalars(query).all()))


def leave(site: Site, name: str) -> None:
    """Let everybody of a unit have left it."""

    def gone(session: Session) -> None:
        for user in session.scalars(select(User).where(User.unit_id == site.office.units[name])):
            user.active = False

    site.do(gone)


def test_a_new_unit_can_be_reported_at_once(site: Site) -> None:
    assert NEW["name"] not in site.nobody().get("/report").html
    page = admin(site, f"{REGISTER}/new").send(REGISTER, **NEW)
    assert "单位已登记" in page.text
    made = unit(site, "枫林小学")
    assert (made.kind, made.phone, made.active) == ("school", "0739-5550001", True)
    assert NEW["name"] in site.nobody().get("/report").html
    assert changes(site) == ["unit_created"]
    assert "登记单位" in admin(site, "/console/people/changes").text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "测试school"),
        ("name", "长" * 121),
        ("kind", "palace"),
        ("area", offices.OTHER),
        ("managed_by", "99999999"),
        ("phone", "1" * 61),
        ("email", "nobody"),
    ],
)
def test_what_cannot_be_taken_stays_typed(site: Site, field: str, value: str) -> None:
    typed = {**NEW, field: value}
    page = admin(site, f"{REGISTER}/new").send(REGISTER, **typed)
    assert page.status == 422
    assert page.form(REGISTER).fields["address"] == [NEW["address"]]
    assert changes(site) == []


def test_a_change_is_told_field_by_field(site: Site) -> None:
    path = path_of(site, "school")
    above = str(site.office.units["academy"])
    page = admin(site, path).send(f"{path}/change", phone="0739-5550002", managed_by=above)
    assert "0739-5550002" in page.text
    told = site.as_("auditor").get("/console/people/changes").text
    assert "电话：无 → 0739-5550002" in told
    assert "主管单位：无 → 测试academy" in told
    page.send(f"{path}/change")
    assert changes(site) == ["unit_changed"]  # what changes nothing leaves nothing


def test_no_unit_stands_above_itself(site: Site) -> None:
    """The branch is under the school already, so the school cannot be put under the branch."""
    path = path_of(site, "school")
    for name in ("school", "branch"):
        page = admin(site, path).send(f"{path}/change", managed_by=str(site.office.units[name]))
        assert page.status == 422
    assert unit(site, "测试school").managed_by is None


def test_a_unit_of_another_area_is_nobodys_here(site: Site) -> None:
    site.do(lambda s: s.add(Unit(area_code=offices.OTHER, name="邻区小学", kind="school")))
    there = unit(site, "邻区小学").id
    assert "邻区小学" not in admin(site).text
    assert admin(site, f"{REGISTER}/{there}").status == 404
    for what in ("change", "close", "reopen"):
        answer = site.as_("administrator").post(f"{REGISTER}/{there}/{what}", **NEW)
        assert answer.status == 404
    assert unit(site, "邻区小学").active


def test_only_an_administrator_changes_the_register(site: Site) -> None:
    page = site.as_("supervisor").get(path_of(site, "school"))
    assert not page.offers(f"{path_of(site, 'school')}/change")
    assert site.as_("supervisor").post(REGISTER, **NEW).status == 403


def test_a_closed_unit_is_offered_no_more_and_comes_back(site: Site) -> None:
    leave(site, "branch")
    path = path_of(site, "branch")
    page = admin(site, path).send(f"{path}/close")
    assert "已停用" in page.text
    assert "测试branch" not in site.nobody().get("/report").html
    assert "测试branch" in admin(site, f"{REGISTER}?state=closed").text
    page.send(f"{path}/reopen")
    assert "测试branch" in site.nobody().get("/report").html
    assert changes(site) == ["unit_closed", "unit_opened"]
    assert site.as_("administrator").post(f"{path}/reopen").status == 409


def test_a_unit_with_people_or_with_work_stays(site: Site) -> None:
    path = path_of(site, "school")
    assert "还有在用的账号" in admin(site, path).send(f"{path}/close").text
    dispatched(site, "school")
    leave(site, "school")
    page = admin(site, path)
    assert "1 个事项" in page.text
    page = page.send(f"{path}/close")
    assert page.status == 409
    assert "还有没办完的事项" in page.text
    assert unit(site, "测试school").active


def test_the_office_itself_is_changed_and_not_closed(site: Site) -> None:
    path = path_of(site, "section")
    page = admin(site, path).send(f"{path}/close")
    assert page.status == 409
    assert unit(site, "测试section").active


def test_the_register_is_searched_as_written(site: Site) -> None:
    assert "测试academy" in admin(site, f"{REGISTER}?q=academy").text
    assert "没有符合条件的单位" in admin(site, f"{REGISTER}?q=%25").text
    page = admin(site, f"{REGISTER}?kind=institution")
    assert "测试academy" in page.text
    assert "测试school" not in page.text
