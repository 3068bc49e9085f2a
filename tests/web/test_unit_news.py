"""Two people of a unit at one thing: the second reads what came, and keeps what they wrote."""

import pytest

from caseflow.ledger import holding
from caseflow.ledger.tables import Item
from caseflow.web.unit.news import IN_OTHER_WORDS, what
from tests.web.site import Page, Site, a_file
from tests.web.test_assisting import asked
from tests.web.test_console_orders import neglected, order, settle
from tests.web.test_order_lives import at_unit
from tests.web.test_signing import _number, with_clerk
from tests.web.test_unit import at, dispatched, open_item, rectifying, returned, signed
from tests.web.test_unit_secrets import WORDS, a_tip_to_rectify, leaked, said
from tests.web.test_whose_turn import item_extended
from tests.web.walking import item_of, on_item


def news(page: Page) -> str:
    """Return what a page says has changed; empty where it says nothing of it."""
    _, _, after = page.text.partition("变了什么 ")
    return after[:120]


def test_who_comes_second_reads_what_a_colleague_did_and_when(site: Site) -> None:
    item = dispatched(site)
    with_clerk(site)
    signed(site, item)
    before = open_item(site, item)
    site.later(minutes=5)
    open_item(site, item, "clerk").send(at(item, "evidence"), evidence=a_file(), note="冷柜")
    page = before.send(at(item, "find"), result="partly", basis="我写的依据")
    assert page.status == 409
    assert news(page).startswith("上传材料 干事 · 3月3日(周二) 10:05")
    assert "签收 测试school" not in news(page)  # that they knew
    assert page.form(at(item, "find")).fields["basis"] == ["我写的依据"]
    again = page.send(at(item, "find"))
    assert (again.status, news(again)) == (200, "")


def test_the_newest_stands_first_and_the_office_has_no_names(site: Site) -> None:
    item = rectifying(site)
    open_item(site, item).send(at(item, "evidence"), evidence=a_file())
    before = open_item(site, item)
    site.later(minutes=5)
    open_item(site, item).send(at(item, "submit"), done="已改")
    site.later(minutes=5)
    returned(site, item, "照片不清楚")
    page = before.send(at(item, "submit"), done="我写的")
    told = news(page)
    assert page.status == 409
    assert told.startswith("退回，请看原因 督导办公室 · 3月3日(周二) 10:15 提交验收 测试school")
    assert "测试reviewer" not in page.text
    assert page.form(at(item, "submit")).fields["done"] == ["我写的"]


def test_what_somebody_else_did_with_it_before_or_after_is_not_news(site: Site) -> None:
    item = a_tip_to_rectify(site)
    before = open_item(site, item, "academy")
    old = open_item(site, item, "inspector").html
    page = open_item(site, item, "academy").send(at(item, "sign_for"))
    site.later(minutes=5)
    page.send(at(item, "evidence"), evidence=[a_file()])
    page = before.send(at(item, "sign_for"))
    assert page.status == 409
    assert news(page).startswith("上传材料 测试academy · 3月3日(周二) 10:20 签收 测试academy")
    assert "作出核查结论" not in page.text
    assert leaked(site, said(page)) == []
    mark = site.ask(lambda s: holding.mark(s, s.get_one(Item, item)))
    assert mark not in old
    inspector = site.as_("inspector").post(
        at(item, "find"), seen="x", result="partly", basis="再写"
    )
    assert (inspector.status, news(inspector)) == (409, "")


def test_a_form_from_before_the_finding_tells_the_finder_nothing_of_what_follows(
    site: Site,
) -> None:
    item = dispatched(site, "tip", "section", inspector=True, unit=site.office.units["academy"])
    signed(site, item, "inspector")
    before = open_item(site, item, "inspector")
    site.later(minutes=5)
    open_item(site, item, "inspector").send(
        at(item, "find"),
        result="substantiated",
        basis="晚上有课",
        rectifying_unit="测试academy",
        rectify_text="请停止晚间课程。",
    )
    site.later(minutes=5)
    open_item(site, item, "academy").send(at(item, "sign_for"))
    page = before.send(at(item, "find"), result="unverifiable", basis="第二份")
    assert page.status == 409
    assert news(page).startswith("作出核查结论 测试inspector · 3月3日(周二) 10:05")
    assert "测试academy" not in news(page)
    assert "第二份" in page.text


