"""Stories that happen in every district, told in a browser; the others are told by the doors."""

from pathlib import Path

from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow import clock
from caseflow.ledger.moves import merging
from caseflow.ledger.report_tables import Report
from caseflow.ledger.review_tables import Review
from caseflow.ledger.tables import Case
from caseflow.people import accounts
from caseflow.people.tables import User
from tests import office as offices
from tests.browser.house import House
from tests.browser.people import (
    ITS_PEOPLE,
    SCHOOL,
    does,
    form_of,
    hold,
    letter,
    move,
    open_case,
    photograph,
    put,
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
    expect(handler.locator("body")).to_contain_text(f"已答复 {PARENTS} 份来件。")
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


def above_the_city(house: House) -> str:
    """Let somebody of the province's office have an account, and return its name."""

    def join(session: Session) -> None:
        city = session.scalars(select(User).where(User.username == "city")).one()
        session.add(
            User(
                username="province",
                name="省督学办",
                role=city.role,
                area_code="430000",
                password_hash=city.password_hash,
                active=True,
            )
        )

    house.do(join)
    return "province"


def asks_for(page: Page, stage: str, why: str) -> None:
    """Ask the office above for a further look at the answer, on the tracking page."""
    form = form_of(page, "review")
    put(form, text=why)
    with page.expect_navigation():
        form.get_by_role("button", name=f"请求{stage}").click()
    expect(page.locator(".letter").last).to_be_visible()


def opines(house: House, account: str, words: str) -> None:
    """Let a supervisor of the office above uphold the answer, in the newest review."""
    newest = select(Case.number).join(Review, Review.case_id == Case.id)
    newest = newest.order_by(Review.id.desc()).limit(1)
    number = house.ask(lambda session: session.scalars(newest).one())
    page = house.as_(account)
    page.goto(f"/console/cases/{number}")
    move(page, "opine", opinion="upheld", text=words, way="track")
    state(page, "已办结")


def test_a_reply_is_challenged_up_to_the_last_office(own_house: House, tmp_path: Path) -> None:
    house, above = own_house, above_the_city(own_house)
    parent, task = house.visit(), "核查校车是否超载"
    told = "校车超载，早上挤了六十多个孩子。"
    got = report(parent, kind="complaint", unit=SCHOOL, text=told, contact="none")
    at_work(house.as_("handler"), got, task)
    put_right(house, task, photograph(tmp_path), done="已增开一趟")
    answered(house, got, "已增开一趟校车。", way="track")

    letter(parent, got)
    asks_for(parent, "复查", "一天都没有增开。")
    opines(house, "city", "经查，已于次日增开，维持原答复。")
    expect(letter(parent, got)).to_contain_text("复查意见书")
    asks_for(parent, "复核", "还是超载。")
    opines(house, above, "经核，维持复查意见。")
    expect(letter(parent, got)).to_contain_text("到此终结")
    expect(parent.locator("#review")).to_have_count(0)
    handler = house.as_("handler")
    open_case(handler, got.number)
    expect(handler.locator(".case-head")).to_contain_text("终结")
