"""What the outbox page and /metrics are told, and what a person can do there."""

from datetime import datetime

import pytest
from sqlalchemy import text

from caseflow.db import Database
from caseflow.errors import MoveNotAllowed, NotFound
from caseflow.outbox import letters
from caseflow.outbox.metrics import Figures, figures
from caseflow.outbox.patience import Patience
from caseflow.outbox.run import expand
from caseflow.outbox.tables import EVENT_OPEN, MESSAGE_OPEN, Event, Message
from caseflow.outbox.taking import due
from tests.outbox.house import (
    HOUR,
    Notes,
    PostOffice,
    carry,
    messages,
    only,
    refuse_for_good,
    tell,
    told,
)
from tests.outbox.test_expansion import failing


def test_the_figures_of_an_empty_outbox_are_nought(database: Database, now: datetime) -> None:
    with database.read() as session:
        assert figures(session, now) == Figures(0, 0.0, 0, 0, 0, 0, 0)


def test_the_figures_count_what_waits_and_what_is_stuck(database: Database, now: datetime) -> None:
    tell(database, now, "user:1")
    carry(database, PostOffice(refuse_for_good), now)
    tell(database, now, "user:0")
    carry(database, PostOffice(), now)
    tell(database, now, "user:2")
    carry(database, PostOffice(), now, notes=Notes(failing=True))
    tell(database, now, "user:3")
    expand(database, failing, now, 10, Patience(event_tries=1))
    tell(database, now + HOUR, "user:4", "user:5")
    expand(database, told, now + HOUR, 10)
    tell(database, now + 2 * HOUR)
    with database.read() as session:
        found = figures(session, now + 3 * HOUR)
    assert found == Figures(
        pending=3,
        oldest_age=2 * 3600.0,
        dead=1,
        dead_events=1,
        withheld=1,
        possible_repeats=0,
        owed=1,
    )


def test_a_dead_letter_can_be_requeued_and_keeps_its_message_id(
    database: Database, now: datetime
) -> None:
    tell(database, now)
    carry(database, PostOffice(refuse_for_good), now)
    dead = only(database)
    with database.transaction() as session:
        assert [one.id for one in letters.stuck_messages(session)] == [dead.id]
        letters.requeue(session, dead.id, now + HOUR)
    with database.read() as session:
        assert letters.stuck_messages(session) == []
        assert [one.id for one in letters.waiting_messages(session)] == [dead.id]
    assert only(database).not_before == now + HOUR
    post = PostOffice()
    carry(database, post, now + HOUR)
    assert post.ids == [dead.message_id]
    with database.read() as session:
        assert [one.ok for one in letters.attempts(session, dead.id)] == [False, True]


def test_a_discarded_letter_leaves_the_page_and_is_not_sent(
    database: Database, now: datetime
) -> None:
    tell(database, now)
    carry(database, PostOffice(refuse_for_good), now)
    with database.transaction() as session:
        letters.discard(session, only(database).id, now)
        assert letters.stuck_messages(session) == []
    post = PostOffice()
    carry(database, post, now + HOUR)
    assert (post.letters, only(database).state) == ([], "discarded")


def test_what_was_sent_or_waits_can_neither_be_requeued_nor_discarded(
    database: Database, now: datetime
) -> None:
    tell(database, now)
    expand(database, told, now, 10)
    for _ in ("pending", "sent"):
        for verb in (letters.requeue, letters.discard):
            with pytest.raises(MoveNotAllowed), database.transaction() as session:
                verb(session, only(database).id, now)
        carry(database, PostOffice(), now)
    assert only(database).state == "sent"
    for verb in (letters.requeue, letters.discard):
        with pytest.raises(NotFound), database.transaction() as session:
            verb(session, 99, now)
    for act in (letters.requeue_event, letters.discard_event):
        with pytest.raises(MoveNotAllowed), database.transaction() as session:
            act(session, only(database).event_id, now)
        with pytest.raises(NotFound), database.transaction() as session:
            act(session, 99, now)


def test_the_page_goes_on_where_the_last_one_ended(database: Database, now: datetime) -> None:
    tell(database, now, *(f"user:{n}" for n in range(1, 6)))
    carry(database, PostOffice(refuse_for_good), now)
    ids = [message.id for message in messages(database)][::-1]
    with database.read() as session:
        first = letters.stuck_messages(session, limit=3)
        rest = letters.stuck_messages(session, before=first[-1].id, limit=3)
    assert [one.id for one in first + rest] == ids


@pytest.mark.parametrize("urgent", [True, False])
@pytest.mark.parametrize(
    ("rows", "is_open", "index"),
    [(Message, MESSAGE_OPEN, "ix_message_open"), (Event, EVENT_OPEN, "ix_event_open")],
)
def test_the_next_row_is_read_from_an_index_without_sorting(
    database: Database, now: datetime, rows: type, is_open: str, index: str, urgent: bool
) -> None:
    query = due(rows, is_open, now, urgent).limit(1)
    words = query.compile(database.engine, compile_kwargs={"literal_binds": True})
    explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
    with database.read() as session:
        if not database.is_sqlite:  # in an empty table reading all of it would be best
            session.execute(text("SET LOCAL enable_seqscan = off"))
            session.execute(text("SET LOCAL enable_bitmapscan = off"))
        plan = str(session.execute(text(f"{explain} {words}")).all()).lower()
    assert index in plan
    assert "sort" not in plan
    assert "b-tree" not in plan
