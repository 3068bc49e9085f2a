"""Law 9 and law 11 at the unit's door: what its pages never say, and what does not exist for it."""

import re
from typing import Any

import pytest
from sqlalchemy import func, select

from caseflow.escalation import orders, sweep
from caseflow.escalation.tables import Order
from caseflow.ledger.extensions import Bar
from caseflow.ledger.moves import asking, items, triage, work
from caseflow.ledger.moves.work import Result
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case, Item
from caseflow.web.unit.items import NO_MORE_TIME
from tests import office as offices
from tests.web.site import Page, Site, a_file
from tests.web.test_unit import at, dispatched, open_item, returned, signed

# What only somebody who knows of a report would say.
WORDS = (
    *("举报", "投诉", "求助", "信访", "来件", "来电", "反映", "网页", "电子邮件", "办件"),
    *("tip", "complaint", "webform", "mailbox", "telephone", "report", "case_file"),
)


def everything(site: Site, name: str, item_id: int) -> str:
    """Return what a unit's browser receives about an item: list and page, headers and all."""
    pages = [site.as_(name).get("/unit/"), open_item(site, item_id, name)]
    assert [page.status for page in pages] == [200, 200]
    return "\n".join(said(page) for page in pages)


def said(page: Page) -> str:
    frame = [line for line in page.html.splitlines() if "format-detection" not in line]
    return "\n".join([*frame, str(page.response.headers)])


def secrets_of(site: Site) -> list[str]:
    """Return the values in the ledger that no unit may learn."""
    found = []
    for case in site.ask(lambda s: s.scalars(select(Case)).all()):
        found += [case.number, case.matter]
    for report in site.ask(lambda s: s.scalars(select(Report)).all()):
        found += [report.number, report.text, report.channel_key]
    return found


def leaked(site: Site, html: str) -> list[str]:
    words = [word for word in WORDS if re.search(rf"(?<![a-z]){word}(?![a-z])", html)]
    return words + [value for value in secrets_of(site) if value in html]


def a_tip_to_rectify(site: Site) -> int:
    """A tip on the academy, verified by an inspector after a return, now to be put right."""
    item_id = dispatched(site, "tip", "section", inspector=True, unit=site.office.units["academy"])
    page = signed(site, item_id, "inspector")
    page = page.send(
        at(item_id, "evidence"), evidence=[a_file("举报人提供.png")], note="举报人给的"
    )
    page.send(at(item_id, "find"), result="unverifiable", basis="举报人说的教室锁着")
    site.later(minutes=5)
    returned(site, item_id, "举报人说晚上开门，请晚上再去")
    site.later(minutes=5)
    open_item(site, item_id, "inspector").send(
        at(item_id, "find"),
        result="substantiated",
        basis="举报属实，晚上有课",
        rectifying_unit="测试academy",
        rectify_text="经核查，存在晚间超时培训，请立即停止。",
    )
    site.later(minutes=5)
    return item_id


def test_the_unit_that_a_tip_is_about_learns_nothing_of_it(site: Site) -> None:
    item_id = a_tip_to_rectify(site)
    html = everything(site, "academy", item_id)
    assert "请立即停止" in html
    assert leaked(site, html) == []


def test_the_pages_of_a_tip_and_of_a_complaint_differ_in_nothing_but_their_own_words(
    site: Site,
) -> None:
    tip = a_tip_to_rectify(site)
    other = _complaint_to_rectify(site)
    pages = [_anonymous(open_item(site, item_id, "academy"), item_id) for item_id in (tip, other)]
    assert pages[0] == pages[1]


def _complaint_to_rectify(site: Site) -> int:
    """The same as the tip, for a complaint that a section verified and a handler concluded."""
    item_id = dispatched(site, "complaint", "section")
    handler = site.office["handler"]

    def find(session: Any) -> None:
        work.sign_for(session, handler, item_id, site.now)
        text = "经核查，存在晚间超时培训，请立即停止。"
        result = Result("substantiated", "属实", site.office.units["academy"], text)
        work.find(session, handler, item_id, result, site.now)

    site.do(find)
    return item_id


def _anonymous(page: Page, item_id: int) -> str:
    """Return a page's words without its own number."""
    return page.text.replace(f"{item_id:06d}", "")


