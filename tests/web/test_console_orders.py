"""Orders over HTTP: drafted by silence, corrected, issued or cancelled by whom it behoves."""

from collections.abc import Sequence

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.deadlines import clocks
from caseflow.deadlines.tables import Clock
from caseflow.escalation import sweep
from caseflow.escalation.tables import Order
from tests.web.site import Page, Site
from tests.web.test_console_lists import statements
from tests.web.walking import dispatched, item_of


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
    path = f"/console/orders/{order(site).id}"
    page = settle(site, "supervisor", "edit", text="请于三日内签收。")
    assert not page.offers(f"{path}/issue"), "whoever changed the text does not sign it"
    assert "请由他人签发" in page.text
    assert site.as_("supervisor").post(f"{path}/issue", text="请于三日内签收。").status == 403
    assert site.as_("leader").post(f"{path}/issue", text="请立即签收。").status == 409
    page = settle(site, "leader", "issue")
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
    assert "内容 我改过的正文" in late.text
    assert "/console/policies" in late.links, "with the office's navigation"
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
    neglected(site, days=25)
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


# What the screens say of a rung whose document nobody issued


def chip(site: Site, number: str, who: str = "handler") -> str:
    """Return the rung beside the item's clock on the case page."""
    html = site.as_(who).get(f"/console/cases/{number}").html
    return html.partition('id="item-1"')[2].partition('clock-rung">')[2].partition("<")[0]


def in_the_office(site: Site, number: str) -> Sequence[str]:
    """Return the pages on which an office reads of a rung without having asked for its document."""
    paths = ("/console/", f"/console/cases/{number}", "/console/orders", "/console/desk")
    return [site.as_("supervisor").get(path).text for path in paths]


def test_a_documents_rung_is_a_draft_until_somebody_issued_it(site: Site) -> None:
    number = neglected(site, days=9)
    assert chip(site, number) == "工作通报（拟稿）"
    page = site.as_("handler").get("/console/")
    assert page.text.count("工作通报（拟稿）") == 2, "beside the clock, and as the last event"
    path = f"/console/orders/{order(site, 'circular').id}"
    site.as_("supervisor").get(path).send(f"{path}/issue")
    assert chip(site, number) == "工作通报"
    assert "工作通报（拟稿）" not in site.as_("handler").get(f"/console/cases/{number}").text


def test_a_cancelled_documents_rung_says_so_and_the_story_says_which(site: Site) -> None:
    number = neglected(site, days=3)
    settle(site, "leader", "cancel", reason="学校停电")
    assert chip(site, number) == "督办单（已撤销）"
    told = site.as_("handler").get(f"/console/cases/{number}").text
    assert "文书撤销：督办单（签收期限，第 3 级）" in told


def test_no_list_says_accountability_before_a_person_decided(site: Site) -> None:
    number = neglected(site, days=40)
    assert chip(site, number) == "第 7 级督办（拟稿）"
    for text in in_the_office(site, number):
        assert "问责" not in text
    path = f"/console/orders/{order(site, 'accountability').id}"
    page = site.as_("city").get(path)
    assert "<h1>第 7 级督办" in page.html, "as the list calls it that leads here"
    assert "签发后称“启动问责建议”" in page.text
    site.as_("city").get(path).send(f"{path}/issue")
    assert chip(site, number) == "启动问责建议"
    page = site.as_("city").get(path)
    assert "<h1>启动问责建议" in page.html
    assert "第 7 级督办" not in page.text
    assert "文书签发：启动问责建议" in site.as_("handler").get(f"/console/cases/{number}").text


def test_the_list_is_narrowed_to_the_last_rung_by_its_number(site: Site) -> None:
    high = neglected(site, days=40)
    low = neglected(site, days=3)
    page = site.as_("supervisor").get("/console/?rung=7")
    assert high in page.text
    assert low not in page.text
    assert "第 7 级督办 1" in page.text
    assert "问责" not in page.text


def test_a_cancelled_proposal_of_accountability_is_never_called_one(site: Site) -> None:
    number = neglected(site, days=40)
    path = f"/console/orders/{order(site, 'accountability').id}"
    site.as_("city").get(path).send(f"{path}/cancel", reason="已经签收")
    assert chip(site, number) == "第 7 级督办（已撤销）"
    texts = in_the_office(site, number)
    assert "文书撤销：第 7 级督办（签收期限）" in texts[1]
    assert not [text for text in texts if "问责" in text]


