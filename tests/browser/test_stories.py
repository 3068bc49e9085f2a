"""Stories that happen in every district, told in a browser; the others are told by the doors."""

from pathlib import Path

from playwright.sync_api import expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow import clock
from caseflow.ledger.moves import merging
from caseflow.ledger.report_tables import Report
from caseflow.ledger.tables import Case
from caseflow.people import accounts
from caseflow.people.tables import User
from tests import office as offices
from tests.browser.house import House
from tests.browser.people import (
    ITS_PEOPLE,
    SCHOOL,
    does,
    hold,
    letter,
    move,
    open_case,
    photograph,
    report,
    sign,
    state,
)
from tests.browser.test_walks import answered, at_work, put_right

PARENTS = 40
TASK = "核查早餐配送是否卫生"


def also_reported(house: House, number: str, count: int) -> None:
    """Let as many more parents have reported the same, and the handler have merged them."""
    now = clock.now()

    def come_in(session: Session) -> None:
        case = session.scalars(
            select(Case).join(Report, Report.case_id == Case.id).where(Report.number == number)
        ).one()
        handler = session.scalars(select(User).where(User.username == "handler")).one()
        actor = accounts.actor_of(session, handler)
        for _ in range(count):
            one, _ = offices.report(session, now, unit=case.unit_id)
            merging.merge(session, actor, one.id, case.number, "同一件事", now)

    house.do(come_in)


def test_forty_parents_are_one_case_and_each_gets_an_answer(house: House, tmp_path: Path) -> None:
    parent, handler = house.visit(), house.as_("handler")
    told = "配送的早餐有异味，好几个孩子拉肚子。"
    got = report(parent, kind="complaint", unit=SCHOOL, text=told, contact="none")
    at_work(handler, got, TASK)
    also_reported(house, got.number, PARENTS - 1)
    put_right(house, TASK, photograph(tmp_path), done="已更换配送单位")

    words = "经核查属实，已更换配送单位并约谈学校。"
    everybody = f"全部 {PARENTS} 份来件，同一答复"
    handler = answered(house, got, words, report=everybody, way="track")
    state(handler, "已办结")
    expect(letter(parent, got)).to_contain_text(words)
    expect(letter(parent, got)).not_to_contain_text(str(PARENTS - 1))  # nor who else reported


def test_a_unit_objects_twice_and_the_leader_says_who_handles_it(
    house: House, tmp_path: Path
) -> None:
    supervisor, leader, school = (house.as_(x) for x in ("supervisor", "leader", ITS_PEOPLE))
    told = "校门口的小摊占道，放学时很危险。"
    got = report(house.visit(), kind="complaint", unit=SCHOOL, text=told, contact="none")
    task = "核查校门口秩序"
    at_work(house.as_("handler"), got, task)

    for answer in ("校门口三十米内由学校负责", ""):
        hold(school, task)
        does(school, "object", reason="不归学校管，是城管的职责")
        if answer:
            open_case(supervisor, got.number)
            move(supervisor, "item-1-reject_objection", reason=answer)
    open_case(supervisor, got.number)
    expect(supervisor.locator("#item-1-reject_objection")).to_have_count(0)
    open_case(leader, got.number)
    move(leader, "item-1-designate", unit=SCHOOL, text="由学校牵头，会同城管疏导")

    hold(school, "由学校牵头")
    expect(school.locator("#move-object")).to_have_count(0)
    sign(school)
