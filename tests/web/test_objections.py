"""An objection as people press it: the unit says why, the office decides, each is told."""

import pytest

from caseflow.ledger.tables import Case, Item
from caseflow.people.tables import User
from tests.notices.watch import Watch
from tests.web.site import Page, Site
from tests.web.test_nav_counts import counts, for_, keep_away
from tests.web.test_unit import at, dispatched, open_item, signed, state
from tests.web.walking import case_of, on_item

WHY = "收费由总部统一办理，应由民办教育科核查"


def number_of(site: Site, item_id: int) -> str:
    return site.ask(lambda s: s.get_one(Case, s.get_one(Item, item_id).case_id).number)


def objected(site: Site, item_id: int, name: str = "school") -> Page:
    return open_item(site, item_id, name).send(at(item_id, "object"), reason=WHY)


def test_a_unit_objects_and_sees_that_its_promises_run_on(site: Site) -> None:
    item_id = dispatched(site)
    page = open_item(site, item_id)
    assert "最迟 3月10日(周二) 24:00 前可以退单" in page.text
    page = page.send(at(item_id, "object"), reason="")
    assert page.status == 422
    assert "请填写这一项" in page.text
    page = page.send(at(item_id, "object"), reason=WHY)
    assert state(site, item_id) == "objected"
    assert "已退单，等待审核" in page.text
    assert WHY in page.text
    assert "签收期限" in page.text
    assert not page.offers(at(item_id, "sign_for"))
    assert "等督导办公室处理的" in site.as_("school").get("/unit/").text


def test_the_supervisor_reads_why_and_hands_it_to_another_unit(site: Site) -> None:
    item_id = dispatched(site)
    objected(site, item_id)
    number = number_of(site, item_id)
    page = site.as_("supervisor").get(f"/console/cases/{number}")
    assert "有单位退单：看理由，改交另一单位或驳回。" in page.text
    assert WHY in page.text
    form = page.form(f"/console/items/{item_id}/dispatch_anew")
    assert form.fields["text"] == ["请核查食堂卫生情况，三日内回复"]
    handler = site.as_("handler").get(f"/console/cases/{number}")
    assert "督办负责人审核第 1 项的退单" in handler.text
    assert not handler.offers(f"/console/items/{item_id}/dispatch_anew")
    page = on_item(site, "supervisor", number, "dispatch_anew", unit="测试academy")
    assert "已改交另一单位" in page.text
    assert "测试academy" in page.text
    assert site.as_("school").get(at(item_id)).status == 404
    assert "最迟 3月10日" in open_item(site, item_id, "academy").text


def test_a_rejected_objection_comes_back_with_the_reason(site: Site) -> None:
    item_id = dispatched(site)
    signed(site, item_id)
    objected(site, item_id)
    number = number_of(site, item_id)
    on_item(site, "supervisor", number, "reject_objection", reason="招生收费由学校负责")
    page = open_item(site, item_id)
    assert state(site, item_id) == "verifying"
    assert "退单未获同意的原因" in page.text
    assert "招生收费由学校负责" in page.text
    assert page.offers(at(item_id, "find"))


def test_after_two_objections_the_leader_designates(site: Site) -> None:
    item_id = dispatched(site)
    objected(site, item_id)
    number = number_of(site, item_id)
    on_item(site, "supervisor", number, "reject_objection", reason="由你校核查")
    objected(site, item_id)
    boss = site.as_("supervisor").get(f"/console/cases/{number}")
    assert "分管领导为第 1 项指定承办单位" in boss.text
    assert not boss.offers(f"/console/items/{item_id}/dispatch_anew")
    page = on_item(site, "leader", number, "designate", unit="测试school")
    assert "已指定承办单位" in page.text
    page = open_item(site, item_id)
    assert "由分管领导指定您单位承办" in page.text
    assert not page.offers(at(item_id, "object"))
    refused = site.as_("school").post(at(item_id, "object"), reason=WHY, seen=mark_of(page))
    assert refused.status == 409