def test_a_proposal_of_accountability_goes_to_whoever_decides_and_to_no_unit(site: Site) -> None:
    number = neglected(site, days=3)
    settle(site, "supervisor", "issue")
    site.later(days=40)
    sweep.run(site.database, site.now)
    proposal = order(site, "accountability")
    lines = proposal.text.splitlines()
    assert lines[:2] == ["启动问责建议", "教育督导委员会："]
    item = item_of(site, number)
    assert f"测试school承办的事项{item.id:06d}，签收期限为2026年3月4日" in lines[2]
    assert "已逾期29个工作日" in lines[2]
    assert f"督办单（{order(site).number}，2026年3月6日）" in lines[3]
    assert item.matter not in proposal.text
    assert "你单位" not in proposal.text
    assert proposal.unit_id is None
    path = f"/console/orders/{proposal.id}"
    page = site.as_("city").get(path)
    assert "签发后报教育督导委员会，不发给单位" in page.text
    page = page.send(f"{path}/issue")
    assert order(site, "accountability").state == "issued"
    assert "单位答复期限" not in page.text
    assert page.offers(f"{path}/lift")
    assert "理由（单位会看到）" not in page.text
    assert "建议不再有效；单位看不到，也不通知单位" in page.text
    unit = site.as_("school").get("/unit/")
    assert "问责" not in unit.text
    assert f"/unit/orders/{proposal.id}" not in unit.html
    assert site.as_("school").get(f"/unit/orders/{proposal.id}").status == 404


def test_a_proposal_drafted_for_the_unit_by_an_earlier_version_does_not_go_to_it(
    site: Site,
) -> None:
    neglected(site, days=40)
    proposal, school = order(site, "accountability").id, site.office.units["school"]
    site.do(lambda session: setattr(session.get_one(Order, proposal), "unit_id", school))
    path = f"/console/orders/{proposal}"
    page = site.as_("city").get(path)
    assert "将发给" not in page.text
    page.send(f"{path}/issue")
    assert order(site, "accountability").state == "issued"
    assert site.as_("school").get(f"/unit/orders/{proposal}").status == 404


def test_a_clock_that_moved_keeps_what_was_issued_before(site: Site) -> None:
    number = neglected(site, days=3)
    settle(site, "supervisor", "issue")
    item_id = item_of(site, number).id

    def move(session: Session) -> int:
        query = select(Clock).where(Clock.item_id == item_id, Clock.name == "sign_for")
        old = session.scalars(query.order_by(Clock.id.desc())).first()
        assert old is not None
        return clocks.supersede(session, old, old.due, site.now).last_rung

    for _ in range(2):
        assert site.do(move) == 3
    assert chip(site, number) == "督办单"
    assert "督办单" in site.as_("school").get(f"/unit/items/{item_id}").text


@pytest.mark.parametrize(
    ("who", "path"),
    [("school", "/unit/"), ("supervisor", "/console/"), ("supervisor", "/console/orders")],
)
def test_what_became_of_documents_costs_a_list_the_same_for_one_and_for_many(
    site: Site, who: str, path: str
) -> None:
    visit, costs = site.as_(who), []
    for count in (1, 4):
        for _ in range(count):
            dispatched(site, "school")
        for _ in range(2):  # the documents' own clocks climb in the second week
            site.later(days=8)
            sweep.run(site.database, site.now)
        visit.get(path)
        with statements(site) as sent:
            visit.get(path)
        costs.append(len(sent))
    assert costs[0] == costs[1]


@pytest.mark.parametrize("brackets", ["〔{}〕", "[{}]", "（{}）", " {} "])
def test_a_case_is_found_by_the_number_of_its_document(site: Site, brackets: str) -> None:
    number = neglected(site)
    settle(site, "supervisor", "issue")
    printed = order(site).number or ""
    typed = printed.replace("〔2026〕", brackets.format(2026)).removesuffix("号")
    for words in (printed, typed):
        assert number in site.as_("handler").get(f"/console/?q={words}").text
    assert number not in site.as_("stranger").get(f"/console/?q={printed}").text
    none = site.as_("handler").get(f"/console/?q={printed.replace('-', '-9')}").text
    assert "单位名称" in none
