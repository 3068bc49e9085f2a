"""The pages of units and inspectors over HTTP: from the signature to the submission."""

import re
from typing import Any

from sqlalchemy import select

from caseflow.ledger.moves import check, items, triage
from caseflow.ledger.moves.items import Dispatch
from caseflow.ledger.tables import Case, Item
from caseflow.people.tables import User
from tests import office as offices
from tests.web.site import PNG, Page, Site, a_file

ASKED = "请核查食堂卫生情况，三日内回复"


def dispatched(
    site: Site, kind: str = "complaint", to: str = "school", inspector: bool = False, **more: Any
) -> int:
    """Dispatch an item to a unit and return its id."""

    def work(session: Any) -> int:
        case, _ = offices.report(session, site.now, kind=kind, **more)
        triage.accept(session, site.office["handler"], case.id, site.now)
        [item] = items.split(session, site.office["handler"], case.id, ["食堂卫生"], site.now)
        person = site.office["inspector"].person if inspector else None
        order = Dispatch(site.office.units[to], ASKED, person)
        items.dispatch(session, site.office["handler"], item.id, order, site.now)
        return item.id

    return site.do(work)


def returned(site: Site, item_id: int, reason: str) -> None:
    site.do(lambda s: check.return_item(s, site.office["reviewer"], item_id, reason, site.now))


def state(site: Site, item_id: int) -> str:
    return site.ask(lambda s: s.get_one(Item, item_id).state)


def at(item_id: int, move: str = "") -> str:
    return f"/unit/items/{item_id}" + (f"/{move}" if move else "")


def open_item(site: Site, item_id: int, name: str = "school") -> Page:
    return site.as_(name).get(at(item_id))


def signed(site: Site, item_id: int, name: str = "school") -> Page:
    return open_item(site, item_id, name).send(at(item_id, "sign_for"))


def rectifying(site: Site) -> int:
    """Bring a complaint to where the school has to put it right."""
    item_id = dispatched(site)
    signed(site, item_id).send(at(item_id, "find"), result="substantiated", basis="现场属实")
    site.later(minutes=5)
    return item_id


# The list


def test_the_list_says_what_is_owed_and_by_when(site: Site) -> None:
    dispatched(site)
    page = site.as_("school").get("/unit/")
    assert page.status == 200
    assert "请核查食堂卫生情况" in page.text
    assert "签收期限" in page.text
    assert "3月4日(周三) 24:00" in page.text


def test_an_empty_list_says_why_and_what_next(site: Site) -> None:
    assert "现在没有要您办的" in site.as_("school").get("/unit/").text


def test_what_is_submitted_waits_and_what_is_struck_off_is_over(site: Site) -> None:
    item_id = rectifying(site)
    page = open_item(site, item_id).send(at(item_id, "evidence"), evidence=[a_file()])
    page.send(at(item_id, "submit"), done="已重新清洗")
    assert "等督导办公室处理的" in site.as_("school").get("/unit/").text
    reviewer = site.office["reviewer"]
    site.do(lambda s: check.strike_off(s, reviewer, item_id, "", site.now))
    assert "办完的 1" in site.as_("school").get("/unit/").text
    assert "已验收销号" in open_item(site, item_id).text


def test_an_item_of_a_case_that_was_stopped_asks_nothing_any_more(site: Site) -> None:
    item_id = dispatched(site)
    case_id = site.ask(lambda s: s.get_one(Item, item_id).case_id)
    boss = site.office["supervisor"]
    site.do(lambda s: triage.decline(s, boss, case_id, "不属于我办受理范围", site.now))
    page = open_item(site, item_id)
    assert "已停止办理" in page.text
    assert asks(page) == ["交办内容"]
    assert not page.offers(at(item_id, "sign_for"))
    assert "请核查食堂卫生情况" in site.as_("school").get("/unit/").text


