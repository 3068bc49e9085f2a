"""A document before its date, as people press it; and what the unit reads of it: the document."""

from sqlalchemy import select

from caseflow.escalation import sweep
from caseflow.escalation.tables import Order
from caseflow.ledger.moves import check, work
from caseflow.ledger.moves.work import Result
from tests import office as offices
from tests.web.site import Page, Site
from tests.web.test_nav_counts import for_
from tests.web.test_unit import open_item
from tests.web.walking import dispatched, item_of, on_item

WHY = "三次电话催促，仍推诿"


def asked(site: Site, number: str, document: str = "circular") -> Page:
    said = {"document": document, "cause": "public_attention", "reason": WHY}
    return on_item(site, "supervisor", number, "ask_step_up", **said)


def test_a_supervisor_asks_and_a_leader_approves_what_is_drafted_at_once(site: Site) -> None:
    number = dispatched(site, "school")
    page = asked(site, number)
    assert "督办升级申请已提交，等待分管领导审批。" in page.text
    path = f"/console/items/{item_of(site, number).id}"
    assert not page.offers(f"{path}/step_up")
    assert not page.offers(f"{path}/ask_step_up")
    assert not page.offers(f"{path}/withdraw")
    assert "分管领导审批第 1 项的督办升级" in page.text
    assert for_(site, "leader")[""] == 1
    page = site.as_("leader").get(f"/console/cases/{number}")
    for said in ("有人申请督办升级：看事由，同意或不同意。", WHY, "舆情关注", "工作通报"):
        assert said in page.text
    page = page.send(f"{path}/step_up", remark="尽快")
    assert "已同意，文书已拟稿，等待签发；申请人会收到通知。" in page.text
    assert "事由：舆情关注" in page.text
    assert "工作通报（拟稿）" in page.text
    order = site.ask(lambda s: s.scalars(select(Order)).one())
    assert (order.kind, order.state) == ("circular", "draft")
    assert site.as_("leader").post(f"{path}/step_up").status == 409


def test_the_form_offers_what_has_not_come_and_keeps_what_was_typed(site: Site) -> None:
    number = dispatched(site, "school")
    page = on_item(site, "supervisor", number, "ask_step_up", reason="再三推诿")
    assert page.status == 422
    path = f"/console/items/{item_of(site, number).id}/ask_step_up"
    assert page.form(path).fields["reason"] == ["再三推诿"]
    assert "第 7 级督办" in page.html, "nothing is called accountability before a person decided"
    assert "问责" not in page.html
    for who in ("handler", "leader", "reviewer"):
        assert not site.as_(who).get(f"/console/cases/{number}").offers(path)


def test_a_refusal_says_why(site: Site) -> None:
    number = dispatched(site, "school")
    asked(site, number)
    page = on_item(site, "leader", number, "refuse_step_up", reason="再等两天")
    assert "未同意督办升级，申请人会收到通知。" in page.text
    assert "再等两天" in page.text
    assert site.ask(lambda s: s.scalars(select(Order)).all()) == []


def test_the_unit_reads_nothing_of_it_before_the_document_is_issued(site: Site) -> None:
    number = dispatched(site, "school")
    before = open_item(site, item_of(site, number).id).text
    asked(site, number)
    on_item(site, "leader", number, "step_up")
    after = open_item(site, item_of(site, number).id).text
    for word in ("升级", "舆情", WHY, "通报"):
        assert word not in after
    assert before.partition("核查期限")[0] == after.partition("核查期限")[0]


def test_what_was_sent_back_twice_shows_why_its_order_came(site: Site) -> None:
    number = dispatched(site, "school")
    item_id, school = item_of(site, number).id, site.office["school"]
    for n in range(2):
        site.later(minutes=5)

        def again(s: object, first: bool = n == 0) -> None:
            if first:
                work.sign_for(s, school, item_id, site.now)
            work.hand_in(s, school, item_id, offices.blob(s, site.now), "图", site.now)
            work.find(s, school, item_id, Result("unverifiable", "查无线索"), site.now)
            check.return_item(s, site.office["reviewer"], item_id, "没有问询记录", site.now)

        site.do(again)
    sweep.run(site.database, site.now)
    page = site.as_("handler").get(f"/console/cases/{number}")
    assert "事由：多次退回" in page.text
    assert "督办单（拟稿）" in page.text
