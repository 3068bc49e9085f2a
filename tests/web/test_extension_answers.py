"""What whoever asked for more time reads of it afterwards, and for whom it waits meanwhile."""

from sqlalchemy.orm import Session

from caseflow.ledger.moves import asking, closing, items, triage
from caseflow.ledger.moves.items import Dispatch
from caseflow.ledger.tables import Case, Item
from tests import office as offices
from tests.web.site import Site, a_file
from tests.web.test_nav_counts import for_
from tests.web.test_unit import at, dispatched, open_item, returned, signed
from tests.web.walking import case_of, on_case, on_item

WHY = "水样检测要十个工作日"


def number_of(site: Site, item_id: int) -> str:
    return site.ask(lambda s: s.get_one(Case, s.get_one(Item, item_id).case_id).number)


def with_room(site: Site, **more: object) -> tuple[str, int]:
    """An item that is signed for, in a case that has time until 24 March."""
    item_id = dispatched(site, **more)
    signed(site, item_id)
    number = number_of(site, item_id)
    on_case(site, "handler", number, "extend_case", until="2026-03-24", grounds=WHY)
    on_case(site, "leader", number, "grant_case")
    return number, item_id


def asked(site: Site, item_id: int) -> None:
    open_item(site, item_id).send(at(item_id, "extend"), until="2026-03-19", grounds=WHY)


def test_a_unit_reads_why_its_application_was_refused(site: Site) -> None:
    number, item_id = with_room(site)
    asked(site, item_id)
    on_item(site, "supervisor", number, "refuse", reason="可先报初步情况")
    page = open_item(site, item_id)
    assert "延期申请未获准，原期限不变" in page.text
    assert "可先报初步情况" in page.text
    assert page.offers(at(item_id, "extend"))  # a refused one counts for nothing
    asked(site, item_id)
    assert "未获准" not in open_item(site, item_id).text  # there is a newer one


def test_what_the_office_asked_for_in_vain_is_not_the_units_to_read(site: Site) -> None:
    number, item_id = with_room(site)
    on_item(site, "handler", number, "extend", until="2026-03-19", grounds=WHY)
    on_item(site, "supervisor", number, "refuse", reason="举报人还在等")
    page = open_item(site, item_id)
    assert "未获准" not in page.text
    assert "举报人" not in page.html


def test_a_unit_reads_that_it_has_more_time_and_no_word_of_the_office(site: Site) -> None:
    number, item_id = with_room(site)
    asked(site, item_id)
    on_item(site, "supervisor", number, "grant", remark="内部意见")
    page = open_item(site, item_id)
    assert "延期申请已获准，期限延长到 3月19日(周四) 24:00" in page.text
    assert "已经延期过，不能再延" in page.text
    assert "内部意见" not in page.html
    page.send(at(item_id, "find"), result="substantiated", basis="现场属实")
    assert "延期申请已获准" not in open_item(site, item_id).text  # that was another promise


def test_a_unit_reads_why_it_cannot_ask_and_learns_of_no_case(site: Site) -> None:
    item_id = dispatched(site)
    page = signed(site, item_id)
    assert "这已经是能给的最长期限，不能再申请延期" in page.text
    assert "最后一天" not in page.text, "working days are left"
    assert "办件" not in page.text
    site.later(days=11)
    assert "期限已过，不能再申请延期" in open_item(site, item_id).text


def test_no_time_is_asked_for_while_a_promise_stands_still(site: Site) -> None:
    _, item_id = with_room(site)

    def ask(session: Session) -> None:
        case = session.get_one(Case, session.get_one(Item, item_id).case_id)
        report = offices.first_report(session, case)
        asking.ask(session, site.office["handler"], case.id, report.id, "哪一天？", site.now)

    site.do(ask)
    page = open_item(site, item_id)
    assert "时限已暂停，恢复后再申请延期" in page.text
    assert not page.offers(at(item_id, "extend"))
    late = site.as_("school").post(
        at(item_id, "extend"),
        seen=page.forms[-1].fields["seen"][0],
        until="2026-03-19",
        grounds=WHY,
    )
    assert late.status == 409
    assert WHY in late.text


def test_an_application_of_a_case_waits_for_those_who_did_not_ask(site: Site) -> None:
    number = number_of(site, dispatched(site))
    on_case(site, "supervisor", number, "extend_case", until="2026-03-24", grounds=WHY)
    assert for_(site, "supervisor") == {}
    assert for_(site, "leader") == {"": 1}
    page = site.as_("supervisor").get(f"/console/cases/{number}")
    assert "督办负责人或分管领导审批办件延期" in page.text
    assert not page.offers(f"/console/cases/{number}/grant_case")
    on_case(site, "leader", number, "refuse_case", reason="来得及")
    assert for_(site, "leader") == {}


