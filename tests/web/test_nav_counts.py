"""The counts in the navigation: what waits for whoever is signed in, at a fixed price."""

import re

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from caseflow.ledger import checklist
from caseflow.ledger.moves import closing, opening
from caseflow.ledger.report_tables import Reply
from caseflow.ledger.tables import Case
from caseflow.ledger.waiting import waiting
from caseflow.people.accounts import actor_of
from caseflow.people.actor import REPORTER
from caseflow.people.permissions import may
from caseflow.people.scope import scope_of
from caseflow.people.tables import Recusal, User
from caseflow.web import counts as counting
from tests import office as offices
from tests.web.site import Page, Site, a_file
from tests.web.test_console_lists import fill, numbers, statements
from tests.web.walking import case_of, dispatched, item_of, on_case, on_item, open_case, submitted

_COUNT = re.compile(r'<a href="/console/(\w*)"[^>]*>[^<]+ <span class="count">(\d+)<')


def counts(page: Page) -> dict[str, int]:
    """Return the counts in the navigation by where their entries lead."""
    return {key: int(count) for key, count in _COUNT.findall(page.html)}


def for_(site: Site, name: str) -> dict[str, int]:
    return counts(site.as_(name).get("/console/"))


def test_a_fresh_case_waits_for_whoever_may_take_it_up(site: Site) -> None:
    open_case(site)
    got = {name: for_(site, name) for name in ("operator", "handler", "supervisor")}
    assert got == {name: {"": 1} for name in got}
    for name in ("reviewer", "leader", "auditor", "stranger"):
        assert for_(site, name) == {}


def test_a_case_waits_for_its_handler_until_it_waits_for_a_unit(site: Site) -> None:
    number = open_case(site)
    on_case(site, "handler", number, "accept")
    assert (for_(site, "handler"), for_(site, "operator")) == ({"": 1}, {})
    on_case(site, "handler", number, "split", matters="食堂卫生")
    on_item(site, "handler", number, "dispatch", unit="测试section", text="请核查")
    assert for_(site, "handler") == {}
    on_case(site, "handler", number, "split", matters="另一项")
    assert for_(site, "handler") == {"": 1}


def test_a_submitted_item_waits_for_whoever_may_strike_it_off(site: Site) -> None:
    number = submitted(site)
    assert for_(site, "reviewer") == {"check": 1}
    assert for_(site, "supervisor") == {"check": 1}
    for name in ("handler", "leader", "city"):
        assert "check" not in for_(site, name)
    page = on_item(site, "reviewer", number, "strike_off")
    assert counts(page) == {}
    assert for_(site, "handler") == {"": 1}


def test_an_objection_waits_for_the_supervisor_and_the_second_one_for_the_leader(
    site: Site,
) -> None:
    number = dispatched(site, "school")
    path = f"/unit/items/{item_of(site, number).id}"
    site.as_("school").get(path).send(f"{path}/object", reason="归区里管")
    assert (for_(site, "supervisor"), for_(site, "leader")) == ({"": 1}, {})
    on_item(site, "supervisor", number, "reject_objection", reason="由你校核查")
    assert for_(site, "supervisor") == {}
    site.as_("school").get(path).send(f"{path}/object", reason="还是归区里管")
    assert (for_(site, "supervisor"), for_(site, "leader")) == ({}, {"": 1})


def test_whoever_calls_back_is_told_so(site: Site) -> None:
    number = submitted(site, reach="phone")
    on_item(site, "reviewer", number, "strike_off")
    on_case(site, "handler", number, "reply", text="已整改", way="telephone")
    assert case_of(site, number).state == "calling_back"
    assert (for_(site, "operator"), for_(site, "handler")) == ({"": 1}, {"": 1})
    assert (for_(site, "reviewer"), for_(site, "supervisor")) == ({}, {})
    heard = {"solved": "no", "satisfied": "no", "words": "没有改", "whose": "caller"}
    on_case(site, "operator", number, "call_back", reached="no", **heard)
    assert (for_(site, "operator"), for_(site, "handler")) == ({"": 1}, {"": 1})
    page = on_case(site, "operator", number, "call_back", reached="yes", **heard)
    assert "等督办负责人决定" in page.text
    assert (counts(page), for_(site, "handler")) == ({}, {})
    assert (for_(site, "supervisor"), for_(site, "city")) == ({"": 1}, {"": 1})
    assert for_(site, "leader") == {}
    on_case(site, "supervisor", number, "reopen", reason="仍未解决")
    assert for_(site, "city") == {}


