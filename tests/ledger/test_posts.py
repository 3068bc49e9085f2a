"""A vacant post is passed over to the next one up, never to nobody (design §3, trade.md)."""

from datetime import datetime

from sqlalchemy import delete

from caseflow.db import Database
from caseflow.people import divisions
from caseflow.people.posts import holder
from caseflow.people.tables import Post, User
from tests import office as offices
from tests.office import DISTRICT


def names(people: list[User]) -> list[str]:
    return [user.username for user in people]


def test_a_responsibility_district_is_served_by_its_countys_people(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        offices.make(session)
        district = divisions.add_district(session, DISTRICT, 1, "第一责任区")
        assert names(holder(session, "office_handler", district.code, now=now)) == ["handler"]
        assert names(holder(session, "leader", district.code, now=now)) == ["leader"]


def test_a_vacant_duty_climbs_within_the_office_and_then_to_the_level_above(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        offices.make(session)
        climbed = []
        for duty in ("shift_leader", "office_handler", "supervisor", "leader"):
            session.execute(delete(Post).where(Post.duty == duty, Post.area_code == DISTRICT))
            climbed.append(names(holder(session, "shift_leader", DISTRICT, now=now)))
        assert climbed == [["handler"], ["supervisor"], ["leader"], ["city"]]


def test_a_unit_without_anybody_is_answered_for_by_the_office(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        school = office.units["school"]
        assert names(holder(session, "unit_handler", DISTRICT, school, now=now)) == ["school"]
        session.execute(delete(Post).where(Post.unit_id == school))
        assert names(holder(session, "unit_handler", DISTRICT, school, now=now)) == ["handler"]


def test_whoever_went_over_to_a_school_holds_no_post_of_the_office(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        leader = session.get_one(User, office["leader"].person)
        leader.role, leader.unit_id = "unit", office.units["school"]
        assert names(holder(session, "leader", DISTRICT, now=now)) == ["city"]


def test_whoever_went_over_to_another_unit_is_not_asked_for_the_old_one(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        school = office.units["school"]
        person = session.get_one(User, office["school"].person)
        person.unit_id = office.units["academy"]
        assert "school" not in names(holder(session, "unit_handler", DISTRICT, school, now=now))


def test_the_level_above_of_a_district_is_the_city(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        offices.make(session)
        assert names(holder(session, "level_above", DISTRICT, now=now)) == ["city"]
