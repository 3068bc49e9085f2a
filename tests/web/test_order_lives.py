"""An order over HTTP after it was issued: signed for, answered, returned, accepted, lifted."""

from sqlalchemy import select

from caseflow.deadlines.tables import Clock
from caseflow.escalation import sweep
from tests.web.site import Page, Site
from tests.web.test_console_orders import neglected, order, settle
from tests.web.walking import item_of


def clocks(site: Site) -> dict[str, str]:
    """Return the clocks of the order by name, each with how the last of that name stands."""
    query = select(Clock.name, Clock.state).where(Clock.order_id == order(site).id)
    return dict(site.ask(lambda s: s.execute(query.order_by(Clock.id)).all()))


def at_unit(site: Site, how: str, **typed: str) -> Page:
    path = f"/unit/orders/{order(site).id}"
    return site.as_("school").get(path).send(f"{path}/{how}", **typed)


def test_an_order_lives_from_its_signature_to_its_lifting(site: Site) -> None:
    number = neglected(site, days=3)
    settle(site, "supervisor", "issue")
    assert clocks(site) == {"draft": "met", "sign_for": "running", "answer": "running"}
    assert "待签收" in site.as_("school").get("/unit/").text
    assert "已签收" in at_unit(site, "sign_for").text
    assert clocks(site)["sign_for"] == "met"
    at_unit(site, "answer", text="已经在办。")
    assert (clocks(site)["answer"], clocks(site)["check"]) == ("met", "running")
    settle(site, "supervisor", "return", reason="没有说明逾期原因")
    assert order(site).state == "signed_for"
    assert (clocks(site)["answer"], clocks(site)["check"]) == ("running", "met")
    unit = site.as_("school").get(f"/unit/orders/{order(site).id}")
    assert "没有说明逾期原因" in unit.text
    at_unit(site, "answer", text="因校长外出，已经改正。")
    page = settle(site, "supervisor", "accept")
    assert "答复已认可" in page.text
    assert not page.offers(f"/console/orders/{order(site).id}/accept")
    assert settle(site, "supervisor", "lift", reason=" ").status == 422
    settle(site, "supervisor", "lift", reason="已经办妥")
    assert order(site).state == "lifted"
    assert set(clocks(site).values()) == {"met"}
    assert "已经办妥" in site.as_("school").get(f"/unit/orders/{order(site).id}").text
    told = site.as_("handler").get(f"/console/cases/{number}").text
    for said in ("文书签收", "文书答复", "退回文书答复", "认可文书答复", "解除文书"):
        assert said in told


def test_a_form_that_is_too_late_is_refused_and_keeps_what_was_typed(site: Site) -> None:
    neglected(site, days=3)
    settle(site, "supervisor", "issue")
    path = f"/unit/orders/{order(site).id}"
    before = site.as_("school").get(path)
    settle(site, "supervisor", "lift", reason="已经办妥")
    late = before.send(f"{path}/answer", text="已经在办。")
    assert (late.status, "已经在办。" in late.text) == (409, True)
    assert before.send(f"{path}/sign_for").status == 409
    assert order(site).state == "lifted"


def test_what_the_city_issued_the_district_neither_lifts_nor_strikes_off(site: Site) -> None:
    number = neglected(site, days=3)
    settle(site, "city", "issue")
    path = f"/console/orders/{order(site).id}"
    page = site.as_("supervisor").get(path)
    assert not page.offers(f"{path}/lift")
    assert site.as_("supervisor").post(f"{path}/lift", reason="已经办妥").status == 403
    assert item_of(site, number).reserved_for == "city"
    settle(site, "city", "lift", reason="已经办妥")
    assert item_of(site, number).reserved_for is None


def test_an_edit_changes_something_or_is_refused(site: Site) -> None:
    number = neglected(site, days=3)
    settle(site, "handler", "edit", text="请三日内报告。")
    assert (order(site).text, order(site).state) == ("请三日内报告。", "draft")
    assert settle(site, "handler", "edit", text="请三日内报告。").status == 422
    assert "修改文书正文" in site.as_("handler").get(f"/console/cases/{number}").text


def test_a_list_shows_a_document_once_whatever_is_promised_of_it(site: Site) -> None:
    number = neglected(site, days=3)
    settle(site, "supervisor", "issue")
    page = site.as_("supervisor").get("/console/orders?state=issued")
    assert page.text.count(f"办件 {number} 第 1 项") == 1


def test_a_promise_that_drafts_nothing_shows_the_last_that_it_did(site: Site) -> None:
    number = neglected(site, days=3)
    settle(site, "supervisor", "issue")
    for _ in range(12):
        site.later(days=1)
        sweep.run(site.database, site.now)
    told = site.as_("handler").get(f"/console/cases/{number}").text
    assert "文书还没有签收，按签收期限督办，这一级未另拟文书" in told
    assert f"督办升级：签收期限（{order(site).number}）" in told
    at_unit(site, "sign_for")
    page = site.as_("supervisor").get(f"/console/orders/{order(site).id}")
    assert "督办答复" in page.text
    assert "催办" in page.text.partition("督办答复")[2]


def test_a_page_says_who_settled_a_document_and_when(site: Site) -> None:
    neglected(site, days=3)
    page = settle(site, "leader", "cancel", reason="已办")
    assert "拟稿 3月6日(周五) 10:00 撤销 测试leader 3月6日(周五) 10:00" in page.text