def test_a_satisfied_reporter_waits_for_the_desk_once_the_reason_is_signed(site: Site) -> None:
    number = submitted(site, reach="phone")
    on_item(site, "reviewer", number, "strike_off")
    on_case(site, "handler", number, "reply", text="已整改", way="telephone")

    def unsigned(waits: bool) -> None:
        def change(session: Session) -> None:
            session.get_one(Case, case_of(site, number).id).countersign = waits

        site.do(change)

    unsigned(True)
    heard = {"reached": "yes", "solved": "yes", "satisfied": "yes"}
    on_case(site, "operator", number, "call_back", **heard)
    assert (for_(site, "operator"), for_(site, "supervisor")) == ({}, {"": 1})
    unsigned(False)
    assert (for_(site, "operator"), for_(site, "supervisor")) == ({"": 1}, {})


def test_what_is_over_and_cries_again_is_counted(site: Site) -> None:
    over = open_case(site, kind="question", reach="phone")
    on_case(site, "operator", over, "answer", text="九月一日")
    assert for_(site, "leader") == {}
    _retaliation(site, over)
    assert (for_(site, "leader"), for_(site, "operator")) == ({"": 1}, {"": 1})
    assert for_(site, "reviewer") == {}


def _retaliation(site: Site, number: str) -> None:
    """Let the reporter say that somebody takes revenge on them."""

    def cry(session: Session) -> None:
        case = session.get_one(Case, case_of(site, number).id)
        first = offices.first_report(session, case)
        new = offices.new_report(session, site.now, urgent=True, kind="question")
        opening.join(session, REPORTER, case, first, new, site.now)

    site.do(cry)


def test_a_child_in_danger_waits_for_somebody_whatever_else_is_late(site: Site) -> None:
    number = dispatched(site, "school")
    site.later(days=3)  # the school has not signed, so that promise is the first to end
    on_case(site, "operator", number, "raise_urgency", reason="孩子在楼顶")
    assert case_of(site, number).next_clock != "immediate"
    for name in ("operator", "handler", "supervisor", "leader"):
        assert for_(site, name) == {"": 1}
        assert number in site.as_(name).get("/console/?mine=turn").text
    card = {"police_called": "yes", "police_who": "李敏", "police_at": "十点"}
    on_case(site, "leader", number, "acknowledge", **card)
    assert (for_(site, "operator"), for_(site, "leader")) == ({}, {})


def test_a_reason_waits_for_those_who_may_sign_it(site: Site) -> None:
    """Whoever took over may be the one who gave it, on an open case and on one that is over."""
    number = open_case(site, kind="question", reach="phone", urgent=True)
    reason = {"police_called": "no", "leader_told": "yes", "reason": "家长已接走"}
    on_case(site, "supervisor", number, "acknowledge", **reason)
    on_case(site, "operator", number, "accept")
    assert (for_(site, "supervisor"), for_(site, "leader")) == ({}, {"": 1})
    on_case(site, "leader", number, "countersign")
    assert for_(site, "leader") == {}
    on_case(site, "handler", number, "conclude")
    on_case(site, "handler", number, "reply", text="九月一日", way="telephone")
    assert case_of(site, number).state == "closed"
    _retaliation(site, number)
    on_case(site, "leader", number, "acknowledge", police_called="no", reason="反映人不愿")
    assert (for_(site, "supervisor"), for_(site, "leader")) == ({"": 1}, {})


def test_a_reply_waits_for_its_handler_until_it_is_on_its_way(site: Site) -> None:
    number = submitted(site, reach="email")
    on_item(site, "reviewer", number, "strike_off")
    assert for_(site, "handler") == {"": 1}
    page = on_case(site, "handler", number, "reply", text="已整改", way="message")
    assert "答复正在送达" in page.text
    assert counts(page) == {}
    reply = site.ask(lambda s: s.scalars(select(Reply)).one())
    site.do(lambda s: closing.undeliverable(s, reply.id, site.now))
    assert for_(site, "handler") == {"": 1}


