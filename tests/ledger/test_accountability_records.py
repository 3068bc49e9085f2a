"""Files of inquiry as rows: what the database refuses, what the laws and the chain name."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.escalation import accountability_gate, accountability_laws, accountability_record
from caseflow.escalation.accountability_states import WAY
from caseflow.escalation.accountability_tables import AccountabilityFile, AccountabilityStep
from tests import office as offices
from tests.ledger.inquiries import DAY, Kept, kept


@pytest.fixture
def city(database: Database, now: datetime) -> Iterator[Kept]:
    with kept(database, now) as made:
        yield made


PLANTED = """INSERT INTO accountability_evidence SELECT 99, file_id, 1, blob_id, name
    FROM accountability_evidence WHERE id = 1"""


def broken(session: Session) -> list[str]:
    session.flush()
    return [one for query in accountability_laws.broken() for one in session.scalars(query)]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accountability_step SET text = 'x'",
        "DELETE FROM accountability_step",
        "DELETE FROM accountability_inquirer",
        "DELETE FROM accountability_file",
        "UPDATE accountability_file SET state = 'opened'",
        "UPDATE accountability_file SET outcome = NULL",
        "UPDATE accountability_file SET decided_by = opened_by",
    ],
)
def test_the_database_refuses(city: Kept, statement: str) -> None:
    city.on_the_way("decision_made")
    with pytest.raises(DBAPIError), city.session.begin_nested():
        city.session.execute(text(statement))


def test_where_the_gate_does_not_ask_the_database_does(
    city: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A deliberate fault: four eyes are not asked."""
    monkeypatch.setattr(accountability_gate, "_four_eyes", lambda *_: "")
    city.open()
    city.take("inquiry_recorded", "city_leader")
    for move in WAY[1:4]:
        city.now += 14 * DAY
        city.take(move)
    with pytest.raises(DBAPIError, match="who inquired"), city.session.begin_nested():
        city.take("decision_made")


def test_what_came_with_a_step_can_neither_go_nor_be_exchanged(city: Kept) -> None:
    city.open()
    blobs = [offices.blob(city.session, city.now) for _ in range(2)]
    city.take("inquiry_recorded", files=[(one, "台账") for one in blobs])
    assert list(accountability_record.misfits(city.session)) == []
    with pytest.raises(DBAPIError), city.session.begin_nested():
        city.session.execute(text("DELETE FROM accountability_evidence"))
    for statement in (
        "UPDATE blob SET sha256 = 'x'",
        PLANTED,
    ):
        with city.session.begin_nested() as planted:
            city.session.execute(text(statement))
            city.session.expire_all()
            assert list(accountability_record.misfits(city.session)) == [f"file {city.file.id}"]
            planted.rollback()


def test_the_laws_and_the_chain_name_each_violation(city: Kept) -> None:
    session, file = city.session, city.on_the_way("decision_made")
    name = f"file {file.id}"
    for statement in (
        f"UPDATE accountability_file SET decided_by = {city.office['auditor'].person}",
        "UPDATE accountability_file SET outcome = 'criticism'",
        "UPDATE accountability_file SET state = 'served'",
        "UPDATE supervision_order SET state = 'draft' WHERE kind = 'accountability'",
    ):
        with session.begin_nested() as planted:
            session.execute(text(statement))
            assert set(broken(session)) == {name}, statement
            planted.rollback()
        session.expire_all()
    assert broken(session) == []
    with session.begin_nested() as planted:
        session.execute(text("UPDATE accountability_file SET head_n = head_n + 1"))
        session.expire_all()
        assert list(accountability_record.misfits(session)) == [name]
        planted.rollback()
    session.expire_all()
    assert session.scalar(select(func.count(AccountabilityStep.id))) == 6
    assert session.scalars(select(AccountabilityFile.state)).all() == ["decided"]


def test_a_step_that_was_changed_with_the_guards_torn_off_is_noticed(city: Kept) -> None:
    session, file = city.session, city.on_the_way("notice_served")
    on = " ON accountability_step" if session.get_bind().dialect.name == "postgresql" else ""
    for change in ("update", "delete"):
        session.execute(text(f"DROP TRIGGER accountability_step_no_{change}{on}"))
    for what in (
        "SET text = 'x'",
        "SET people = 'x'",
        "SET choice = 'x'",
        "SET day = '2026-01-01'",
        "SET until = '2026-01-01'",
        f"SET user_id = {city.office['auditor'].person}",
        "SET verb = 'decision_made'",
        "SET body = replace(body, 'city', 'x'), hash = 'x'",
    ):
        with session.begin_nested() as planted:
            session.execute(text(f"UPDATE accountability_step {what} WHERE n = 2"))
            assert list(accountability_record.misfits(session)) == [f"file {file.id}"], what
            planted.rollback()
        session.expire_all()
    with session.begin_nested() as planted:
        session.execute(text("DELETE FROM accountability_step WHERE n = 3"))  # the tail
        assert list(accountability_record.misfits(session)) == [f"file {file.id}"]
        planted.rollback()
    session.expire_all()
    assert list(accountability_record.misfits(session)) == []
