"""Who is rung, in which order; kept by the desk, read by the office, sealed for everybody else."""

import pytest
from sqlalchemy import select

from caseflow.errors import BadInput, MoveNotAllowed, NotFound, NotPermitted
from caseflow.intake import duty
from caseflow.intake.call_tables import DutyLine
from caseflow.people.tables import User
from tests.telephone.ringing import DISTRICT, Exchange

NUMBERS = {"operator": "13800000001", "handler": "0739-5320002", "supervisor": "138 0000 0003"}


@pytest.fixture
def listed(exchange: Exchange) -> Exchange:
    """An office with three people on duty."""
    for name, number in NUMBERS.items():
        put_on(exchange, "operator", name, number)
    return exchange


def put_on(exchange: Exchange, by: str, whom: str, number: str) -> None:
    office, ring = exchange.office, exchange.rooms.ring
    with exchange.rooms.database.transaction() as session:
        duty.put_on(session, ring, office[by], office[whom].person, number, exchange.now)


def line(exchange: Exchange, whom: str) -> int:
    with exchange.rooms.database.read() as session:
        person = exchange.office[whom].person
        return session.scalars(select(DutyLine.id).where(DutyLine.user_id == person)).one()


def move(exchange: Exchange, whom: str, where: str, by: str = "operator") -> None:
    found = line(exchange, whom)
    with exchange.rooms.database.transaction() as session:
        duty.move(session, exchange.office[by], found, where, exchange.now)


def order(exchange: Exchange, reader: str = "operator") -> list[str]:
    with exchange.rooms.database.read() as session:
        found = duty.listed(session, exchange.rooms.ring, exchange.office[reader])
    people = {actor.id: name for name, actor in exchange.office.actors.items()}
    return [people[one.user_id] for one in found]


def test_they_are_rung_in_the_order_of_the_list(listed: Exchange) -> None:
    assert order(listed) == ["operator", "handler", "supervisor"]
    move(listed, "supervisor", "first")
    move(listed, "operator", "down")
    assert order(listed) == ["supervisor", "handler", "operator"]
    move(listed, "operator", "up")
    with listed.rooms.database.read() as session:
        rung = duty.to_ring(session, listed.rooms.ring, DISTRICT)
    assert rung == ["+8613800000003", "+8613800000001", "+867395320002"]
    with pytest.raises(MoveNotAllowed):
        move(listed, "supervisor", "up")


def test_whoever_left_the_office_is_passed_over(listed: Exchange) -> None:
    with listed.rooms.database.transaction() as session:
        session.get_one(User, listed.office["handler"].person).active = False
    with listed.rooms.database.read() as session:
        assert len(duty.to_ring(session, listed.rooms.ring, DISTRICT)) == 2


def test_an_exchange_names_a_line_by_its_number(listed: Exchange) -> None:
    with listed.rooms.database.read() as session:
        ring = listed.rooms.ring
        assert duty.who(session, ring, DISTRICT, "+86 739 5320002") == (
            listed.office["handler"].person
        )
        assert duty.who(session, ring, DISTRICT, "13899999999") is None


def test_the_numbers_lie_sealed_and_open_only_for_whoever_keeps_the_list(
    listed: Exchange,
) -> None:
    with listed.rooms.database.read() as session:
        ring = listed.rooms.ring
        assert all(b"00000" not in one.sealed for one in session.scalars(select(DutyLine)))
        for reader, opens in (("operator", True), ("supervisor", True), ("leader", False)):
            found = duty.listed(session, ring, listed.office[reader])
            assert [bool(one.number) for one in found] == [opens] * 3
        with pytest.raises(NotPermitted):
            duty.listed(session, ring, listed.office["auditor"])


@pytest.mark.parametrize("by", ["handler", "leader", "reviewer", "administrator"])
def test_only_operator_and_supervisor_keep_the_list(listed: Exchange, by: str) -> None:
    with pytest.raises(NotPermitted):
        move(listed, "handler", "first", by)
    with pytest.raises(NotPermitted):
        put_on(listed, by, "reviewer", "13800000009")


def test_another_office_neither_sees_nor_changes_the_list(listed: Exchange) -> None:
    assert order(listed, "stranger") == []
    with pytest.raises(NotFound):
        move(listed, "handler", "first", "stranger")
    with pytest.raises(BadInput):
        put_on(listed, "stranger", "operator", "13800000009")


@pytest.mark.parametrize(
    ("whom", "number", "wrong"),
    [
        ("operator", "13800000009", {"user"}),
        ("city", "13800000009", {"user"}),
        ("reviewer", "no number", {"number"}),
        ("inspector", "", {"user", "number"}),
    ],
)
def test_what_cannot_be_rung_is_not_put_on(
    listed: Exchange, whom: str, number: str, wrong: set[str]
) -> None:
    with pytest.raises(BadInput) as told:
        put_on(listed, "operator", whom, number)
    assert set(told.value.fields) == wrong


def test_somebody_is_taken_off_and_rung_elsewhere(listed: Exchange) -> None:
    office, ring = listed.office, listed.rooms.ring
    lines = {name: line(listed, name) for name in NUMBERS}
    with listed.rooms.database.transaction() as session:
        duty.take_off(session, office["operator"], lines["operator"])
        duty.change_number(
            session, ring, office["operator"], lines["handler"], "13800000002", listed.now
        )
    assert order(listed) == ["handler", "supervisor"]
    with listed.rooms.database.read() as session:
        assert duty.to_ring(session, ring, DISTRICT)[0] == "+8613800000002"