def test_a_decision_waits_for_everybody_who_may_look_at_it_again(site: Site) -> None:
    number = open_case(site, reach="phone")
    on_case(site, "supervisor", number, "decline", code="other", reason="不属于受理范围")
    assert for_(site, "supervisor") == {}  # who decided does not look again
    for name in ("handler", "reviewer", "leader"):
        assert for_(site, name) == {"": 1}
        page = site.as_(name).get("/console/?mine=turn")
        assert "已经结束，等您复看 1" in page.text
        assert number in page.text
    for name in ("operator", "auditor", "stranger", "supervisor", "city"):
        assert for_(site, name) == {}
        assert "等您复看" not in site.as_(name).get("/console/").text
    page = on_case(site, "reviewer", number, "second_look")
    assert counts(page) == {}
    assert for_(site, "handler") == {}


def test_the_heading_of_the_list_says_the_same_number(site: Site) -> None:
    open_case(site)
    dispatched(site)
    page = site.as_("handler").get("/console/")
    assert counts(page) == {"": 1}
    assert "等您办的 1 件。未办结 2 件" in page.text
    assert "待办 1 ，等您办" in page.text


@pytest.mark.parametrize("away", [(), ("reviewer",), ("reviewer", "supervisor")])
def test_as_many_checks_are_counted_as_the_list_offers(site: Site, away: tuple[str, ...]) -> None:
    """Where everybody of the district must keep away, the level above is asked."""
    school = site.office.units["school"]
    submitted(site, unit=school)
    submitted(site)

    for name in away:
        keep_away(site, name, "school")
    assert _counted(site) == _offered(site)
    assert sum(_counted(site).values()) == {0: 4, 1: 3, 2: 3}[len(away)]


def _checkers(session: Session) -> list[User]:
    people = session.scalars(select(User).where(User.active.is_(True)).order_by(User.id)).all()
    return [one for one in people if may(actor_of(session, one), "item.strike_off")]


def _counted(site: Site) -> dict[str, int]:
    return site.ask(
        lambda s: {one.name: waiting(s, actor_of(s, one)).checks for one in _checkers(s)}
    )


def _offered(site: Site) -> dict[str, int]:
    def listed(session: Session, one: User) -> int:
        rows = checklist.to_check(session, scope_of(actor_of(session, one)))
        return sum(row.eyes.may(one.id) for row in rows)

    return site.ask(lambda s: {one.name: listed(s, one) for one in _checkers(s)})


def test_the_counts_cost_one_statement_however_much_waits(site: Site) -> None:
    costs = []
    for rows in (2, 20):
        fill(site, rows)
        submitted(site)
        with statements(site) as sent:
            site.ask(lambda s: waiting(s, site.office["supervisor"]))
        costs.append(len([one for one in sent if one.startswith("SELECT")]))
    assert costs == [1, 1]


def test_asking_for_more_time_waits_for_everybody_else_who_may_decide(site: Site) -> None:
    number = dispatched(site, "school")
    said = {"until": "2026-03-24", "grounds": "检测要十天"}
    page = on_case(site, "supervisor", number, "extend_case", **said)
    assert counts(page) == {}  # whoever asked decides nothing
    assert (for_(site, "leader"), for_(site, "city")) == ({"": 1}, {"": 1})
    page = site.as_("leader").get(f"/console/cases/{number}")
    assert page.html.index("准予延期") < page.html.index("不予延期") < page.html.index("其他操作")
    on_case(site, "leader", number, "grant_case")
    assert for_(site, "city") == {}
    item = item_of(site, number).id
    school = site.as_("school").get(f"/unit/items/{item}").send(f"/unit/items/{item}/sign_for")
    school.send(f"/unit/items/{item}/extend", until="2026-03-19", grounds="检测要十天")
    assert for_(site, "supervisor") == {"": 1}