def asks(page: Page) -> list[str]:
    """Return the headings over what the unit was told to do, in their order."""
    found = re.findall(r'<h2 class="mt-0" id="(?:task|rectify)-title">([^<]+)</h2>', page.html)
    return [str(heading) for heading in found]


def test_the_page_asks_for_what_is_to_be_done_now(site: Site) -> None:
    item_id = dispatched(site)
    assert asks(open_item(site, item_id)) == ["请核查"]
    page = signed(site, item_id).send(at(item_id, "find"), result="partly", basis="现场属实")
    assert asks(page) == ["请整改", "交办内容"]
    assert "请按核查结论整改到位" in page.text
    site.later(minutes=5)
    page = open_item(site, item_id).send(at(item_id, "evidence"), evidence=[a_file()])
    page = page.send(at(item_id, "submit"), done="已重新清洗")
    assert asks(page) == ["交办内容"]
    returned(site, item_id, "照片看不清")
    assert asks(open_item(site, item_id)) == ["请整改", "交办内容"]


def test_what_was_written_for_the_rectification_is_asked_first_and_listed(site: Site) -> None:
    item_id = rectifying(site)
    site.do(lambda s: setattr(s.get_one(Item, item_id), "rectify_text", "请停用二号冷柜"))
    page = open_item(site, item_id)
    assert asks(page) == ["请整改", "交办内容"]
    assert page.text.index("请停用二号冷柜") < page.text.index("请核查食堂卫生情况")
    assert "请停用二号冷柜" in site.as_("school").get("/unit/").text
    page = page.send(at(item_id, "evidence"), evidence=[a_file()])
    page.send(at(item_id, "submit"), done="已停用")
    assert asks(open_item(site, item_id)) == ["整改要求", "交办内容"]


# The moves


def test_a_complaint_goes_from_signature_to_submission(site: Site) -> None:
    item_id = dispatched(site)
    page = signed(site, item_id)
    assert (page.path, state(site, item_id)) == (at(item_id), "verifying")
    page = page.send(at(item_id, "find"), result="substantiated", basis="现场看到")
    assert state(site, item_id) == "rectifying"
    site.later(minutes=5)
    page = page.send(at(item_id, "evidence"), evidence=[a_file(), a_file("二.png")], note="整改后")
    assert "第 2 份" in page.text
    page = page.send(at(item_id, "submit"), done="已重新清洗并培训")
    assert state(site, item_id) == "submitted"
    assert "等待验收" in page.text
    assert "已重新清洗并培训" in page.text


def test_nothing_but_the_signature_is_offered_before_it(site: Site) -> None:
    item_id = dispatched(site)
    page = open_item(site, item_id)
    offered = [move for move in ("evidence", "find", "submit") if page.offers(at(item_id, move))]
    assert offered == []


def test_a_submission_without_evidence_is_told_beside_the_field(site: Site) -> None:
    item_id = rectifying(site)
    page = open_item(site, item_id).send(at(item_id, "submit"), done="已经改好了")
    assert (page.status, state(site, item_id)) == (422, "rectifying")
    assert "请先上传新的材料" in page.text
    assert 'id="f-evidence-error"' in page.html
    assert page.form(at(item_id, "submit")).fields["done"] == ["已经改好了"]


def test_what_is_said_of_a_file_stands_under_it(site: Site) -> None:
    item_id = rectifying(site)
    page = open_item(site, item_id)
    page = page.send(at(item_id, "evidence"), evidence=[a_file()], note="食堂留样照片")
    assert "食堂留样照片" in page.text
    [number] = site.ask(lambda s: s.scalars(select(Case.number)).all())
    assert "食堂留样照片" in site.as_("handler").get(f"/console/cases/{number}").text


def test_a_submission_takes_its_evidence_along(site: Site) -> None:
    item_id = rectifying(site)
    page = open_item(site, item_id).send(at(item_id, "submit"), done="", evidence=[a_file()])
    assert (page.status, state(site, item_id)) == (422, "rectifying")
    assert "所选的文件需要重新选择" in page.text
    page = page.send(at(item_id, "submit"), done="已经改好了", evidence=[a_file()])
    assert (page.status, state(site, item_id)) == (200, "submitted")
    assert "第 1 份" in page.text


