"""Splitting a case as people press it (分案), and what units and reporters read of it: nothing."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.escalation.sweep import sweep
from caseflow.ledger import mergers
from caseflow.ledger.moves import (
    assisting,
    check,
    items,
    merging,
    objecting,
    splitting,
    visiting,
    withdrawing,
    work,
)
from caseflow.ledger.moves.items import Dispatch
from caseflow.ledger.moves.visiting import Seen
from caseflow.ledger.moves.work import Result
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case
from tests import office as offices
from tests.web.public_door import Receipt, letter, reported, the_case
from tests.web.site import Page, Site
from tests.web.test_merging import accepted, page_of
from tests.web.test_unit import at, open_item
from tests.web.walking import case_of, item_of, on_case, state


def two_in_one(site: Site, *units: str) -> tuple[str, str]:
    """Return the number of a case with two reports and an item at each unit, and of the second
    report.
    """
    first, second = accepted(site), accepted(site)
    me, n = site.office["handler"], case_of(site, second).id
    case_id = case_of(site, first).id
    report = site.ask(lambda s: s.scalar(select(Report.number).where(Report.case_id == n)))
    site.do(lambda s: merging.merge(s, me, n, first, "同一件事", site.now))
    for unit in units:
        [item] = site.do(lambda s: items.split(s, me, case_id, ["食堂卫生"], site.now))
        given = Dispatch(site.office.units[unit], "请核查食堂卫生情况")
        item_id = item.id
        site.do(lambda s, n=item_id, to=given: items.dispatch(s, me, n, to, site.now))
    return first, report


def newest(site: Site) -> str:
    query = select(Case.number).order_by(Case.id.desc()).limit(1)
    return site.ask(lambda session: session.scalars(query).one())


def merged_into(site: Site, number: str) -> list[str]:
    case = case_of(site, number)
    return site.ask(lambda s: [one.number for one in mergers.cases_of(s, case)[1]])


def split(site: Site, number: str, **typed: object) -> Page:
    return on_case(site, "handler", number, "split_off", reason="两件事", **typed)


def test_a_part_is_split_off_and_each_page_leads_to_the_other(site: Site) -> None:
    first, report = two_in_one(site, "school", "academy")
    before = page_of(site, first)
    offered = before.html.partition('id="split_off"')[2].partition("</form>")[0]
    for word in (report, "办结期限：", "答复期限：", "2. 食堂卫生", "待签收；签收期限："):
        assert word in offered
    page = split(site, first, reports=[report], items=["2"])
    part = newest(site)
    assert f"已分案：新办件 {part}。" in page.text
    assert f"/console/cases/{part}" in page.links
    for word in (f"分出一个办件：{part}", f"来件：{report} 问题项：2 两件事"):
        assert word in page.text
    assert "原问题项 2：交办" in page.text
    other, [lent] = page_of(site, part), merged_into(site, first)
    assert f"/console/cases/{first}" in other.links
    told = f"已并入 {first}；来件后来分案，由 {part} 办理、答复。"
    assert told in page_of(site, lent).text
    for word in (f"由另一办件分出：{first}", f"来件：{report} 问题项：1 两件事"):
        assert word in other.text
    assert (state(site, first), state(site, part)) == ("handling", "handling")
    assert other.form(f"/console/cases/{part}/note")


def test_what_is_wrong_stands_beside_it_with_what_was_chosen(site: Site) -> None:
    first, report = two_in_one(site, "school")
    path = f"/console/cases/{first}/split_off"
    page = split(site, first, items=["1"])
    assert page.status == 422
    assert "请选择要分出的来件" in page.text
    assert "已交办的问题项不能全部分出" in page.text
    assert page.form(path).fields["items"] == ["1"]
    assert page.form(path).fields["reason"] == ["两件事"]
    page = page.send(path, reports=[report], items=[], reason="")
    assert page.status == 422
    assert page.form(path).fields["reports"] == [report]
    page.send(path, reason="两件事")
    assert state(site, newest(site)) == "accepted"


def test_a_letter_of_two_matters_is_opened_by_one_code_under_two_numbers(site: Site) -> None:
    got = reported(site)
    number = the_case(site, got.number).number
    on_case(site, "handler", number, "accept")
    page = split(site, number)
    assert page.status == 422
    assert "请填写" in page.text
    page = page.send(f"/console/cases/{number}/split_off", matter="校车超载", reason="两件事")
    part = newest(site)
    assert f"已分案：新办件 {part}。" in page.text
    query = select(Report.number).where(Report.split_from.is_not(None))
    other = site.ask(lambda s: s.scalars(query).one())
    assert f"来件 {got.number} 讲了两件事，另立编号 {other}" in page.text
    assert "校车超载" in page_of(site, part).text
    for mine, its in ((got.number, other), (other, got.number)):
        told = letter(site, Receipt(mine, got.code)).text
        assert f"另一件的编号是 {its}，用同一个查询码查询" in told
        assert "我们收到了" in told
        assert "校车超载" not in told
    assert its not in letter(site, Receipt(mine, "1" * 16)).text


def test_it_is_offered_only_where_it_can_be_done(site: Site) -> None:
    alone = accepted(site)
    assert page_of(site, alone).offers(f"/console/cases/{alone}/split_off")
    first, report = two_in_one(site)
    path = f"/console/cases/{first}/split_off"
    for who in ("operator", "reviewer", "leader", "auditor"):
        assert not page_of(site, first, who).offers(path)
    page = page_of(site, first)
    on_case(site, "supervisor", first, "decline", code="other", reason="不属于本办职责")
    assert not page_of(site, first).offers(path)
    assert page.send(path, reports=[report], reason="两件事").status == 409
    assert site.as_("auditor").post(path, reports=report, reason="两件事").status == 403


def worked_on(site: Site, item_id: int) -> None:
    """Let all happen to an item that leaves something on its card: objected to, assisted, visited,
    found, returned, late, asked to be withdrawn.
    """
    office, now = site.office, site.now
    school, me, boss = office["school"], office["handler"], office["supervisor"]
    people = [office["inspector"].person, office["reviewer"].person]
    found = Result("unsubstantiated", "没有查到")

    def work_on(session: Session) -> None:
        objecting.object_to(session, school, item_id, "不归我校管", now)
        objecting.reject_objection(session, boss, item_id, "归你校管", now)
        work.sign_for(session, school, item_id, now)
        assisting.ask_assistance(session, me, item_id, office.units["branch"], "请供明细", now)
        visiting.visit(session, me, item_id, Seen(now, "后厨", "台面不洁", people), now)
        for n in (1, 2):
            at, later = now + timedelta(hours=n), now + timedelta(hours=n, minutes=1)
            work.hand_in(session, school, item_id, offices.blob(session, at), "现场", at)
            work.find(session, school, item_id, found, later)
            check.return_item(session, office["reviewer"], item_id, "再查一次", later)
        withdrawing.withdraw(session, me, item_id, "重复", later)

    site.do(work_on)
    site.later(days=20)
    while site.do(lambda session: sweep(session, site.now)):
        pass


def test_what_happened_to_an_item_is_read_on_both_pages(site: Site) -> None:
    first, report = two_in_one(site, "academy", "school")
    item_id = item_of(site, first, 2).id
    worked_on(site, item_id)
    split(site, first, reports=[report], items=["2"])
    told = ("退单", "不归我校管", "台面不洁", "请供明细", "没有查到", "退回", "重复")
    old, new = page_of(site, first), page_of(site, newest(site))
    for word in told:
        assert word in old.text
    card = new.html.partition('id="item-1"')[2].partition("</article>")[0]
    for word in ("不归我校管", "测试inspector、测试reviewer", "2 次", "测试branch", "申请撤项"):
        assert word in card
    orders = [link for link in new.links if link.startswith("/console/orders/")]
    assert orders
    assert set(orders) < set(old.links)
    page = site.as_("supervisor").get(orders[0])
    assert page.status == 200


def test_a_unit_reads_what_it_read_before(site: Site) -> None:
    first, report = two_in_one(site, "school", "academy")
    item_id = item_of(site, first).id
    before = open_item(site, item_id)
    split(site, first, reports=[report], items=["1"])
    after = open_item(site, item_id)
    assert after.text == before.text
    for word in ("分案", "分出", first, newest(site), report):
        assert word not in after.html
    assert after.send(at(item_id, "sign_for")).status == 200
    assert before.send(at(item_id, "sign_for")).status == 409  # it was signed for since


def test_a_reporter_reads_nothing_of_it(site: Site) -> None:
    one, two = reported(site), reported(site)
    first, second = the_case(site, one.number).number, the_case(site, two.number).number
    for number in (first, second):
        on_case(site, "handler", number, "accept")
    on_case(site, "handler", second, "merge", other=first, reason="同一件事")
    before = [letter(site, got).text for got in (one, two)]
    me, case_id = site.office["handler"], case_of(site, first).id
    site.later(hours=1)
    site.do(lambda s: splitting.split_off(s, me, case_id, [two.number], "两件事", site.now))
    site.later(hours=1)
    assert [letter(site, got).text for got in (one, two)] == before
    on_case(site, "supervisor", newest(site), "decline", code="other", reason="乙的理由")
    assert "乙的理由" in letter(site, two).text
    assert letter(site, one).text == before[0]