def test_a_tip_waits_for_its_handler_once_the_unit_handed_in_what_it_saw(site: Site) -> None:
    number = dispatched(site, "academy", kind="tip", unit=site.office.units["school"])
    item, case = item_of(site, number), f"/console/cases/{number}"
    path = f"/unit/items/{item.id}"
    page = site.as_("academy").get(path).send(f"{path}/sign_for")
    assert (for_(site, "handler"), for_(site, "supervisor")) == ({}, {})
    assert "测试academy 核查" in site.as_("handler").get(case).text
    site.later(minutes=10)
    page = page.send(f"{path}/evidence", evidence=a_file())
    assert (for_(site, "handler"), for_(site, "supervisor")) == ({"": 1}, {})
    page = site.as_("handler").get(case)
    assert "核查单位已交来材料：看材料，作出核查结论。" in page.text
    other = site.as_("supervisor").get(case)
    assert "等待：承办人为第 1 项作出核查结论" in other.text
    page = on_item(site, "handler", number, "find", result="unsubstantiated", basis="不属实")
    assert counts(page) == {}
    on_item(site, "reviewer", number, "return", reason="看不清")
    assert for_(site, "handler") == {}
    assert "测试academy 核查" in site.as_("handler").get(case).text


def test_what_a_unit_says_waits_for_nobody_who_keeps_away_from_it(site: Site) -> None:
    """The case is about no unit: the supervisor sees it, and decides on nothing of that unit's."""
    number = dispatched(site, "school")
    keep_away(site, "supervisor", "school")
    item = item_of(site, number).id
    path = f"/unit/items/{item}"
    site.as_("school").get(path).send(f"{path}/object", reason="归区里管")
    assert (for_(site, "supervisor"), for_(site, "city")) == ({}, {"": 1})
    on_item(site, "city", number, "reject_objection", reason="由你校核查")
    site.as_("school").get(path).send(f"{path}/sign_for")
    on_case(site, "handler", number, "extend_case", until="2026-03-24", grounds="检测要十天")
    on_case(site, "leader", number, "grant_case")
    site.as_("school").get(path).send(f"{path}/extend", until="2026-03-19", grounds="检测要十天")
    assert (for_(site, "supervisor"), for_(site, "city")) == ({}, {"": 1})


def keep_away(site: Site, name: str, unit: str) -> None:
    person, away = site.office[name].person, site.office.units[unit]
    site.do(lambda s: s.add(Recusal(user_id=person, unit_id=away, reason="亲属", since=site.now)))


def come_back(site: Site, name: str) -> None:
    person = site.office[name].person
    site.do(lambda s: s.execute(delete(Recusal).where(Recusal.user_id == person)))


def test_what_somebody_sends_is_counted_at_once_and_what_others_do_some_seconds_later(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    since = 1000.0
    monkeypatch.setattr(counting, "monotonic", lambda: since)
    number = open_case(site)
    path, handler = f"/console/cases/{number}", site.as_("handler")
    assert counts(handler.get(path)) == {"": 1}
    open_case(site)
    assert counts(handler.get(path)) == {"": 1}, "some seconds old"
    assert for_(site, "handler") == {"": 2}, "a list counts what it shows"
    open_case(site)
    since += counting.FRESH_FOR
    assert counts(handler.get(path)) == {"": 3}
    on_case(site, "handler", number, "accept")
    on_case(site, "handler", number, "split", matters="食堂卫生")
    page = on_item(site, "handler", number, "dispatch", unit="测试section", text="请核查")
    assert counts(page) == {"": 2}, "counted anew after what they sent themselves"


@pytest.mark.parametrize(("many", "shown"), [(1, "未办结 1 件"), (3, "未办结 2 件")])
def test_of_very_many_open_cases_a_list_may_say_how_many_there_were_some_seconds_ago(
    site: Site, monkeypatch: pytest.MonkeyPatch, many: int, shown: str
) -> None:
    since = 1000.0
    monkeypatch.setattr(counting, "monotonic", lambda: since)
    monkeypatch.setattr(counting, "MANY", many)
    number, handler = open_case(site), site.as_("handler")
    assert "未办结 1 件" in handler.get("/console/").text
    second = open_case(site)
    page = handler.get("/console/")
    assert shown in page.text
    assert {number, second} == set(numbers(page.html)), "the cases themselves are there at once"
    on_case(site, "handler", number, "accept")
    assert "未办结 2 件" in handler.get("/console/").text, "what they sent themselves counts"
    open_case(site)
    since += counting.FRESH_FOR
    assert "未办结 3 件" in handler.get("/console/").text
