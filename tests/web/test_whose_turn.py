"""May this person decide here? One answer: the form, the count, the filter, and who is told."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from caseflow.ledger.moves import check, work
from caseflow.ledger.moves.work import Result
from tests import office as offices
from tests.notices.watch import Watch
from tests.office import CITY
from tests.web.site import Site
from tests.web.test_nav_counts import come_back, counts, keep_away
from tests.web.walking import (
    dispatched,
    item_of,
    on_case,
    on_item,
    open_case,
    submitted,
)

PEOPLE = ("operator", "handler", "reviewer", "supervisor", "leader", "city")
Scene = Callable[[Site], str]


def _objects(site: Site, number: str, often: int = 1) -> None:
    path = f"/unit/items/{item_of(site, number).id}"
    for n in range(often):
        if n:
            on_item(site, "supervisor", number, "reject_objection", reason="由你校核查")
        site.later(minutes=1)
        site.as_("school").get(path).send(f"{path}/object", reason="归区里管")


def objected(site: Site) -> str:
    number = dispatched(site, "school")
    _objects(site, number)
    return number


def objected_twice(site: Site) -> str:
    number = dispatched(site, "school")
    _objects(site, number, 2)
    return number


def case_extended(site: Site, who: str = "handler") -> str:
    number = dispatched(site, "school")
    on_case(site, who, number, "extend_case", until="2026-03-24", grounds="检测要十天")
    return number


def case_extended_by_the_supervisor(site: Site) -> str:
    return case_extended(site, "supervisor")


def item_extended(site: Site, who: str = "") -> str:
    number = case_extended(site)
    on_case(site, "leader", number, "grant_case")
    said = {"until": "2026-03-19", "grounds": "检测要十天"}
    path = f"/unit/items/{item_of(site, number).id}"
    page = site.as_("school").get(path).send(f"{path}/sign_for")
    if who:
        on_item(site, who, number, "extend", **said)
    else:
        page.send(f"{path}/extend", **said)
    return number


def item_extended_by_the_supervisor(site: Site) -> str:
    return item_extended(site, "supervisor")


def withdrawn(site: Site) -> str:
    number = dispatched(site, "school")
    on_item(site, "handler", number, "withdraw", reason="与另一件重复")
    return number


def proposed(site: Site) -> str:
    number = open_case(site)
    on_case(site, "handler", number, "propose_decline", code="outside", reason="不归本办")
    return number


def proposed_at_work(site: Site) -> str:
    number = dispatched(site, "school")
    said = {"authority": "市场监管局", "code": "authority", "reason": "归其主管"}
    on_case(site, "handler", number, "propose_refer", **said)
    return number


def declined(site: Site) -> str:
    number = open_case(site)
    on_case(site, "supervisor", number, "decline", code="outside", reason="不归本办")
    return number


def left_out(site: Site) -> str:
    number = open_case(site, kind="question")
    on_case(site, "operator", number, "answer", text="已答复", way="track")
    on_case(site, "handler", number, "ask_exclusion", code="repeated", reason="第九次来电")
    return number


def brought_up(site: Site) -> str:
    number = dispatched(site, "school")
    item, school, now = item_of(site, number).id, site.office["school"], site.now

    def comes_back(session: Session) -> None:
        work.sign_for(session, school, item, now)
        for n in range(3):
            at = now + timedelta(minutes=n)
            work.hand_in(session, school, item, offices.blob(session, at), "图", at)
            work.find(session, school, item, Result("unsubstantiated", "未见"), at)
            check.return_item(session, site.office["reviewer"], item, "不清楚", at)

    site.do(comes_back)
    return number


def unsigned(site: Site) -> str:
    number = dispatched(site, "school")
    on_case(site, "operator", number, "raise_urgency", reason="孩子在楼顶")
    reason = {"police_called": "no", "leader_told": "yes", "reason": "家长已接走"}
    on_case(site, "supervisor", number, "acknowledge", **reason)
    return number


def unsatisfied(site: Site) -> str:
    number = submitted(site, reach="phone")
    on_item(site, "reviewer", number, "strike_off")
    on_case(site, "handler", number, "reply", text="已整改", way="telephone")
    heard = {"reached": "yes", "solved": "no", "satisfied": "no", "words": "没有改"}
    heard |= {"whose": "caller"}
    on_case(site, "operator", number, "call_back", **heard)
    return number


def passed_on(site: Site) -> str:
    number = open_case(site)
    said = {"to": CITY, "why": "level", "grounds": "请市里办"}
    on_case(site, "supervisor", number, "pass_on", **said)
    return number


SCENES: dict[Scene, str] = {
    objected: "items/reject_objection",
    objected_twice: "items/designate",
    case_extended: "cases/grant_case",
    case_extended_by_the_supervisor: "cases/grant_case",
    item_extended: "items/grant",
    item_extended_by_the_supervisor: "items/grant",
    withdrawn: "items/consent_withdrawal",
    proposed: "cases/approve",
    proposed_at_work: "cases/approve",
    declined: "cases/second_look",
    left_out: "cases/exclude",
    brought_up: "cases/oversee",
    unsigned: "cases/countersign",
    unsatisfied: "cases/explain",
    passed_on: "passages/receive",
}


def _told(site: Site) -> set[str]:
    """Return who was told of the last thing that happened."""

    def last(session: Session) -> set[str]:
        watch = Watch(session)
        watch.told()
        return Watch(session, watch.seen - 1).told()

    return {one.partition(" > ")[2] for one in site.do(last)}


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_whoever_is_offered_the_form_is_counted_and_told(site: Site, scene: Scene) -> None:
    number = scene(site)
    _agree(site, scene, number)
    for away in ("supervisor", "leader"):
        keep_away(site, away, "school")
        _agree(site, scene, number)
        come_back(site, away)


def _agree(site: Site, scene: Scene, number: str) -> None:
    what, _, move = SCENES[scene].partition("/")
    key = str(item_of(site, number).id) if what == "items" else number
    offered = {
        name
        for name in PEOPLE
        if site.as_(name).get(f"/console/cases/{number}").offers(f"/console/{what}/{key}/{move}")
    }
    assert offered
    turns = {name: site.as_(name).get("/console/?mine=turn") for name in PEOPLE}
    assert {name for name in PEOPLE if counts(turns[name]).get("")} == offered
    assert {name for name in PEOPLE if number in turns[name].html} == offered
    told = _told(site)
    assert told
    assert told <= offered
