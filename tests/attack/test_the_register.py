"""Ways round a law by the register of units, by a successor, or by what was drafted before: none
of them works.
"""

from datetime import datetime

import pytest
from psycopg.errors import LockNotAvailable
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.escalation import sweep
from caseflow.escalation.tables import Order
from caseflow.intake import desk_places
from caseflow.ledger.moves import items, triage
from caseflow.ledger.moves.items import Dispatch
from caseflow.people import office, units
from caseflow.people.scope import scope_of
from caseflow.people.tables import Unit, User
from tests import office as offices
from tests.web.site import Page, Site
from tests.web.walking import dispatched, item_of, on_case, on_item, open_case

REGISTER = "/console/units"


def of_unit(site: Site, name: str, what: str = "") -> str:
    return f"{REGISTER}/{site.office.units[name]}{what}"


def changed(site: Site, name: str, **typed: str) -> Page:
    page = site.as_("administrator").get(of_unit(site, name))
    return page.send(of_unit(site, name, "/change"), **typed)


def emptied(session: Session, unit_id: int) -> None:
    """Let everybody of a unit have left it."""
    for user in session.scalars(select(User).where(User.unit_id == unit_id)):
        user.active = False


@pytest.fixture
def away(site: Site) -> Site:
    """The reviewer keeps away from the school."""
    path = f"/console/people/{site.office['reviewer'].person}"
    unit = str(site.office.units["school"])
    site.as_("administrator").get(path).send(f"{path}/recuse", away_from=unit, why="亲属")
    return site


def seen_by_the_reviewer(site: Site, unit: int) -> int:
    number = open_case(site, unit=unit)
    return site.as_("reviewer").get(f"/console/cases/{number}").status


def test_a_branch_that_is_entered_later_is_the_schools_too(away: Site) -> None:
    school = str(away.office.units["school"])
    new = {"name": "测试东校区", "kind": "school", "area": offices.DISTRICT, "managed_by": school}
    away.as_("administrator").get(f"{REGISTER}/new").send(REGISTER, **new)
    made = away.ask(lambda s: s.scalars(select(Unit.id).where(Unit.name == new["name"])).one())
    assert seen_by_the_reviewer(away, made) == 404


def test_a_unit_that_is_moved_below_the_school_is_the_schools_too(away: Site) -> None:
    academy = away.office.units["academy"]
    assert seen_by_the_reviewer(away, academy) == 200
    assert changed(away, "academy", managed_by=str(away.office.units["school"])).status == 200
    assert seen_by_the_reviewer(away, academy) == 404
    told = away.as_("auditor").get("/console/people/changes").text
    assert "登记回避 测试reviewer 测试academy" in told


def test_what_was_ended_for_a_branch_stays_ended_whatever_else_is_changed(away: Site) -> None:
    branch = away.office.units["branch"]
    assert seen_by_the_reviewer(away, branch) == 404
    path = f"/console/people/{away.office['reviewer'].person}"
    away.as_("administrator").post(f"{path}/recusal/end", unit=str(branch))
    assert changed(away, "branch", phone="0739-5550009").status == 200
    assert seen_by_the_reviewer(away, branch) == 200


def test_no_unit_that_verifies_is_put_below_the_unit_reported(site: Site) -> None:
    school = str(site.office.units["school"])
    dispatched(site, "academy", kind="tip", unit=site.office.units["school"])
    page = changed(site, "academy", managed_by=school)
    assert page.status == 422
    assert "还有没办完的核查事项" in page.text
    assert "举报" not in page.text.replace("举报不会交给被举报单位", "")
    assert changed(site, "academy", phone="0739-5550009").status == 200


@pytest.mark.parametrize("typed", [{"kind": "section"}, {"kind": "school"}])
def test_the_office_stays_the_office(site: Site, typed: dict[str, str]) -> None:
    assert changed(site, "section", **typed).status == 422
    assert site.ask(lambda s: office.card_of(s, offices.DISTRICT)).name == "测试section"


def test_no_second_office_takes_the_public_pages_over(site: Site) -> None:
    assert changed(site, "school", kind="office").status == 422
    assert site.ask(lambda s: office.card_of(s, offices.DISTRICT)).name == "测试section"