@pytest.mark.parametrize("kind", ["complaint", "tip"])
def test_a_unit_that_verifies_sees_the_dispatch_text_and_no_more(site: Site, kind: str) -> None:
    item_id = dispatched(site, kind, "school", unit=site.office.units["academy"], reach="phone")
    html = everything(site, "school", item_id)
    assert "请核查食堂卫生情况" in html
    signed(site, item_id)
    assert leaked(site, html + said(open_item(site, item_id))) == []


@pytest.mark.parametrize("kind", ["complaint", "tip"])
def test_a_unit_whose_promises_stand_still_learns_not_for_whom(site: Site, kind: str) -> None:
    item_id = dispatched(site, kind, "school", unit=site.office.units["academy"], reach="phone")
    signed(site, item_id)
    case_id = site.ask(lambda s: s.get_one(Item, item_id).case_id)

    def ask(session: Any) -> None:
        report = offices.first_report(session, session.get_one(Case, case_id))
        asking.ask(session, site.office["handler"], case_id, report.id, "哪一天？", site.now)

    site.do(ask)
    html = everything(site, "school", item_id)
    assert "时限已暂停，恢复后再申请延期。" in html
    assert leaked(site, html) == []


def test_every_reason_against_more_time_has_words_for_a_unit() -> None:
    assert set(NO_MORE_TIME) == set(Bar)
    assert [word for word in WORDS for told in NO_MORE_TIME.values() if word in told] == []


def test_a_unit_never_concludes_on_a_tip(site: Site) -> None:
    item_id = dispatched(site, "tip", "school", unit=site.office.units["academy"])
    page = signed(site, item_id)
    assert not page.offers(at(item_id, "find"))
    assert "结论由督导办公室作出" in page.text
    seen = page.form(at(item_id, "evidence")).fields["seen"]
    answer = page.visit.post(at(item_id, "find"), seen=seen, result="partly", basis="我们看过")
    assert answer.status == 409
    assert leaked(site, said(answer)) == []


def test_another_item_of_the_same_case_stays_unknown(site: Site) -> None:
    item_id = dispatched(site)
    case_id = site.ask(lambda s: s.get_one(Item, item_id).case_id)

    def second(session: Any) -> None:
        handler, units = site.office["handler"], site.office.units
        [item] = items.split(session, handler, case_id, ["另一件事"], site.now)
        order = items.Dispatch(units["academy"], "请核查另一件事")
        items.dispatch(session, handler, item.id, order, site.now)

    before = open_item(site, item_id).text
    site.do(second)
    assert open_item(site, item_id).text == before
    assert "另一件事" not in site.as_("school").get("/unit/").text


def test_the_first_holder_does_not_learn_what_the_second_one_does(site: Site) -> None:
    item_id = a_tip_to_rectify(site)
    page = open_item(site, item_id, "academy").send(at(item_id, "sign_for"))
    page = page.send(at(item_id, "evidence"), evidence=[a_file()])
    page.send(at(item_id, "submit"), done="已停止晚间课程")
    site.later(minutes=5)
    returned(site, item_id, "请补充退费凭证")
    assert "请补充退费凭证" in open_item(site, item_id, "academy").text
    inspector = open_item(site, item_id, "inspector").text
    assert "已停止晚间课程" not in inspector
    assert "请补充退费凭证" not in inspector


# What is not theirs does not exist


@pytest.mark.parametrize("name", ["academy", "branch", "inspector"])
def test_somebody_elses_item_looks_like_one_that_does_not_exist(site: Site, name: str) -> None:
    item_id = dispatched(site)
    theirs, nothing = (site.as_(name).get(at(number)) for number in (item_id, 999_999))
    assert (theirs.status, nothing.status) == (404, 404)
    assert theirs.html == nothing.html


@pytest.mark.parametrize("move", ["sign_for", "evidence", "find", "submit"])
def test_a_move_on_somebody_elses_item_looks_the_same_too(site: Site, move: str) -> None:
    item_id = dispatched(site)
    visit = site.as_("academy")
    theirs, nothing = (visit.post(at(number, move), seen="x") for number in (item_id, 999_999))
    assert (theirs.status, nothing.status) == (404, 404)
    assert theirs.html == nothing.html


def test_an_item_that_was_not_dispatched_yet_does_not_exist(site: Site) -> None:
    def draft(session: Any) -> int:
        case, _ = offices.report(session, site.now)
        triage.accept(session, site.office["handler"], case.id, site.now)
        [item] = items.split(session, site.office["handler"], case.id, ["食堂"], site.now)
        item.verifying_unit_id = site.office.units["school"]
        return item.id

    assert open_item(site, site.do(draft)).status == 404


