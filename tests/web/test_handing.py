"""Handing over work over HTTP: chosen, looked over, done; and what an administrator sees of it."""

import json

import pytest
from sqlalchemy import select

from caseflow.ledger.history_tables import Entry
from caseflow.ledger.tables import Case, Item
from caseflow.outbox.tables import Event
from caseflow.people.tables import Recusal, Unit
from tests.ledger.test_absences import colleague
from tests.web.site import Page, Site
from tests.web.walking import dispatched, on_item


def path_of(site: Site, name: str = "handler") -> str:
    return f"/console/people/{site.office[name].person}"


def handing(site: Site, who: str = "supervisor", name: str = "handler") -> Page:
    return site.as_(who).get(f"{path_of(site, name)}/handing")


def looked(site: Site, page: Page, **typed: str) -> Page:
    return page.send(f"{path_of(site)}/handing/look", **typed)


def handler(site: Site, number: str) -> int | None:
    return site.ask(lambda s: s.scalars(select(Case.handler_id).where(Case.number == number)).one())


def id_of(site: Site, number: str) -> int:
    return site.ask(lambda s: s.scalars(select(Case.id).where(Case.number == number)).one())


@pytest.fixture
def twin(site: Site) -> str:
    site.do(lambda s: colleague(s, site.office, "handler"))
    return str(site.office["twin"].person)


def test_everything_goes_to_one_colleague_but_what_is_chosen_otherwise(
    site: Site, twin: str
) -> None:
    first, second, third = (dispatched(site, "school") for _ in range(3))
    me = site.office["supervisor"].person
    [link] = [
        one for one in site.as_("supervisor").get(path_of(site)).links if one.endswith("/handing")
    ]
    page = site.as_("supervisor").get(link)
    chosen = {f"handler-{id_of(site, second)}": str(me), f"handler-{id_of(site, third)}": "stay"}
    page = looked(site, page, handler=twin, reason="休产假", **chosen)
    assert "不能给第 1 项销号" in page.text
    assert handler(site, first) == site.office["handler"].person  # nothing moved yet
    page = page.send(f"{path_of(site)}/handing")
    assert "已移交 2 件：测试twin 1 件、测试supervisor 1 件" in page.text
    assert [handler(site, one) for one in (first, second, third)] == [
        int(twin),
        me,
        site.office["handler"].person,
    ]
    story = site.as_("supervisor").get(f"/console/cases/{first}").text
    assert "移交：测试handler → 测试twin" in story
    assert "休产假" in story
    told = site.as_("administrator").get(path_of(site)).text
    assert "移交工作" in told
    assert "测试twin 1 件" in told


def test_what_moved_on_meanwhile_stays_and_is_named(site: Site, twin: str) -> None:
    first, second = (dispatched(site, "school") for _ in range(2))
    page = looked(site, handing(site), handler=twin, reason="外出")
    site.as_("supervisor").post(f"/console/cases/{first}/note", text="来过电话")
    page = page.send(f"{path_of(site)}/handing")
    assert "1 件没有移交" in page.text
    assert "这个办件刚有新的办理记录" in page.text
    assert [handler(site, one) == int(twin) for one in (first, second)] == [False, True]


def test_who_must_keep_away_takes_nothing_and_sees_nothing(site: Site, twin: str) -> None:
    school = site.office.units["school"]
    number = dispatched(site, "academy", unit=school)
    site.do(lambda s: s.add(_away(site, int(twin), school)))
    page = looked(site, handing(site), handler=str(site.office["supervisor"].person), reason="外出")
    assert number in page.text
    page = handing(site).send(
        f"{path_of(site)}/handing/look",
        handler=str(site.office["supervisor"].person),
        reason="外出",
        **{f"handler-{id_of(site, number)}": twin},
    )
    assert "所选的人须回避" in page.text
    assert not page.offers(f"{path_of(site)}/handing")
    site.do(lambda s: s.add(_away(site, site.office["supervisor"].person, school)))
    assert number not in handing(site).html


def _away(site: Site, user_id: int, unit: int) -> Recusal:
    return Recusal(user_id=user_id, unit_id=unit, reason="亲属", since=site.now)


