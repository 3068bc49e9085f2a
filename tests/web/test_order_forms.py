"""The forms of documents: from what they were made, and what becomes of words that were typed."""

import pytest

from tests.web.site import Page, Site
from tests.web.test_console_orders import neglected, order, settle
from tests.web.test_order_lives import at_unit
from tests.web.walking import on_case

LATER = "第二次答复：什么也没办"


def path_of(site: Site) -> str:
    return f"/console/orders/{order(site).id}"


def opened(site: Site, who: str) -> Page:
    return site.as_(who).get(path_of(site))


def issued(site: Site) -> str:
    number = neglected(site, days=3)
    settle(site, "supervisor", "issue")
    return number


@pytest.mark.parametrize("how", ["accept", "return"])
def test_nobody_judges_an_answer_that_they_never_read(site: Site, how: str) -> None:
    issued(site)
    at_unit(site, "answer", text="第一次答复")
    old = opened(site, "supervisor")
    settle(site, "leader", "return", reason="答复不清楚")
    at_unit(site, "answer", text=LATER)
    typed = {"reason": "没有写明原因"} if how == "return" else {}
    late = old.send(f"{path_of(site)}/{how}", **typed)
    assert late.status == 409
    assert "退回文书答复" in late.text, "what changed"
    assert late.offers(f"{path_of(site)}/return") == bool(typed), "what was filled in comes back"
    if typed:
        assert LATER in late.text, "beside what the unit says now"
        assert late.form(f"{path_of(site)}/return").fields["reason"] == ["没有写明原因"]
    assert order(site).state == "answered"
    settle(site, "supervisor", "accept")
    assert order(site).state == "accepted"


def test_nor_lifts_cancels_or_issues_it_from_an_old_page(site: Site) -> None:
    number = neglected(site, days=3)
    old = opened(site, "supervisor")
    on_case(site, "handler", number, "note", text="学校来电，说明天办")
    for how, typed in (("issue", {}), ("cancel", {"reason": "不需要"})):
        late = old.send(f"{path_of(site)}/{how}", **typed)
        assert (late.status, late.offers(f"{path_of(site)}/{how}")) == (409, how == "cancel")
    assert late.form(f"{path_of(site)}/cancel").fields["reason"] == ["不需要"]
    settle(site, "supervisor", "issue")
    old = opened(site, "supervisor")
    at_unit(site, "answer", text="已办")
    late = old.send(f"{path_of(site)}/lift", reason="没有答复")
    assert (late.status, late.form(f"{path_of(site)}/lift").fields["reason"]) == (409, ["没有答复"])
    assert order(site).state == "answered"


def test_a_unit_answers_once_it_has_read_why_its_answer_came_back(site: Site) -> None:
    issued(site)
    path = f"/unit/orders/{order(site).id}"
    old = site.as_("school").get(path)
    at_unit(site, "answer", text="已办")
    settle(site, "supervisor", "return", reason="没有说明逾期原因")
    late = old.send(f"{path}/answer", text="同事不知道，又答一次")
    assert late.status == 409
    for said in ("答复刚被退回", "没有说明逾期原因"):
        assert said in late.text
    assert late.form(f"{path}/answer").fields["text"] == ["同事不知道，又答一次"]
    late.send(f"{path}/answer")
    assert order(site).answer == "同事不知道，又答一次"


def test_signing_for_a_document_keeps_the_answer_that_was_begun(site: Site) -> None:
    issued(site)
    path = f"/unit/orders/{order(site).id}"
    page = site.as_("school").get(path).send(f"{path}/sign_for", text="写了二十分钟的答复")
    assert "已签收。答复还没有提交" in page.text
    assert page.form(f"{path}/answer").fields["text"] == ["写了二十分钟的答复"]
    assert (order(site).state, order(site).answer) == ("signed_for", "")
    page.send(f"{path}/answer")
    assert order(site).answer == "写了二十分钟的答复"


def test_a_text_that_was_changed_and_not_saved_is_not_signed_over(site: Site) -> None:
    neglected(site, days=3)
    before = order(site).text
    page = opened(site, "supervisor").send(f"{path_of(site)}/issue", text="改过：请三日内完成")
    assert page.status == 422
    assert "您改了正文，还没有保存" in page.text
    assert page.form(f"{path_of(site)}/edit").fields["text"] == ["改过：请三日内完成"]
    assert (order(site).state, order(site).text) == ("draft", before)
    page.send(f"{path_of(site)}/edit")
    assert order(site).text == "改过：请三日内完成"


def test_a_reason_to_return_an_answer_is_not_thrown_away_by_accepting_it(site: Site) -> None:
    issued(site)
    at_unit(site, "answer", text="已办")
    page = opened(site, "supervisor").send(f"{path_of(site)}/accept", reason="没有说明原因")
    assert (page.status, order(site).state) == (422, "answered")
    assert page.form(f"{path_of(site)}/return").fields["reason"] == ["没有说明原因"]


@pytest.mark.parametrize("how", ["edit", "issue"])
def test_of_two_who_change_a_draft_the_second_is_told(site: Site, how: str) -> None:
    neglected(site, days=3)
    first, second = opened(site, "handler"), opened(site, "supervisor")
    first.send(f"{path_of(site)}/edit", text="承办人改的。")
    late = second.send(f"{path_of(site)}/{how}", text="督办负责人改的。")
    assert late.status == 409
    assert "承办人改的。" in late.text
    assert late.form(f"{path_of(site)}/edit").fields["text"] == ["督办负责人改的。"]
    assert order(site).text == "承办人改的。"
    late.send(f"{path_of(site)}/edit")
    assert order(site).text == "督办负责人改的。"


def test_a_case_that_moved_does_not_keep_anybody_from_saving_a_text(site: Site) -> None:
    number = neglected(site, days=3)
    page = opened(site, "handler")
    on_case(site, "supervisor", number, "note", text="学校来电，说明天办")
    page.send(f"{path_of(site)}/edit", text="改了很久的正文。")
    assert order(site).text == "改了很久的正文。"