@pytest.mark.parametrize("name", ["operator", "handler", "reviewer", "auditor", "administrator"])
def test_the_office_has_pages_of_its_own(site: Site, name: str) -> None:
    assert site.as_(name).get("/unit/").status == 403


# Orders


def an_order(site: Site, item_id: int, unit: str = "school", state: str = "issued") -> int:
    def work(session: Any) -> int:
        item = session.get_one(Item, item_id)
        case = session.get_one(Case, item.case_id)
        order = Order(
            kind="supervision_order",
            state=state,
            case_id=case.id,
            item_id=item_id,
            unit_id=site.office.units[unit],
            rung_id=site.office.units[unit] * 10 + len(state),
            area_code=case.area_code,
            number=f"教督办〔2026〕430503-{unit}{state}号",
            text="你单位承办的事项已逾期，请立即办理。",
            drafted_at=site.now,
            issued_at=site.now,
        )
        session.add(order)
        session.flush()
        return order.id

    return site.do(work)


def test_an_issued_order_is_read_and_answered(site: Site) -> None:
    order_id = an_order(site, dispatched(site))
    listed = site.as_("school").get("/unit/")
    assert "教督办〔2026〕" in listed.text
    page = site.as_("school").get(f"/unit/orders/{order_id}")
    assert "请立即办理" in page.text
    assert leaked(site, said(page) + said(listed)) == []
    assert page.send(f"/unit/orders/{order_id}/answer", text=" ").status == 422
    page = page.send(f"/unit/orders/{order_id}/answer", text="人手不足，本周办结")
    assert "人手不足，本周办结" in page.text
    again = page.visit.post(f"/unit/orders/{order_id}/answer", text="又写一次")
    assert (again.status, "又写一次" in again.text) == (409, True)


def test_drafts_and_orders_to_others_do_not_exist(site: Site) -> None:
    item_id = dispatched(site)
    draft = an_order(site, item_id, state="draft")
    theirs = an_order(site, item_id, unit="academy")
    nothing = site.as_("school").get("/unit/orders/999999")
    for order_id in (draft, theirs):
        page = site.as_("school").get(f"/unit/orders/{order_id}")
        assert (page.status, page.html) == (404, nothing.html)
        post = page.visit.post(f"/unit/orders/{order_id}/answer", text="好")
        assert post.status == 404
    assert "督办单" not in site.as_("school").get("/unit/").text


# What nobody issued was not announced either
DOCUMENTS = ("督办单", "工作通报", "提醒约谈", "挂牌督办", "问责", "督办升级", "拟稿")


def climb(site: Site, days: int) -> None:
    """Let days pass, swept once each."""
    for _ in range(days):
        site.later(days=1)
        sweep.run(site.database, site.now)


def announced(site: Site, item_id: int) -> list[str]:
    html = everything(site, "school", item_id)
    assert "超期" in html
    return [word for word in DOCUMENTS if word in html]


@pytest.mark.parametrize("days", [3, 9, 16, 23, 31, 44])
def test_a_unit_reads_of_no_document_that_is_a_draft(site: Site, days: int) -> None:
    item_id = dispatched(site)
    climb(site, days)
    assert announced(site, item_id) == []


def test_no_word_comes_or_goes_with_a_draft(site: Site) -> None:
    """Else whoever watches the page knows to the day that a document is being written."""
    item_id, drafts, shown = dispatched(site), [], []
    for _ in range(5):
        climb(site, 1)
        drafts.append(site.ask(lambda s: s.scalar(select(func.count()).select_from(Order))))
        shown.append("催办" in everything(site, "school", item_id))
    first = drafts.index(1)
    assert shown[first - 1 :] == [True] * len(shown[first - 1 :])


def test_a_unit_reads_of_the_highest_document_that_was_issued_to_it(site: Site) -> None:
    item_id = dispatched(site)

    def issue(kind: str, who: str) -> None:
        def work(session: Any) -> None:
            draft = session.scalars(select(Order).where(Order.kind == kind)).first()
            orders.issue(session, site.office[who], draft.id, draft.text, site.now)

        site.do(work)

    climb(site, 3)
    issue("supervision_order", "supervisor")
    climb(site, 6)
    assert announced(site, item_id) == ["督办单"], "the circular is a draft"
    assert "督办单" in open_item(site, item_id).text
    issue("circular", "supervisor")
    assert "工作通报" in open_item(site, item_id).text
    climb(site, 35)
    issue("accountability", "city")
    assert "问责" not in everything(site, "school", item_id)
