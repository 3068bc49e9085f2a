"""Orders over HTTP: drafted by silence, corrected, issued or cancelled by whom it behoves."""

import pytest
from sqlalchemy import select

from caseflow.escalation import sweep
from caseflow.escalation.tables import Order
from tests.web.site import Page, Site
from tests.web.walking import dispatched


def neglected(site: Site, days: int = 8) -> str:
    """Leave a dispatched item alone for some days and let the ladder climb."""
    number = dispatched(site, "school")
    site.later(days=days)
    sweep.run(site.database, site.now)
    return number


def order(site: Site, kind: str = "supervision_order") -> Order:
    query = select(Order).where(Order.kind == kind).order_by(Order.id).limit(1)
    return site.ask(lambda session: session.scalars(query).one())


def settle(site: Site, who: str, how: str, **typed: str) -> Page:
    path = f"/console/orders/{order(site).id}"
    return site.as_(who).get(path).send(f"{path}/{how}", **typed)


def test_a_draft_is_corrected_and_issued_under_a_number(site: Site) -> None:
    number = neglected(site)
    page = site.as_("supervisor").get("/console/orders")
    assert number in page.text
    page = settle(site, "supervisor", "issue", text="请于三日内签收。")
    issued = order(site)
    assert (issued.state, issued.text) == ("issued", "请于三日内签收。")
    assert issued.number is not None
    assert issued.number in page.text
    assert issued.number in site.as_("handler").get(f"/console/cases/{number}").text


def test_the_page_says_whom_it_goes_to_and_by_when(site: Site) -> None:
    neglected(site)
    page = site.as_("supervisor").get(f"/console/orders/{order(site).id}")
    assert "将发给 测试school，答复期限：3月18日(周三) 24:00" in page.text
    page = settle(site, "supervisor", "issue")
    assert "督办答复 3月18日(周三) 24:00" in page.text or "3月18日(周三)" in page.text


def test_a_draft_is_cancelled_with_a_reason_and_the_rung_stays(site: Site) -> None:
    number = neglected(site)
    assert settle(site, "leader", "cancel", reason=" ").status == 422
    page = settle(site, "leader", "cancel", reason="学校停电")
    assert "学校停电" in page.text
    assert order(site).state == "cancelled"
    assert "督办单" in site.as_("handler").get(f"/console/cases/{number}").text


def test_an_order_is_settled_once(site: Site) -> None:
    neglected(site)
    path = f"/console/orders/{order(site).id}"
    before = site.as_("leader").get(path)
    settle(site, "supervisor", "cancel", reason="已经签收")
    late = before.send(f"{path}/issue", text="我改过的正文")
    assert late.status == 409
    assert "我改过的正文" in late.text
    assert order(site).state == "cancelled"


@pytest.mark.parametrize("name", ["handler", "reviewer", "auditor"])
def test_others_read_drafts_and_sign_none(site: Site, name: str) -> None:
    neglected(site)
    path = f"/console/orders/{order(site).id}"
    page = site.as_(name).get(path)
    assert page.status == 200
    assert not page.offers(f"{path}/issue")
    assert site.as_(name).post(f"{path}/issue", text="x").status == 403


def test_what_the_level_above_signs_is_not_the_districts(site: Site) -> None:
    neglected(site, days=40)
    listed = order(site, "listed")
    path = f"/console/orders/{listed.id}"
    page = site.as_("supervisor").get(path)
    assert not page.offers(f"{path}/issue")
    assert "由上一级签发" in page.text
    site.as_("city").get(path).send(f"{path}/issue")
    assert order(site, "listed").state == "issued"


def test_outside_the_scope_there_is_no_order(site: Site) -> None:
    neglected(site)
    path = f"/console/orders/{order(site).id}"
    assert site.as_("stranger").get(path).status == 404
    assert site.as_("stranger").post(f"{path}/issue", text="x").status == 404
    assert "没有待签发的文书" in site.as_("stranger").get("/console/orders").text


def test_an_operator_has_no_business_with_orders(site: Site) -> None:
    neglected(site)
    assert site.as_("operator").get("/console/orders").status == 403


def test_a_printed_order_is_a_document_with_fixed_days(site: Site) -> None:
    neglected(site)
    number = order(site).id
    assert "（草稿，未签发）" in site.as_("supervisor").get(f"/console/orders/{number}").html
    settle(site, "supervisor", "issue")
    paper = site.as_("school").get(f"/unit/orders/{number}").html.partition('class="document')[2]
    paper = paper.partition("</article>")[0]
    assert 'class="document-line document-to">测试school：</p>' in paper
    assert "时前书面答复。" in paper
    assert "截至2026年" in paper
    assert "至今" not in paper, "what is true today must be true when it is read"