def test_evidence_from_before_the_finding_does_not_count(site: Site) -> None:
    item_id = dispatched(site)
    page = signed(site, item_id).send(at(item_id, "evidence"), evidence=[a_file()])
    site.later(minutes=5)
    page = open_item(site, item_id).send(at(item_id, "find"), result="partly", basis="部分属实")
    assert "还没有新材料" in page.text
    assert page.send(at(item_id, "submit"), done="改了").status == 422


def test_an_unfounded_matter_goes_straight_to_the_check_with_evidence(site: Site) -> None:
    item_id = dispatched(site)
    page = signed(site, item_id)
    refused = page.send(at(item_id, "find"), result="unsubstantiated", basis="查无此事")
    assert (refused.status, state(site, item_id)) == (422, "verifying")
    assert "请先上传新的材料" in refused.text
    assert refused.form(at(item_id, "find")).fields["basis"] == ["查无此事"]
    page = refused.send(at(item_id, "evidence"), evidence=[a_file()])
    page.send(at(item_id, "find"), result="unsubstantiated", basis="查无此事")
    assert state(site, item_id) == "submitted"


def test_a_finding_needs_its_result_and_its_basis(site: Site) -> None:
    item_id = dispatched(site)
    page = signed(site, item_id).send(at(item_id, "find"), basis="看过了")
    assert (page.status, "请选择核查结论" in page.text) == (422, True)
    page = page.send(at(item_id, "find"), result="partly", basis="")
    assert (page.status, "请填写这一项" in page.text) == (422, True)


def test_the_reason_of_a_return_is_shown_to_whoever_has_to_do_it_again(site: Site) -> None:
    item_id = rectifying(site)
    page = open_item(site, item_id).send(at(item_id, "evidence"), evidence=[a_file()])
    page.send(at(item_id, "submit"), done="改了")
    site.later(minutes=5)
    returned(site, item_id, "照片看不清，请重拍")
    page = open_item(site, item_id)
    assert "退回的原因" in page.text
    assert "照片看不清，请重拍" in page.text
    assert "还没有新材料" in page.text


# Files


def test_what_a_unit_handed_in_stays_its_own_when_its_people_go(site: Site) -> None:
    item_id = rectifying(site)
    page = open_item(site, item_id).send(at(item_id, "evidence"), evidence=[a_file()])
    page.send(at(item_id, "submit"), done="已更换供应商")
    other = site.office.units["academy"]

    def moves(session: Any) -> None:
        """Who wrote it teaches elsewhere now, and somebody from there has come in its place."""
        gone, come = (site.office[name].person for name in ("school", "academy"))
        session.get_one(User, gone).unit_id = other
        session.get_one(User, come).unit_id = site.office.units["school"]

    site.do(moves)
    page = open_item(site, item_id, "academy")
    assert "第 1 份" in page.text
    assert "已更换供应商" in page.text
    site.do(lambda s: setattr(s.get_one(Item, item_id), "rectifying_unit_id", other))
    assert "第 1 份" not in open_item(site, item_id).text


def test_a_file_that_is_too_large_is_told_beside_the_field_and_nothing_is_kept(
    site: Site,
) -> None:
    item_id = dispatched(site)
    large = a_file("大.png", PNG + b"\0" * (20 * 1024 * 1024))
    page = signed(site, item_id).send(
        at(item_id, "evidence"), evidence=[a_file(), large], note="两张照片"
    )
    page.response.request.environ["wsgi.input"].close()  # the test client forgets large bodies
    assert page.status == 422
    assert "超过 20 MB，没有上传" in page.text
    assert page.form(at(item_id, "evidence")).fields["note"] == ["两张照片"]
    assert "第 1 份" not in page.text


