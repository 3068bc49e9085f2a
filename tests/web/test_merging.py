"""Merging cases as people press it (并案), and what the reporters read of it: nothing of others."""

from sqlalchemy.orm import Session

from caseflow.ledger.moves import closing, items, opening, withdrawing
from caseflow.ledger.moves.items import Dispatch
from caseflow.ledger.tables import Case
from tests.web.public_door import reported, the_case
from tests.web.site import Page, Site
from tests.web.test_nav_counts import for_
from tests.web.test_unit import at, open_item
from tests.web.walking import case_of, dispatched, item_of, on_case, open_case, state


def accepted(site: Site, **more: object) -> str:
    number = open_case(site, **more)
    on_case(site, "handler", number, "accept")
    return number


def page_of(site: Site, number: str, who: str = "handler") -> Page:
    return site.as_(who).get(f"/console/cases/{number}")


def test_a_case_is_merged_from_the_list_and_back(site: Site) -> None:
    school = site.office.units["school"]
    first, second = accepted(site, unit=school), accepted(site, unit=school)
    other = accepted(site, unit=site.office.units["academy"])
    page = page_of(site, second)
    offered = page.html.partition('name="into"')[2].partition("</select>")[0]
    assert f'value="{first}"' in offered
    assert other not in offered
    assert second not in offered
    page = page.send(f"/console/cases/{second}/merge", into=first, reason="同一天同一食堂")
    assert "已并案，那个办件的承办人会收到通知。" in page.text
    assert f"已并入 {first}，在那里一同办理、答复。" in page.text
    assert state(site, second) == "merged"
    assert not page.offers(f"/console/cases/{second}/note")
    target = page_of(site, first)
    assert f"并入了一个办件：{second}" in target.text
    assert "同一天同一食堂" in target.text
    assert f"/console/cases/{second}" in target.html
    page = page_of(site, second).send(f"/console/cases/{second}/unmerge", reason="是两件事")
    assert "已恢复为单独的办件" in page.text
    assert state(site, second) == "accepted"
    assert f"并入的办件已恢复单独办理：{second}" in page_of(site, first).text


def test_a_typed_number_counts_and_what_is_wrong_stands_beside_it(site: Site) -> None:
    first, second = accepted(site), accepted(site)
    path = f"/console/cases/{second}/merge"
    page = page_of(site, second).send(path, into="", other="430503-2026-999999", reason="同一件事")
    assert page.status == 422
    assert "没有这个编号的办件，或不在您的辖区" in page.text
    assert page.form(path).fields["reason"] == ["同一件事"]
    assert page.form(path).fields["other"] == ["430503-2026-999999"]
    page = page.send(path, other=first, reason="")
    assert page.status == 422
    page = page.send(path, other=first, reason="同一件事")
    assert state(site, second) == "merged"


def test_what_is_worked_on_is_not_offered_to_be_merged(site: Site) -> None:
    number = dispatched(site, "school")
    assert not page_of(site, number).offers(f"/console/cases/{number}/merge")
    for who in ("operator", "reviewer", "leader", "auditor"):
        other = accepted(site)
        assert not page_of(site, other, who).offers(f"/console/cases/{other}/merge")


def test_a_merged_case_waits_for_nobody(site: Site) -> None:
    first, second = accepted(site), accepted(site)
    assert for_(site, "handler") == {"": 2}
    on_case(site, "handler", second, "merge", into=first, reason="同一件事")
    assert for_(site, "handler") == {"": 1}
    assert second not in site.as_("handler").get("/console/").text


def test_a_case_is_found_by_the_number_of_a_report_that_was_merged_into_it(site: Site) -> None:
    got = reported(site)
    first, second = accepted(site), the_case(site, got.number).number
    on_case(site, "handler", second, "accept")
    on_case(site, "handler", second, "merge", into=first, reason="同一件事")
    page = site.as_("handler").get(f"/console/?q={got.number}")
    assert first in page.text
    assert second in site.as_("handler").get(f"/console/?q={second}").text


def test_a_unit_reads_its_new_day_and_nothing_of_a_merger(site: Site) -> None:
    first = accepted(site)
    site.later(days=3)
    number = dispatched(site, "school")
    item_id = item_of(site, number).id
    before = open_item(site, item_id)
    on_case(site, "handler", first, "merge", other=number, reason="同一件事")
    after = open_item(site, item_id)
    assert after.text != before.text  # another day
    for word in ("并案", "并入", "提前", first, number):
        assert word not in after.html
    assert before.send(at(item_id, "sign_for")).status == 409  # promised for another day since


def test_everybody_is_called_back_and_each_record_says_whom_it_is_about(site: Site) -> None:
    first, second = accepted(site, reach="phone"), accepted(site, reach="phone")
    on_case(site, "handler", second, "merge", into=first, reason="同一件事")
    case = case_of(site, first)
    me, n = site.office["handler"], case.id

    def answered(session: Session) -> None:
        leader, section = site.office["leader"], site.office.units["section"]
        [item] = items.split(session, me, n, ["饭菜"], site.now)
        items.dispatch(session, me, item.id, Dispatch(section, "请核查"), site.now)
        withdrawing.withdraw(session, me, item.id, "误拆", site.now)
        withdrawing.consent_withdrawal(session, leader, item.id, "", site.now)
        withdrawing.conclude_withdrawn(session, leader, n, "已电话说明", site.now)
        for report in opening.first_reports(session, session.get_one(Case, n)):
            closing.reply(session, me, n, report.id, "答复", "telephone", site.now)

    site.do(answered)
    page = page_of(site, first, "operator")
    assert "要回访 2 位反映人（来件" in page.text
    assert "逐一回访、分别记录，都满意才办结。" in page.text
    one, two = site.ask(lambda s: opening.first_reports(s, s.get_one(Case, n)))
    heard = {"reached": "yes", "solved": "yes", "satisfied": "yes"}
    page = on_case(site, "operator", first, "call_back", report=one.id, **heard)
    assert f"{one.number}、已解决、满意" in page.text
    page = on_case(site, "operator", first, "call_back", reached="no")  # who is left
    assert f"{two.number}、未接通" in page.text
    assert "已试 1 次未接通。" in page.text
    on_case(site, "operator", first, "call_back", **heard)
    assert state(site, first) == "closed"
