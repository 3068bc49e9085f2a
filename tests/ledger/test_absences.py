"""Who is away is passed over, who stands in is told; over by itself (people.absences)."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from caseflow.clock import local
from caseflow.db import Database
from caseflow.errors import BadInput, MoveNotAllowed, NotFound, NotPermitted
from caseflow.ledger.moves import triage
from caseflow.people import absences, accounts, office_changes
from caseflow.people.posts import holder
from caseflow.people.tables import Post, User
from tests import office as offices
from tests.office import DISTRICT, Office

DAY = timedelta(days=1)


def colleague(session: Session, office: Office, role: str, name: str = "twin") -> User:
    """Give the office one more person of a role."""
    user = User(
        username=name,
        name=f"测试{name}",
        role=role,
        area_code=DISTRICT,
        password_hash="!",
        email=f"{name}@office.example",
    )
    session.add(user)
    session.flush()
    office.actors[name] = accounts.actor_of(session, user)
    return user


def send_away(
    session: Session, office: Office, who: str, stand_in: str | None, now: datetime, days: int = 3
) -> int:
    """Let somebody be away from today on."""
    today = local(now).date()
    instead = office[stand_in].person if stand_in else None
    me = office[who]
    return absences.enter(
        session, me, me.person, (today, today + (days - 1) * DAY), instead, now
    ).id


def names(users: list[User]) -> list[str]:
    return [user.username for user in users]


def test_a_post_is_served_by_its_deputy_then_by_who_stands_in(
    database: Database, now: datetime
) -> None:
    def serves(at: datetime) -> list[str]:
        return names(holder(session, "office_handler", DISTRICT, now=at))

    with database.transaction() as session:
        office = offices.make(session)
        twin = colleague(session, office, "handler")
        away = send_away(session, office, "handler", "twin", now)
        assert [serves(at) for at in (now, now + 2 * DAY, now + 3 * DAY)] == [
            ["twin"],
            ["twin"],
            ["handler"],
        ]
        post = session.query(Post).filter_by(duty="office_handler").one()
        post.deputy_id = office["leader"].person
        session.flush()
        assert serves(now) == ["leader"]
        post.deputy_id, twin.active = None, False
        session.flush()
        assert serves(now) == ["supervisor"]
        absences.end(session, office["handler"], office["handler"].person, away, now)
        assert serves(now) == ["handler"]


def test_the_days_are_those_of_shanghai(database: Database, now: datetime) -> None:
    midnight = local(now).replace(hour=0, minute=0, second=0) + DAY
    with database.transaction() as session:
        office = offices.make(session)
        send_away(session, office, "handler", "supervisor", now, days=1)
        assert office["handler"].id in absences.away(session, midnight - timedelta(seconds=1))
        assert absences.away(session, midnight) == {}


def test_where_everybody_is_away_somebody_is_told_all_the_same(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        for name in ("handler", "city", "leader", "supervisor"):
            one = User.id == office[name].person
            user = session.query(User).filter(one).one()
            day = local(now).date()
            made = absences.Absence(user_id=user.id, first_day=day, last_day=day, by_id=user.id)
            made.entered_at = now
            session.add(made)
        session.flush()
        assert names(holder(session, "office_handler", DISTRICT, now=now)) == ["handler"]


def test_an_accepted_case_goes_to_somebody_who_is_there(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        send_away(session, office, "handler", "supervisor", now)
        case, _ = offices.report(session, now)
        triage.accept(session, office["operator"], case.id, now)
        assert case.handler_id == office["supervisor"].id


def test_who_stands_in_must_be_there_and_able(database: Database, now: datetime) -> None:
    def refused(who: str, stand_in: str | None, first: int = 0, last: int = 1) -> set[str]:
        me, today = office[who], local(now).date()
        days = (today + first * DAY, today + last * DAY)
        instead = office[stand_in].person if stand_in else None
        with pytest.raises(BadInput) as wrong:
            absences.enter(session, me, me.person, days, instead, now)
        return set(wrong.value.fields)

    with database.transaction() as session:
        office = offices.make(session)
        assert refused("handler", "operator") == {"stand_in"}
        assert refused("handler", "stranger") == {"stand_in"}
        assert refused("handler", "handler") == {"stand_in"}
        assert refused("handler", None) == {"stand_in"}
        assert refused("handler", "supervisor", -1) == {"first_day"}
        assert refused("handler", "supervisor", 2, 1) == {"last_day"}
        assert refused("handler", "supervisor", 0, 366) == {"last_day"}
        send_away(session, office, "supervisor", "leader", now)
        assert refused("handler", "supervisor", 2, 4) == {"stand_in"}
        assert refused("supervisor", "leader", 2, 4) == {"first_day"}
        # Nobody else is an auditor here: they may go with nobody in their place.
        send_away(session, office, "auditor", None, now)


def test_whose_place_is_taken_in_turn(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        colleague(session, office, "handler")
        send_away(session, office, "handler", "twin", now)
        send_away(session, office, "twin", "supervisor", now)
        assert set(absences.away(session, now).values()) == {office["supervisor"].id}
        stood = absences.stood_in_for(session, office["supervisor"].person, now)
        assert names(list(stood)) == ["handler", "twin"]
        send_away(session, office, "supervisor", "leader", now)
        [row] = session.query(absences.Absence).filter_by(user_id=office["supervisor"].id)
        row.stand_in_id = office["handler"].id  # nobody of a ring is there
        session.flush()
        assert set(absences.away(session, now).values()) == {None}


def test_an_absence_is_ones_own_a_supervisors_or_an_administrators_and_on_record(
    database: Database, now: datetime
) -> None:
    with database.transaction() as session:
        office = offices.make(session)
        person, today = office["handler"].person, local(now).date()
        days = (today, today)
        instead = office["supervisor"].person
        for name, error in (
            ("operator", NotPermitted),
            ("leader", NotPermitted),
            ("stranger", NotFound),
        ):
            with pytest.raises(error):
                absences.enter(session, office[name], person, days, instead, now)
        made = absences.enter(session, office["supervisor"], person, days, instead, now)
        with pytest.raises(NotPermitted):
            absences.end(session, office["operator"], person, made.id, now)
        with pytest.raises(NotFound):
            absences.end(session, office["leader"], office["leader"].person, made.id, now)
        absences.end(session, office["administrator"], person, made.id, now)
        with pytest.raises(MoveNotAllowed):
            absences.end(session, office["handler"], person, made.id, now)
        noted = office_changes.newest(session, office["administrator"], person)
        assert [one.what for one in noted] == ["absence_ended", "absence_entered"]
        assert noted[0].facts["stand_in"] == instead