def test_what_another_unit_did_with_it_in_between_is_not_news(site: Site) -> None:
    item = dispatched(site)
    before = open_item(site, item)
    number = site.ask(lambda s: _number(s, item))
    before.send(at(item, "object"), reason="归学院管")
    site.later(minutes=5)
    on_item(site, "supervisor", number, "dispatch_anew", unit="测试academy", text="请核查")
    site.later(minutes=5)
    open_item(site, item, "academy").send(at(item, "object"), reason="归学校管")
    site.later(minutes=5)
    on_item(site, "leader", number, "designate", unit="测试school", text="请核查")
    page = before.send(at(item, "object"), reason="仍归学院管")
    assert page.status == 409
    assert news(page).startswith("指定承办 督导办公室 · 3月3日(周二) 10:35")
    assert "退单 测试" not in news(page)
    assert "测试academy" not in page.text


@pytest.mark.parametrize(("who", "told"), [("", True), ("handler", False)])
def test_what_the_office_asked_for_in_vain_is_no_news(site: Site, who: str, told: bool) -> None:
    number = item_extended(site, who)
    item = item_of(site, number).id
    before = open_item(site, item)
    on_item(site, "supervisor", number, "refuse", reason="时间够用")
    site.later(minutes=5)
    open_item(site, item).send(at(item, "evidence"), evidence=a_file())
    page = before.send(at(item, "find"), result="partly", basis="我写的依据")
    assert (page.status, "不予延期 督导办公室" in news(page)) == (409, told)
    assert "上传材料 测试school" in news(page)


def test_every_move_that_outdates_a_form_has_words_that_say_no_more_than_the_page(
    site: Site,
) -> None:
    with site.app.test_request_context():
        words = {verb: what(verb) for verb in holding.NOTICED}
    assert [(verb, one) for verb, one in words.items() if not one or leaks(one)] == []
    assert words["statutory"] == words["consent_withdrawal"]
    assert set(IN_OTHER_WORDS) <= set(words)


def leaks(words: str) -> bool:
    return any(one in words for one in (*WORDS, "并入", "挂账", "撤项", "法定"))


def test_a_document_that_a_colleague_answered_says_so_beside_what_was_written(site: Site) -> None:
    neglected(site, days=3)
    settle(site, "supervisor", "issue")
    with_clerk(site)
    path = f"/unit/orders/{order(site).id}"
    before = site.as_("school").get(path)
    site.as_("clerk").get(path).send(f"{path}/answer", text="同事写的")
    site.later(minutes=5)
    settle(site, "supervisor", "return", reason="没有说明原因")
    page = before.send(f"{path}/answer", text="我写的")
    told = news(page)
    assert page.status == 409
    assert told.index("退回文书答复 督导办公室") < told.index("文书答复 干事")
    assert page.form(f"{path}/answer").fields["text"] == ["我写的"]
    page = page.send(f"{path}/answer")
    assert (page.status, news(page)) == (200, "")
    late = before.send(f"{path}/sign_for", text="又写")
    assert (late.status, "又写" in late.text, news(late).count("文书答复")) == (409, True, 3)


def test_a_document_that_was_lifted_says_when(site: Site) -> None:
    neglected(site, days=3)
    settle(site, "supervisor", "issue")
    at_unit(site, "sign_for")
    path = f"/unit/orders/{order(site).id}"
    before = site.as_("school").get(path)
    settle(site, "supervisor", "lift", reason="已经办妥")
    page = before.send(f"{path}/answer", text="我写的")
    assert (page.status, "我写的" in page.text) == (409, True)
    assert news(page).startswith("解除文书 督导办公室")
    assert "文书签收" not in news(page)


@pytest.mark.parametrize("how", ["answer", "release"])
def test_what_ended_an_assistance_is_told_beside_an_answer_that_was_late(
    site: Site, how: str
) -> None:
    item = dispatched(site)
    signed(site, item)
    number, there = asked(site, item)
    before = site.as_("academy").get(there)
    if how == "answer":
        site.as_("academy").get(there).send(f"{there}/answer", answer="同事写的")
    else:
        on_item(site, "handler", number, "release_assistance", reason="不用了")
    page = before.send(f"{there}/answer", answer="我写的")
    who = "协办单位答复 测试academy" if how == "answer" else "解除协办 督导办公室"
    assert (page.status, "我写的" in page.text) == (409, True)
    assert news(page).startswith(who)
    assert news(site.as_("academy").get(there)) == ""
