"""What a move writes."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.outbox.events import News, body_of, emit, emit_many
from caseflow.outbox.tables import Event


def test_an_event_is_gone_with_the_move_that_failed(database: Database, now: datetime) -> None:
    def move(session: Session) -> None:
        emit(session, "opened", case_id=None, at=now)
        session.flush()
        raise RuntimeError

    with pytest.raises(RuntimeError):
        database.run(move)
    with database.read() as session:
        assert session.scalars(select(Event)).all() == []


def test_the_body_is_the_same_text_for_the_same_content(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        one = emit(session, "opened", case_id=None, at=now, body={"b": 1, "a": ["督", None]})
        two = emit(session, "opened", case_id=None, at=now, body={"a": ["督", None], "b": 1})
        assert one.body == two.body == '{"a":["督",null],"b":1}'
        assert body_of(one) == {"a": ["督", None], "b": 1}


def test_what_is_not_json_is_refused_at_once(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        for body in ({"at": now}, {"share": float("nan")}):
            with pytest.raises((TypeError, ValueError)):
                emit(session, "opened", case_id=None, at=now, body=body)  # type: ignore[arg-type]


def test_many_events_are_the_same_rows_in_their_order(database: Database, now: datetime) -> None:
    news = [News(f"rung_{n}", None, now, {"n": n}, urgent=n == 2, quiet=n < 2) for n in range(3)]
    with database.transaction() as session:
        assert emit_many(session, news) == 3
        assert emit_many(session, []) == 0
        for one in news:
            emit(
                session,
                one.name,
                case_id=None,
                at=now,
                body=one.body,
                urgent=one.urgent,
                quiet=one.quiet,
            )
    with database.read() as session:
        rows = session.scalars(select(Event).order_by(Event.id)).all()
    facts = [(e.name, e.body, e.urgent, e.quiet, e.expanded_at, e.not_before) for e in rows]
    assert facts[:3] == facts[3:]
    assert [fact[0] for fact in facts[:3]] == ["rung_0", "rung_1", "rung_2"]
    assert [fact[4] for fact in facts[:3]] == [now, now, None]