def test_an_application_of_an_item_waits_for_the_supervisor(site: Site) -> None:
    number, item_id = with_room(site)
    asked(site, item_id)
    assert for_(site, "supervisor") == {"": 1}
    assert for_(site, "leader") == for_(site, "handler") == {}
    page = site.as_("supervisor").get(f"/console/cases/{number}")
    moves = [
        f.action.rsplit("/", 1)[1] for f in page.forms if f.action.startswith("/console/items")
    ]
    assert moves[:2] == ["grant", "refuse"]
    assert "比现在的期限晚 4 个工作日" in page.text
    handler = site.as_("handler").get(f"/console/cases/{number}")
    assert "督办负责人审批第 1 项的延期" in handler.text
    on_item(site, "supervisor", number, "grant")
    assert for_(site, "supervisor") == {}


def test_whoever_decides_sees_it_first_in_every_state(site: Site) -> None:
    told = "有人申请办件延期：看理由，准予或不予。"
    question = site.do(lambda s: offices.report(s, site.now, kind="question")[0].number)
    on_case(site, "handler", question, "accept")
    on_case(site, "handler", question, "extend_case", until="2026-03-06", grounds=WHY)
    assert told in site.as_("supervisor").get(f"/console/cases/{question}").text

    number = number_of(site, dispatched(site))
    on_case(site, "handler", number, "extend_case", until="2026-03-24", grounds=WHY)
    on_case(site, "handler", number, "ask", text="哪一天？")
    page = site.as_("leader").get(f"/console/cases/{number}")
    assert told in page.text
    page = page.send(f"/console/cases/{number}/grant_case")
    assert "已准予延期" in page.text


def test_an_item_is_extended_by_two_people(site: Site) -> None:
    number, item_id = with_room(site)
    on_item(site, "supervisor", number, "extend", until="2026-03-19", grounds=WHY)
    page = site.as_("supervisor").get(f"/console/cases/{number}")
    assert not page.offers(f"/console/items/{item_id}/grant")
    assert site.as_("supervisor").post(f"/console/items/{item_id}/grant").status == 403
    on_item(site, "city", number, "grant")
    assert "3月19日(周四) 24:00" in open_item(site, item_id).text


# A promise that was given anew, or has another day, has nothing of the old one


def to_put_right(site: Site) -> tuple[str, int]:
    """An item that the school puts right until 13 March, in a case that has time until the 24th."""
    item_id = dispatched(site)
    signed(site, item_id).send(at(item_id, "find"), result="substantiated", basis="属实")
    number = number_of(site, item_id)
    on_case(site, "handler", number, "extend_case", until="2026-03-24", grounds=WHY)
    on_case(site, "leader", number, "grant_case")
    return number, item_id


def granted_until(site: Site, until: str) -> tuple[str, int]:
    """An item in a case with room, whose present promise was extended by a grant."""
    number, item_id = with_room(site)
    open_item(site, item_id).send(at(item_id, "extend"), until=until, grounds=WHY)
    on_item(site, "supervisor", number, "grant")
    return number, item_id


def test_a_grant_is_told_no_more_once_a_return_gave_another_day(site: Site) -> None:
    number, item_id = to_put_right(site)
    open_item(site, item_id).send(at(item_id, "extend"), until="2026-03-18", grounds=WHY)
    on_item(site, "supervisor", number, "grant")
    page = open_item(site, item_id)
    assert "期限延长到 3月18日(周三) 24:00" in page.text
    site.later(days=13)
    page.visit.get(page.path).send(at(item_id, "submit"), done="已改", evidence=[a_file()])
    site.later(days=7)
    returned(site, item_id, "不够")
    page = open_item(site, item_id)
    assert "整改期限 3月25日(周三) 24:00" in page.text
    assert "延期申请已获准" not in page.text
    assert "已经延期过，不能再延" in page.text  # returned, it is the same promise


def test_a_promise_given_anew_can_be_extended_anew(site: Site) -> None:
    number, item_id = granted_until(site, "2026-03-19")
    boss, handler = site.office["supervisor"], site.office["handler"]
    case_id = case_of(site, number).id
    site.do(lambda s: triage.decline(s, boss, case_id, "不属于", site.now))
    site.later(days=20)
    site.do(lambda s: closing.reopen(s, boss, case_id, "仍要办", site.now))

    def again(session: Session) -> None:
        [second] = items.split(session, handler, case_id, ["二"], site.now)
        given = Dispatch(site.office.units["academy"], "请核查")
        items.dispatch(session, handler, second.id, given, site.now)

    site.do(again)
    page = open_item(site, item_id)
    for past in ("延期申请已获准", "已经延期过，不能再延"):
        assert past not in page.text
    on_case(site, "handler", number, "extend_case", until="2026-04-14", grounds=WHY)
    on_case(site, "leader", number, "grant_case")
    assert open_item(site, item_id).offers(at(item_id, "extend"))


def test_a_refusal_is_told_no_more_once_a_return_gave_other_days(site: Site) -> None:
    number, item_id = to_put_right(site)
    open_item(site, item_id).send(at(item_id, "extend"), until="2026-03-18", grounds=WHY)
    on_item(site, "supervisor", number, "refuse", reason="来得及")
    page = open_item(site, item_id)
    assert "原期限不变" in page.text
    page.send(at(item_id, "submit"), done="已改", evidence=[a_file()])
    site.later(days=14)
    returned(site, item_id, "不够")
    assert "原期限不变" not in open_item(site, item_id).text