@pytest.mark.parametrize(("field", "value"), [("handler", ""), ("reason", " ")])
def test_somebody_and_a_reason_are_asked_for(site: Site, twin: str, field: str, value: str) -> None:
    dispatched(site, "school")
    typed = {"handler": twin, "reason": "外出", field: value}
    page = looked(site, handing(site), **typed)
    assert page.status == 422
    assert site.as_("supervisor").post(f"{path_of(site)}/handing", **typed).status == 422


def test_an_administrator_reads_numbers_and_hands_over_nothing(site: Site, twin: str) -> None:
    number = dispatched(site, "school")
    matter = site.ask(lambda s: s.scalars(select(Case.matter).where(Case.number == number)).one())
    page = handing(site, "administrator")
    assert number in page.text
    assert matter not in page.html
    assert "请联系：测试supervisor" in page.text
    for path in ("handing", "handing/look"):
        post = site.as_("administrator").post(f"{path_of(site)}/{path}", handler=twin, reason="x")
        assert post.status == 403
    assert site.as_("leader").get(f"{path_of(site)}/handing").status == 403
    assert site.as_("stranger").get(f"{path_of(site)}/handing").status == 404


def test_an_inspectors_visits_are_handed_over(site: Site) -> None:
    number = dispatched(site, "section", kind="tip", unit=site.office.units["school"])
    site.do(lambda s: colleague(s, site.office, "inspector", "other"))
    first = str(site.office["inspector"].person)
    on_item(site, "supervisor", number, "reassign", inspector=first, reason="重要")
    path = path_of(site, "inspector")
    other = site.office["other"].person
    page = site.as_("supervisor").get(f"{path}/handing")
    page = page.send(f"{path}/handing/look", inspector=str(other), reason="调离")
    page.send(f"{path}/handing")
    case_id = id_of(site, number)
    of_case = select(Item.inspector_id).where(Item.case_id == case_id)
    assert site.ask(lambda s: s.scalars(of_case).all()) == [other]
    query = select(Event.body).where(Event.name == "handed_over")
    bodies = site.ask(lambda s: s.scalars(query).all())
    assert [(one["to"], one["count"]) for one in map(json.loads, bodies)] == [(other, 1)]


def test_whoever_is_recused_gives_the_case_up_at_once(site: Site) -> None:
    school = site.office.units["school"]
    number, kept = dispatched(site, "academy", unit=school), dispatched(site, "academy")
    path = path_of(site)
    page = site.as_("administrator").get(path)
    page.send(f"{path}/recuse", away_from=str(school), why="亲属在校任教")
    assert handler(site, number) == site.office["supervisor"].person
    assert handler(site, kept) == site.office["handler"].person
    last = select(Entry.verb).where(Entry.case_id == id_of(site, number)).order_by(Entry.n.desc())
    assert site.ask(lambda s: s.scalars(last).first()) == "fall_back"


def test_a_unit_put_below_another_takes_its_cases_from_who_must_keep_away(site: Site) -> None:
    school, academy = (site.office.units[name] for name in ("school", "academy"))
    number = dispatched(site, "branch", unit=academy)
    site.do(lambda s: s.add(_away(site, site.office["handler"].person, school)))
    unit = site.ask(lambda s: s.get_one(Unit, academy))
    path = f"/console/units/{academy}"
    page = site.as_("administrator").get(path).send(f"{path}/change", managed_by=str(school))
    assert "单位已修改" in page.text, unit.name
    assert handler(site, number) == site.office["supervisor"].person


def test_somebody_who_changes_their_post_leaves_their_cases_only_when_so_said(site: Site) -> None:
    number = dispatched(site, "school")
    path = path_of(site)
    page = site.as_("administrator").get(path).send(f"{path}/change", role="reviewer")
    assert page.status == 422
    assert handler(site, number) == site.office["handler"].person
    page = page.send(f"{path}/change", role="reviewer", leave="1")
    assert "账号已修改" in page.text
    assert handler(site, number) == site.office["supervisor"].person