@pytest.mark.parametrize("gone", [True, False])
def test_where_the_office_has_no_leader_for_it_the_level_above_designates(
    site: Site, gone: bool
) -> None:
    """The leader left, or must keep away from the unit: never nobody, and never the supervisor."""
    item_id = dispatched(site)
    number = number_of(site, item_id)
    objected(site, item_id)
    on_item(site, "supervisor", number, "reject_objection", reason="由你校核查")
    objected(site, item_id)
    action, path = f"/console/items/{item_id}/designate", f"/console/cases/{number}"
    assert for_(site, "city") == {}
    assert not site.as_("city").get(path).offers(action)
    if gone:
        leader = site.office["leader"].person
        site.do(lambda s: setattr(s.get_one(User, leader), "active", False))
    else:
        keep_away(site, "leader", "school")
        assert (for_(site, "leader"), site.as_("leader").get(path).offers(action)) == ({}, False)
    boss = site.as_("supervisor").get(path)
    assert "上一级督办负责人为第 1 项指定承办单位" in boss.text
    assert not boss.offers(action)
    assert counts(boss) == {}
    typed = {"unit": "测试academy", "text": "请核查", "seen": case_of(site, number).head_n}
    assert site.as_("supervisor").post(action, **typed).status == 403
    assert for_(site, "city") == {"": 1}
    page = on_item(site, "city", number, "designate", unit="测试academy")
    assert "已指定承办单位" in page.text
    assert not open_item(site, item_id, "academy").offers(at(item_id, "object"))


def test_an_inspector_whom_the_leader_sends_is_spoken_to_as_a_person(site: Site) -> None:
    item_id = dispatched(site)
    objected(site, item_id)
    number = number_of(site, item_id)
    on_item(site, "supervisor", number, "reject_objection", reason="由你校核查")
    objected(site, item_id)
    person = str(site.office["inspector"].person)
    on_item(site, "leader", number, "designate", unit="测试school", inspector=person)
    page = open_item(site, item_id, "inspector")
    assert "这一事项由分管领导指定您到场核查。" in page.text
    assert "您单位承办" not in page.text


def mark_of(page: Page) -> str:
    """Return the mark that the forms of a unit's page carry."""
    return page.forms[-1].fields["seen"][0]


def test_an_objection_is_refused_when_its_days_are_over(site: Site) -> None:
    item_id = dispatched(site)
    page = signed(site, item_id)
    assert page.offers(at(item_id, "object"))
    site.later(days=8)
    late = page.send(at(item_id, "object"), reason=WHY)
    assert late.status == 409
    assert WHY in late.text
    assert not open_item(site, item_id).offers(at(item_id, "object"))


def test_an_inspector_and_a_unit_that_only_rectifies_have_nothing_to_object_to(site: Site) -> None:
    item_id = dispatched(site, to="section", inspector=True)
    assert not open_item(site, item_id, "inspector").offers(at(item_id, "object"))


def test_each_is_told_what_concerns_them(site: Site) -> None:
    item_id = dispatched(site)
    number = number_of(site, item_id)
    with site.database.transaction() as session:
        watch = Watch(session)
        watch.forget()
    seen = watch.seen

    def told() -> set[str]:
        nonlocal seen
        with site.database.transaction() as session:
            watch = Watch(session, seen)
            found, seen = watch.told(), watch.seen
            return found

    objected(site, item_id)
    assert told() == {"objection > supervisor"}
    on_item(site, "supervisor", number, "reject_objection", reason="由你校核查")
    assert told() == {"rejected > school"}
    objected(site, item_id)
    assert told() == {"designate > leader"}
    on_item(site, "leader", number, "designate", unit="测试academy")
    assert told() == {"dispatched > academy", "taken_back > school"}
    assert case_of(site, number).state == "handling"
