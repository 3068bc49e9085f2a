"""Asking for more time as people press it: the unit, the office, whoever decides, the reporter."""

from datetime import date

from caseflow.ledger.moves import extending, triage
from caseflow.ledger.tables import Case, Item
from tests.notices.watch import Watch
from tests.web.public_door import letter, move, reported, the_case
from tests.web.site import Site
from tests.web.test_unit import at, dispatched, open_item, signed
from tests.web.walking import case_of, on_case, on_item

WHY = "水样检测要十个工作日"


def number_of(site: Site, item_id: int) -> str:
    return site.ask(lambda s: s.get_one(Case, s.get_one(Item, item_id).case_id).number)


def extended(site: Site, item_id: int) -> str:
    """Give the case of an item time until 24 March, and return its number."""
    number = number_of(site, item_id)
    on_case(site, "handler", number, "extend_case", until="2026-03-24", grounds=WHY)
    on_case(site, "leader", number, "grant_case")
    return number


def test_the_handler_asks_and_the_leader_decides(site: Site) -> None:
    number = number_of(site, dispatched(site))
    page = on_case(site, "handler", number, "extend_case", until="2026-03-24", grounds=WHY)
    assert "延期申请已提交，等待审批。" in page.text
    assert not page.offers(f"/console/cases/{number}/grant_case")
    page = site.as_("leader").get(f"/console/cases/{number}")
    assert "有人申请办件延期：看理由，准予或不予。" in page.text
    assert f"测试handler 3月3日(周二) 申请延期到 3月24日(周二) 24:00：{WHY}" in page.text
    page = page.send(f"/console/cases/{number}/grant_case", remark="同意")
    assert "已准予延期，申请人会收到通知。" in page.text
    assert "办结期限 3月24日(周二) 24:00" in page.text
    assert "准予办件延期：3月24日(周二)" in page.text
    again = site.as_("supervisor").post(f"/console/cases/{number}/grant_case")
    assert again.status == 409


def test_a_refusal_says_why(site: Site) -> None:
    number = number_of(site, dispatched(site))
    on_case(site, "handler", number, "extend_case", until="2026-03-24", grounds=WHY)
    page = on_case(site, "supervisor", number, "refuse_case", reason=" ")
    assert page.status == 422
    page = page.send(f"/console/cases/{number}/refuse_case", reason="可先出阶段性结论")
    assert "可先出阶段性结论" in page.text
    assert "办结期限 3月17日(周二) 24:00" in page.text


def test_what_is_wrong_with_the_day_stands_beside_it_and_nothing_typed_is_lost(site: Site) -> None:
    number = number_of(site, dispatched(site))
    page = on_case(site, "handler", number, "extend_case", until="2026-03-21", grounds=WHY)
    assert page.status == 422
    assert "请选择工作日" in page.text
    form = page.form(f"/console/cases/{number}/extend_case")
    assert form.fields["grounds"] == [WHY]
    assert form.fields["until"] == ["2026-03-21"]


def test_a_unit_asks_within_the_promise_of_the_case(site: Site) -> None:
    item_id = dispatched(site)
    assert not signed(site, item_id).offers(at(item_id, "extend"))
    number = extended(site, item_id)
    page = open_item(site, item_id)
    assert "最多延到 3月20日(周五)。" in page.text
    page = page.send(at(item_id, "extend"), until="2026-03-19", grounds=WHY)
    assert "延期申请已提交" in page.text
    assert "已申请延期到 3月19日(周四) 24:00，等待审批" in page.text
    assert "3月13日(周五) 24:00" in page.text
    assert not page.offers(at(item_id, "extend"))
    page = site.as_("supervisor").get(f"/console/cases/{number}")
    assert "有人申请延期：看理由，准予或不予。" in page.text
    on_item(site, "supervisor", number, "grant")
    assert "3月19日(周四) 24:00" in open_item(site, item_id).text


def test_what_a_unit_wrote_beside_comes_back(site: Site) -> None:
    item_id = dispatched(site)
    signed(site, item_id)
    extended(site, item_id)
    page = open_item(site, item_id)
    page = page.send(at(item_id, "extend"), until="2026-03-19", grounds=WHY, basis="查到一半")
    assert page.form(at(item_id, "find")).fields["basis"] == ["查到一半"]
    assert "您写的还在" in page.text


def test_a_unit_that_forgets_the_reason_keeps_the_day(site: Site) -> None:
    item_id = dispatched(site)
    signed(site, item_id)
    extended(site, item_id)
    page = open_item(site, item_id).send(at(item_id, "extend"), until="2026-03-19", grounds="")
    assert page.status == 422
    assert "请填写这一项" in page.text


def test_the_reporter_reads_the_new_day_and_not_why(site: Site) -> None:
    got = reported(site)
    move(site, got, triage.accept, "handler")
    number = the_case(site, got.number).number
    on_case(site, "handler", number, "extend_case", until="2026-03-24", grounds=WHY)
    assert "办理期限延长" not in letter(site, got).text
    on_case(site, "leader", number, "grant_case", remark="同意，教育局内部意见")
    page = letter(site, got)
    assert "答复您的期限延长到 3月24日(周二) 24:00" in page.text
    assert "办理期限延长 " in page.text
    assert "新的期限：3月24日(周二)" in page.text
    assert "答复您 最晚 3月24日(周二) 24:00" in page.text
    assert WHY not in page.html
    assert "内部意见" not in page.html


def test_each_is_told_what_concerns_them(site: Site) -> None:
    item_id = dispatched(site, reach="email")
    signed(site, item_id)
    number = number_of(site, item_id)
    seen = 0

    def told() -> set[str]:
        nonlocal seen
        with site.database.transaction() as session:
            watch = Watch(session, seen)
            found, seen = watch.told(), watch.seen
            return found

    told()
    on_case(site, "handler", number, "extend_case", until="2026-03-24", grounds=WHY)
    assert told() == {"extension > supervisor", "extension > leader"}
    on_case(site, "leader", number, "grant_case")
    assert told() == {"granted > handler", "extended > reporter"}
    site.later(minutes=1)
    site.do(
        lambda s: extending.extend(
            s, site.office["school"], item_id, date(2026, 3, 19), WHY, site.now
        )
    )
    assert told() == {"extension > supervisor"}
    on_item(site, "supervisor", number, "refuse", reason="来得及")
    assert told() == {"not_granted > school"}
    assert case_of(site, number).state == "handling"


def test_why_the_office_asks_for_an_item_is_not_the_units_to_read(site: Site) -> None:
    item_id = dispatched(site)
    signed(site, item_id)
    number = extended(site, item_id)
    on_item(site, "handler", number, "extend", until="2026-03-19", grounds="举报人还要补材料")
    page = open_item(site, item_id)
    assert "已申请延期到 3月19日(周四) 24:00，等待审批" in page.text
    assert "举报人" not in page.html