def test_no_file_and_an_empty_file_are_told(site: Site) -> None:
    item_id = dispatched(site)
    page = signed(site, item_id)
    assert "请选择要上传的" in page.send(at(item_id, "evidence")).text
    page = page.send(at(item_id, "evidence"), evidence=[a_file("空.png", b"")])
    assert (page.status, "是空的，请重新选择" in page.text) == (422, True)


def test_evidence_is_handed_out_under_a_neutral_name_to_its_own_unit_only(site: Site) -> None:
    item_id = dispatched(site)
    page = signed(site, item_id).send(
        at(item_id, "evidence"), evidence=[a_file("王小明的检讨书.png")]
    )
    [link] = [href for href in page.links if href.startswith("/unit/evidence/")]
    file = site.as_("school").client.get(link)
    assert file.get_data() == PNG
    assert "%E7%8E%8B" not in file.headers["Content-Disposition"]
    assert "王小明" not in page.html
    for name in ("academy", "branch", "inspector"):
        assert site.as_(name).get(link).status == 404


# Somebody was faster


def test_a_form_from_before_another_move_gets_409_and_keeps_what_was_typed(site: Site) -> None:
    item_id = rectifying(site)
    before = open_item(site, item_id)
    open_item(site, item_id).send(at(item_id, "evidence"), evidence=[a_file()])
    page = before.send(at(item_id, "submit"), done="已经改好了")
    assert (page.status, state(site, item_id)) == (409, "rectifying")
    assert "这一事项刚有变化" in page.text
    assert page.form(at(item_id, "submit")).fields["done"] == ["已经改好了"]


def test_what_happens_elsewhere_in_the_case_does_not_disturb_the_unit(site: Site) -> None:
    item_id = dispatched(site)
    before = open_item(site, item_id)
    case_id = site.ask(lambda s: s.get_one(Item, item_id).case_id)
    site.do(lambda s: items.split(s, site.office["handler"], case_id, ["另一项"], site.now))
    assert before.send(at(item_id, "sign_for")).status == 200
    assert state(site, item_id) == "verifying"


def test_signing_twice_says_that_it_changed(site: Site) -> None:
    item_id = dispatched(site)
    before = open_item(site, item_id)
    before.send(at(item_id, "sign_for"))
    assert before.send(at(item_id, "sign_for")).status == 409


# Inspectors


def test_an_inspector_finds_on_a_tip_and_writes_what_the_rectifying_unit_reads(
    site: Site,
) -> None:
    item_id = dispatched(site, "tip", "section", inspector=True, unit=site.office.units["academy"])
    page = signed(site, item_id, "inspector")
    page = page.send(at(item_id, "find"), result="substantiated", basis="现场看到超员")
    assert page.status == 422
    assert "请从列表中选择整改单位" in page.text
    assert "请写明要整改什么" in page.text
    page.send(
        at(item_id, "find"),
        result="substantiated",
        basis="现场看到超员",
        rectifying_unit="测试academy",
        rectify_text="经核查，存在超员办班，请停止并退费。",
    )
    assert state(site, item_id) == "rectifying"
    assert "请停止并退费" in open_item(site, item_id, "academy").text


def test_the_rectifying_unit_signs_first_and_then_submits(site: Site) -> None:
    test_an_inspector_finds_on_a_tip_and_writes_what_the_rectifying_unit_reads(site)
    [item_id] = site.ask(lambda s: [item.id for item in s.query(Item)])
    page = open_item(site, item_id, "academy")
    assert not page.offers(at(item_id, "submit"))
    page = page.send(at(item_id, "sign_for"))
    site.later(minutes=5)
    page = page.send(at(item_id, "evidence"), evidence=[a_file()])
    page.send(at(item_id, "submit"), done="已停办")
    assert state(site, item_id) == "submitted"
    assert site.ask(lambda s: s.query(Case).one().state) == "handling"
