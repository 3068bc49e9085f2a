"""Withdrawing an item and handing it over to a statutory procedure, as people press it."""

from caseflow.ledger.moves import items, transferring, triage
from caseflow.ledger.moves.items import Dispatch
from caseflow.ledger.moves.transferring import Transfer
from tests.web.public_door import Receipt, letter, reported, the_case
from tests.web.site import Site
from tests.web.test_nav_counts import for_
from tests.web.test_unit import at, open_item
from tests.web.walking import dispatched, item_of, on_case, on_item, state

WHY = "与第1项是同一件事"


def with_draft(site: Site) -> str:
    """A case with an item at the school and a draft."""
    number = dispatched(site, "school")
    on_case(site, "handler", number, "split", matters="作业太多")
    return number


def test_a_colleague_withdraws_a_draft(site: Site) -> None:
    number = with_draft(site)
    assert for_(site, "handler") == {"": 1}
    page = on_item(site, "handler", number, "withdraw", n=2, reason=WHY)
    assert "撤项申请已提交，等待审批。" in page.text
    assert f"测试handler 3月3日(周二) 申请撤项：{WHY}（等待审批）" in page.text
    consent = f"/console/items/{item_of(site, number, 2).id}/consent_withdrawal"
    assert not page.offers(consent)
    assert "另一位工作人员审批第 2 项的撤项" in page.text
    assert for_(site, "handler") == {}
    assert for_(site, "supervisor")[""] == 1
    page = site.as_("supervisor").get(f"/console/cases/{number}")
    assert "有人申请撤项：看理由，同意或不同意。" in page.text
    page = page.send(consent)
    assert "已撤项，申请人会收到通知。" in page.text
    assert "已销号 0 / 1 · 已撤项 1" in page.text
    assert f"测试handler 申请，测试supervisor 同意：{WHY}" in page.text
    assert site.as_("leader").post(consent).status == 409


def test_whoever_had_a_hand_in_an_item_is_not_offered_to_decide(site: Site) -> None:
    number = dispatched(site, "school")
    on_case(site, "supervisor", number, "assign", handler=site.office["supervisor"].person)
    on_item(site, "supervisor", number, "withdraw", reason=WHY)
    for name, may in (("supervisor", False), ("handler", False), ("leader", True)):
        page = site.as_(name).get(f"/console/cases/{number}")
        path = f"/console/items/{item_of(site, number).id}"
        assert page.offers(f"{path}/consent_withdrawal") is may
        assert page.offers(f"{path}/refuse_withdrawal") is may
        assert for_(site, name).get("", 0) == may


def test_a_refusal_wants_a_reason_and_keeps_what_was_typed(site: Site) -> None:
    number = dispatched(site, "school")
    on_item(site, "handler", number, "withdraw", reason=WHY)
    page = on_item(site, "leader", number, "refuse_withdrawal", reason=" ")
    assert page.status == 422
    page = on_item(site, "leader", number, "refuse_withdrawal", reason="仍须查清")
    assert "未同意撤项，申请人会收到通知。" in page.text
    assert "仍须查清" in page.text
    assert not page.offers(f"/console/items/{item_of(site, number).id}/refuse_withdrawal")


def test_a_unit_sees_nothing_of_a_request_and_then_that_it_is_over(site: Site) -> None:
    number = dispatched(site, "school")
    item_id = item_of(site, number).id
    before = open_item(site, item_id)
    on_item(site, "handler", number, "withdraw", reason=WHY)
    after = open_item(site, item_id)
    assert after.text == before.text
    assert "撤项" not in after.html
    before.send(at(item_id, "sign_for"))  # a form from before the request is still good
    assert item_of(site, number).state == "verifying"
    on_item(site, "leader", number, "consent_withdrawal", remark="内部意见")
    page = open_item(site, item_id)
    assert "已停止办理" in page.text
    for word in ("撤项", "内部意见", WHY):
        assert word not in page.html
    assert not page.offers(at(item_id, "find"))
    assert "办完的 1" in site.as_("school").get("/unit/").text


def test_a_case_of_which_nothing_is_left_is_confirmed_by_somebody_else(site: Site) -> None:
    number = dispatched(site, "school")
    on_item(site, "supervisor", number, "withdraw", reason=WHY)
    page = site.as_("leader").get(f"/console/cases/{number}")
    assert "还须没有申请撤项的人确认，才转入答复。" in page.text
    on_item(site, "leader", number, "consent_withdrawal")
    path = f"/console/cases/{number}/conclude_withdrawn"
    page = site.as_("supervisor").get(f"/console/cases/{number}")
    assert not page.offers(path)
    assert "没有申请撤项的督办负责人或分管领导确认全部撤项" in page.text
    assert for_(site, "supervisor") == {}
    assert for_(site, "leader") == {"": 1}
    page = site.as_("leader").get(f"/console/cases/{number}").send(path, reason="确属误拆")
    assert "已转入答复，承办人会收到通知。" in page.text
    assert state(site, number) == "replying"
    page = site.as_("handler").get(f"/console/cases/{number}")
    assert "第 1 项已撤项：答复里请一并交代。" in page.text


def test_an_item_goes_to_the_authority_whose_procedure_it_is(site: Site) -> None:
    number = with_draft(site)
    path = f"/console/items/{item_of(site, number).id}"
    page = site.as_("supervisor").get(f"/console/cases/{number}")
    page = page.send(f"{path}/statutory", authority=" ", reason="", number="7")
    assert page.status == 422
    assert page.form(f"{path}/statutory").fields["number"] == ["7"]
    page = page.send(f"{path}/statutory", authority="区公安分局", reason="涉嫌违法", number="")
    assert "已转入法定程序。" in page.text
    assert "已销号 0 / 1 · 转入法定程序 1" in page.text
    assert "转入法定程序：区公安分局" in page.text
    page = site.as_("handler").get(f"/console/cases/{number}")
    page = page.send(f"{path}/statutory_outcome", text="已立案", number="公立5号")
    assert "已补记。" in page.text
    assert "3月3日(周二)：已立案" in page.text
    assert "公立5号" in page.text
    unit = open_item(site, item_of(site, number).id)
    assert "已停止办理" in unit.text
    for word in ("法定", "公安", "立案", "公立5号"):
        assert word not in unit.html


def test_the_reporter_reads_that_a_point_went_elsewhere_and_not_where(site: Site) -> None:
    got: Receipt = reported(site)
    case, me = the_case(site, got.number), site.office["handler"]

    def hand_over(session: object) -> None:
        triage.accept(session, me, case.id, site.now)
        first, second = items.split(session, me, case.id, ["饭菜", "收费"], site.now)
        for item in (first, second):
            order = Dispatch(site.office.units["school"], "请核查")
            items.dispatch(session, me, item.id, order, site.now)
        given = Transfer("区公安分局", "涉嫌违法")
        transferring.statutory(session, site.office["supervisor"], second.id, given, site.now)

    site.do(hand_over)
    page = letter(site, got)
    assert "有的已转入法定程序，由有权机关依法处理。" in page.text
    assert "有问题转入法定程序" in page.text
    for word in ("公安", "涉嫌", "撤项"):
        assert word not in page.html