@pytest.mark.parametrize("name", ["枫林\u3000小学", "枫林\u00a0小学", "枫林  小学"])
def test_what_the_register_takes_the_desk_can_choose(site: Site, name: str) -> None:
    typed = {"kind": "school", "area": offices.DISTRICT}
    form = site.as_("administrator").get(f"{REGISTER}/new")
    form.send(REGISTER, name=name, **typed)
    scope = scope_of(site.office["operator"])
    [label] = [one for one in site.ask(lambda s: desk_places.unit_names(s, scope)) if "枫林" in one]
    assert site.ask(lambda s: desk_places.find_unit(s, scope, label)) is not None
    assert form.send(REGISTER, name="枫林小学", **typed).status == 422


@pytest.mark.parametrize(
    ("move", "typed"),
    [
        ("refer", {"code": "authority", "authority": "市场监管局", "reason": "不属本办职责"}),
        ("decline", {"code": "outside", "reason": "不属"}),
    ],
)
def test_what_an_ended_case_left_behind_keeps_no_unit_open(
    site: Site, move: str, typed: dict[str, str]
) -> None:
    number = dispatched(site, "academy")
    on_case(site, "supervisor", number, move, **typed)
    site.do(lambda s: emptied(s, site.office.units["academy"]))
    page = site.as_("administrator").get(of_unit(site, "academy"))
    assert "已停用" in page.send(of_unit(site, "academy", "/close")).text


def test_nobody_is_sent_where_nothing_is_to_be_done(site: Site) -> None:
    number = dispatched(site, "school")
    item = item_of(site, number).id
    said = {"code": "authority", "authority": "市场监管局", "reason": "不属本办职责"}
    on_case(site, "supervisor", number, "refer", **said)
    path, inspector = f"/console/items/{item}/reassign", str(site.office["inspector"].person)
    assert site.as_("supervisor").post(path, inspector=inspector, reason="重要").status == 409
    assert item_of(site, number).inspector_id is None


def test_what_was_drafted_for_a_unit_does_not_go_out_once_an_inspector_verifies(
    site: Site,
) -> None:
    number = dispatched(site, "school")
    site.later(days=3)
    sweep.run(site.database, site.now)
    query = select(Order).where(Order.kind == "supervision_order")
    draft = site.ask(lambda s: s.scalars(query).first())
    assert draft is not None
    assert draft.unit_id == site.office.units["school"]
    inspector = str(site.office["inspector"].person)
    on_item(site, "supervisor", number, "reassign", inspector=inspector, reason="学校拖延")
    path = f"/console/orders/{draft.id}"
    assert not site.as_("supervisor").get(path).offers(f"{path}/issue")
    answer = site.as_("supervisor").post(f"{path}/issue", text="请立即办理")
    assert answer.status == 409
    assert "督办单" not in site.as_("school").get("/unit/").text


def test_accounts_move_with_their_unit(site: Site) -> None:
    city = site.office["city"].person
    site.do(lambda s: setattr(s.get_one(User, city), "role", "administrator"))
    answer = site.as_("city").post(
        of_unit(site, "academy", "/change"),
        name="测试academy",
        kind="institution",
        area=offices.OTHER,
    )
    assert answer.status == 200
    person = site.office["academy"].person
    moved = site.ask(lambda s: s.get_one(User, person))
    assert moved.area_code == offices.OTHER
    assert site.as_("administrator").get(f"/console/people/{person}").status == 404


def test_a_unit_is_not_closed_while_something_is_dispatched_to_it(
    postgres_database: Database, now: datetime
) -> None:
    """Closing comes after the dispatch has looked at the unit, and before it is committed."""
    database = postgres_database
    with database.transaction() as session:
        made = offices.make(session)
        academy = made.units["academy"]
        emptied(session, academy)
        case, _ = offices.report(session, now)
        triage.accept(session, made["handler"], case.id, now)
        [item] = items.split(session, made["handler"], case.id, ["食堂"], now)
        item_id = item.id
    with database.transaction() as first, database.transaction() as second:
        items.dispatch(first, made["handler"], item_id, Dispatch(academy, "请核查"), now)
        second.execute(text("SET LOCAL lock_timeout = '200ms'"))
        with pytest.raises(OperationalError) as waited:
            units.close(second, made["administrator"], academy, now)
        assert isinstance(waited.value.orig, LockNotAvailable)
        second.rollback()
