"""Accounts and posts over HTTP: made, changed, closed, on the record, never one's own."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.ledger.tables import Case
from caseflow.people import accounts, divisions
from caseflow.people.office_tables import OfficeChange
from caseflow.people.posts import holder
from caseflow.people.tables import Post, Recusal, Unit, User
from tests import office as offices
from tests.ledger.test_absences import colleague, send_away
from tests.web.site import Page, Site
from tests.web.walking import dispatched

NEW = {
    "username": "new.handler",
    "name": "新来的",
    "role": "handler",
    "area": offices.DISTRICT,
    "email": "new@office.example",
}


def admin(site: Site, path: str) -> Page:
    return site.as_("administrator").get(path)


def path_of(site: Site, name: str) -> str:
    return f"/console/people/{site.office[name].person}"


def user(site: Site, name: str) -> User:
    return site.ask(lambda s: s.scalars(select(User).where(User.username == name)).one())


def changes(site: Site) -> list[str]:
    query = select(OfficeChange.what).order_by(OfficeChange.id)
    return list(site.ask(lambda session: session.scalars(query).all()))


def told_password(page: Page) -> str:
    [password] = re.findall(r'id="new-password">([^<]+)<', page.html)
    return str(password)


def test_the_list_holds_ones_own_areas_only(site: Site) -> None:
    page = admin(site, "/console/people")
    assert "测试handler" in page.text
    assert "测试city" not in page.text
    assert "测试stranger" not in page.text
    assert admin(site, path_of(site, "stranger")).status == 404


def test_the_list_is_narrowed(site: Site) -> None:
    page = admin(site, "/console/people?role=reviewer")
    assert "测试reviewer" in page.text
    assert "测试handler" not in page.text
    assert "测试school" in admin(site, "/console/people?q=school").text
    assert "没有符合条件的账号" in admin(site, "/console/people?q=%25").text


def test_a_new_account_signs_in_with_the_password_shown_once(site: Site) -> None:
    page = admin(site, "/console/people/new").send("/console/people", **NEW)
    password = told_password(page)
    made = user(site, "new.handler")
    assert accounts.check_password(made.password_hash, password)
    assert password not in admin(site, f"/console/people/{made.id}").html
    visit = site.nobody()
    page = visit.get("/login").send("/login", username="new.handler", password=password)
    assert page.path == "/account"
    chosen = "一句只有我知道的话在这里"
    home = page.send("/account", present=password, chosen=chosen, again=chosen)
    assert home.path == "/console/"
    assert changes(site) == ["account_created", "password_changed"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "Ha"),
        ("username", "handler"),
        ("name", ""),
        ("role", "king"),
        ("role", "unit"),
        ("area", offices.OTHER),
        ("email", "nobody"),
    ],
)
def test_what_cannot_be_taken_stays_typed(site: Site, field: str, value: str) -> None:
    page = admin(site, "/console/people/new").send("/console/people", **{**NEW, field: value})
    assert page.status == 422
    form = page.form("/console/people")
    assert form.fields["username"] == [{**NEW, field: value}["username"]]
    assert form.fields["email"] == [{**NEW, field: value}["email"]]
    assert changes(site) == []


def test_a_person_of_a_unit_belongs_to_a_unit_of_the_area(site: Site) -> None:
    unit = str(site.office.units["academy"])
    typed = {**NEW, "username": "clerk", "role": "unit", "unit": unit}
    admin(site, "/console/people/new").send("/console/people", **typed)
    assert user(site, "clerk").unit_id == site.office.units["academy"]


def test_another_role_ends_the_sessions_and_is_on_the_record(site: Site) -> None:
    path = path_of(site, "reviewer")
    assert site.as_("reviewer").get("/console/check").status == 200
    page = admin(site, path).send(f"{path}/change", role="auditor")
    assert user(site, "reviewer").role == "auditor"
    assert site.as_("reviewer").get("/console/check").path == "/login"
    assert "验收人 → 审计员" in page.text
    assert "验收人 → 审计员" in site.as_("auditor").get("/console/people/changes").text


def test_cases_that_the_reader_may_not_see_are_counted_and_not_named(site: Site) -> None:
    """A number that answers 404 elsewhere would tell which unit it is about."""
    school = site.office.units["school"]
    number = dispatched(site, "academy", unit=school)
    person = site.office["supervisor"].person
    site.do(lambda s: s.add(Recusal(user_id=person, unit_id=school, reason="亲属", since=site.now)))
    page = site.as_("supervisor").get(path_of(site, "handler"))
    assert "名下在办 1 件" in page.text
    assert number not in page.html


def test_open_cases_are_named_before_somebody_leaves(site: Site) -> None:
    number = dispatched(site, "school")
    path = path_of(site, "handler")
    page = admin(site, path)
    assert number in page.text
    assert "名下在办 1 件" in page.text
    another = dispatched(site, "school")  # while the page was open
    page = page.send(f"{path}/close")
    assert page.status == 422
    assert another in page.text
    assert user(site, "handler").active
    page = page.send(f"{path}/close")
    assert page.status == 422
    assert user(site, "handler").active
    page = page.send(f"{path}/close", leave="1")
    assert not user(site, "handler").active
    query = select(Case.handler_id).where(Case.number.in_((number, another)))
    owners = site.ask(lambda s: s.scalars(query).all())
    assert owners == [site.office["supervisor"].person] * 2
    assert site.as_("handler").get("/console/").path == "/login"


def test_a_closed_account_is_opened_again(site: Site) -> None:
    path = path_of(site, "reviewer")
    page = admin(site, path).send(f"{path}/close")
    assert "已停用" in page.text
    page.send(f"{path}/reopen")
    assert user(site, "reviewer").active
    assert changes(site) == ["account_closed", "account_opened"]
    assert site.as_("administrator").post(f"{path}/reopen").status == 409


def test_a_new_password_ends_the_old_one_and_a_lock(site: Site) -> None:
    path = path_of(site, "leader")

    def lock(session: Session) -> None:
        found = session.get_one(User, site.office["leader"].person)
        for _ in range(accounts.MAX_FAILED):
            accounts.failed(found, site.now)

    site.do(lock)
    assert "暂时锁定" in admin(site, path).text
    password = told_password(admin(site, path).send(f"{path}/password"))
    assert accounts.check_password(user(site, "leader").password_hash, password)
    assert user(site, "leader").locked_until is None
    assert password not in str(site.ask(lambda s: s.scalars(select(OfficeChange.facts)).all()))


def test_a_lock_is_lifted(site: Site) -> None:
    path = path_of(site, "leader")
    site.do(
        lambda s: setattr(
            s.get_one(User, site.office["leader"].person), "locked_until", site.now.replace(day=9)
        )
    )
    admin(site, path).send(f"{path}/unlock")
    assert user(site, "leader").locked_until is None


@pytest.mark.parametrize("what", ["change", "close", "reopen", "password", "unlock"])
def test_nobody_changes_their_own_account(site: Site, what: str) -> None:
    path = path_of(site, "administrator")
    page = admin(site, path)
    assert "由另一位管理员修改" in page.text
    assert not page.offers(f"{path}/{what}")
    values = {"in_hand": "0", "name": "x", "role": "supervisor", "area": offices.DISTRICT}
    assert site.as_("administrator").post(f"{path}/{what}", **values).status == 403
    mine = user(site, "administrator")
    assert (mine.role, mine.active, mine.session_epoch) == ("administrator", True, 0)


@pytest.mark.parametrize("name", ["supervisor", "leader", "auditor"])
def test_who_reads_people_changes_none(site: Site, name: str) -> None:
    page = site.as_(name).get(path_of(site, "handler"))
    assert page.status == 200
    forms = [form.action for form in page.forms if "/people/" in form.action]
    assert forms == ([f"{path_of(site, 'handler')}/away"] if name == "supervisor" else [])
    assert site.as_(name).post(f"{path_of(site, 'handler')}/close", in_hand="0").status == 403


# Posts


def post_row(page: Page, place: str, duty: str) -> str:
    [row] = [
        row
        for row in re.findall(r"<tr.*?</tr>", page.html, re.DOTALL)
        if f">{place}</td>" in row and f">{duty}<" in row
    ]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row))


@pytest.mark.parametrize(
    ("key", "known"),
    [
        ("unit_handler-{area}-{unit}", ("unit", "{unit}")),
        ("office_handler-{area}-0", ("handler", "")),
        ("leader-{area}-0", ("leader", "")),
    ],
)
def test_an_account_for_a_post_begins_with_what_the_post_knows(
    site: Site, key: str, known: tuple[str, str]
) -> None:
    here = {"area": offices.DISTRICT, "unit": str(site.office.units["school"])}
    page = admin(site, f"/console/posts/{key.format(**here)}")
    [link] = [one for one in page.links if one.startswith("/console/people/new")]
    form = admin(site, link).form("/console/people")
    got = [form.fields[name] for name in ("role", "unit", "area")]
    assert got == [[known[0]], [known[1].format(**here)], [offices.DISTRICT]]


def test_a_unit_leads_to_an_account_of_its_own_and_no_strange_post_does(site: Site) -> None:
    unit = site.office.units["academy"]
    page = admin(site, f"/console/units/{unit}")
    [link] = [one for one in page.links if one.startswith("/console/people/new")]
    page = admin(site, link).send("/console/people", username="xin", name="辛老师")
    assert user(site, "xin").unit_id == unit
    assert admin(site, "/console/people/new?post=leader-430502-0").status == 404


def test_the_register_of_units_is_named_in_the_navigation(site: Site) -> None:
    assert "人员与单位" in admin(site, "/console/people").text


def test_a_vacant_post_says_who_gets_its_messages(site: Site) -> None:
    site.do(lambda s: s.execute(Post.__table__.delete().where(Post.duty == "unit_handler")))
    page = admin(site, "/console/posts")
    assert "空缺 消息转给 测试academy" in post_row(page, "测试academy", "单位经办人")
    site.do(lambda s: s.execute(Post.__table__.delete().where(Post.duty == "unit_head")))
    page = admin(site, "/console/posts?vacant=1")
    unit = site.office.units["academy"]
    for duty, word in (("unit_handler", "单位经办人"), ("unit_head", "单位负责人")):
        [instead] = site.ask(
            lambda s, duty=duty: holder(s, duty, offices.DISTRICT, unit, now=site.now)
        )
        assert f"消息转给 {instead.name}" in post_row(page, "测试academy", word)
    assert "测试leader" not in page.text


def test_a_post_is_given_with_a_deputy_who_serves_when_the_holder_leaves(site: Site) -> None:
    path = f"/console/posts/leader-{offices.DISTRICT}-0"
    supervisor, leader = (str(site.office[name].person) for name in ("supervisor", "leader"))
    page = admin(site, path).send(path, user=leader, deputy=supervisor)
    assert "岗位已调整" in page.text
    closing = path_of(site, "leader")
    admin(site, closing).send(f"{closing}/close")
    [acting] = site.ask(lambda s: holder(s, "leader", offices.DISTRICT, now=site.now))
    assert acting.name == "测试supervisor"
    row = post_row(admin(site, "/console/posts"), "大祥区", "分管领导")
    assert "由 测试supervisor 代理" in row
    assert "测试leader（已停用）" in row
    assert changes(site) == ["post_assigned", "account_closed"]


def test_a_post_whose_holder_went_over_to_a_school_is_shown_as_vacant(site: Site) -> None:
    def go_over(session: Session) -> None:
        leader = session.get_one(User, site.office["leader"].person)
        leader.role, leader.unit_id = "unit", site.office.units["school"]

    site.do(go_over)
    [instead] = site.ask(lambda s: holder(s, "leader", offices.DISTRICT, now=site.now))
    row = post_row(admin(site, "/console/posts"), "大祥区", "分管领导")
    assert f"空缺 消息转给 {instead.name}" in row


@pytest.mark.parametrize(
    ("who", "deputy"),
    [("leader", "leader"), ("", "leader"), ("school", ""), ("stranger", "")],
)
def test_a_senseless_assignment_is_refused(site: Site, who: str, deputy: str) -> None:
    path = f"/console/posts/leader-{offices.DISTRICT}-0"
    ids = {"": "", **{name: str(actor.id) for name, actor in site.office.actors.items()}}
    page = site.as_("administrator").post(path, user=ids[who], deputy=ids[deputy])
    assert page.status == 422
    assert changes(site) == []


@pytest.mark.parametrize(
    "key", ["leader-430502-0", "king-430503-0", "leader", "unit_head-430503-0"]
)
def test_there_is_no_post_outside_the_areas_or_the_words(site: Site, key: str) -> None:
    assert admin(site, f"/console/posts/{key}").status == 404
    assert site.as_("administrator").post(f"/console/posts/{key}").status == 404


def test_a_units_post_is_its_own_in_whatever_area_its_row_stands(site: Site) -> None:
    def into_a_district(session: Session) -> str:
        district = divisions.add_district(session, offices.DISTRICT, 1, "第一责任区")
        session.get_one(Unit, site.office.units["academy"]).area_code = district.code
        return district.code

    code = site.do(into_a_district)
    page = admin(site, "/console/posts")
    assert "测试academy" in post_row(page, "测试academy", "单位负责人").split("单位负责人")[1]
    path = f"/console/posts/unit_head-{code}-{site.office.units['academy']}"
    page = admin(site, path_of(site, "academy"))
    assert path in page.links
    admin(site, path).send(path, user="")
    assert "空缺" in post_row(admin(site, "/console/posts"), "测试academy", "单位负责人")
    path = path_of(site, "academy")
    assert "账号已修改" in admin(site, path).send(f"{path}/change", name="新名字").text


HUGE = "99999999999999999999"


@pytest.mark.parametrize(
    "path",
    [
        "/console/people?q=a%00b&role=%00&state=%00",
        f"/console/people?after={HUGE}_{HUGE}",
        f"/console/people/{HUGE}",
        f"/console/posts?after={'9' * 5000}",
        f"/console/posts/unit_head-430503-{HUGE}",
        "/console/posts/leader-4305%00-0",
        f"/console/outbox?after={HUGE}",
        f"/console/outbox/messages/{HUGE}",
        "/console/calendar?year=²⁰²⁶",
    ],
)
def test_a_strange_address_is_no_error_of_ours(site: Site, path: str) -> None:
    assert site.as_("administrator").client.get(path).status_code in (200, 404)


@pytest.mark.parametrize("value", ["a\0b", HUGE, "9" * 5000, "-1"])
def test_a_strange_field_is_no_error_of_ours(site: Site, value: str) -> None:
    path = path_of(site, "reviewer")
    fields = dict.fromkeys(("name", "role", "area", "unit", "email", "in_hand"), value)
    assert site.as_("administrator").post(f"{path}/change", **fields).status == 422
    fields["username"] = value
    assert site.as_("administrator").post("/console/people", **fields).status == 422
    post = f"/console/posts/leader-{offices.DISTRICT}-0"
    assert site.as_("administrator").post(post, user=value, deputy=value).status == 422
    lines = {"lines": f"2026-03-09 休 {value}", "year": value, "mark": value}
    for where in ("/console/calendar/preview", "/console/calendar"):
        assert site.as_("administrator").post(where, **lines).status < 500


def test_an_office_keeps_somebody_who_decides_and_assigns(site: Site) -> None:
    path = path_of(site, "supervisor")
    page = admin(site, path).send(f"{path}/close")
    assert (page.status, user(site, "supervisor").active) == (409, True)
    assert "这是本级唯一的督办负责人" in page.text
    page = admin(site, path).send(f"{path}/change", role="reviewer")
    assert (page.status, user(site, "supervisor").role) == (409, "supervisor")
    site.do(lambda s: colleague(s, site.office, "supervisor"))
    site.do(lambda s: send_away(s, site.office, "twin", "supervisor", site.now))
    page = admin(site, path).send(f"{path}/close")
    assert (page.status, user(site, "supervisor").active) == (409, True)
    assert "其他督办负责人都在外出" in page.text
    site.do(lambda s: colleague(s, site.office, "supervisor", "third"))
    admin(site, path).send(f"{path}/close")
    assert not user(site, "supervisor").active
