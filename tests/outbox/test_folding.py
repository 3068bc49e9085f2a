"""What may wait waits for the morning, and many things at once are told in one message."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.outbox.folding import MANY, fold
from caseflow.outbox.handlers import Draft
from caseflow.outbox.letters import requeue
from caseflow.outbox.metrics import figures
from caseflow.outbox.run import expand
from caseflow.outbox.tables import Event, Message
from caseflow.outbox.transport import PermanentFailure
from tests.outbox.house import HOUR, PostOffice, carry, messages, only, refuse_times, tell, told

NINE = datetime(2026, 3, 3, 2, tzinfo=UTC)
"""The moment `now` of the tests, at which a day begins here."""


def calmly(session: Session, event: Event) -> list[Draft]:
    """Tell what can wait."""
    return [replace(draft, calm=True) for draft in told(session, event)]


def summary(_session: Session, recipient: str, found: Sequence[Message]) -> Draft:
    return Draft("summary", recipient, "mail", "zh", f"{len(found)} 项", "看")


def in_the_morning(now: datetime) -> datetime:
    """Be asleep for the first eight hours of the tests."""
    return max(now, NINE + 8 * HOUR)


def send(database: Database, post: PostOffice, now: datetime, **more: object) -> int:
    return carry(database, post, now, **{"rules": calmly, "summarise": summary, **more})


def subjects(post: PostOffice) -> list[str]:
    return [letter.subject for _, letter in post.letters]


def test_what_may_wait_waits_for_the_morning_and_danger_does_not(
    database: Database, now: datetime
) -> None:
    post = PostOffice()
    tell(database, now, "user:1", subject="普通")
    tell(database, now, "user:1", subject="紧急", urgent=True)
    send(database, post, now, waking=in_the_morning)
    assert subjects(post) == ["紧急"]
    with database.read() as session:
        assert figures(session, now + 7 * HOUR).oldest_age == 0.0
    send(database, post, now + 8 * HOUR, waking=in_the_morning)
    assert subjects(post) == ["紧急", "普通"]


def test_many_at_once_are_told_in_one_message(database: Database, now: datetime) -> None:
    post = PostOffice()
    for n in range(MANY):
        tell(database, now, "user:1", "user:2", subject=f"第{n}项")
    tell(database, now, "user:1", subject="紧急", urgent=True)
    tell(database, now, "user:3", subject="只一项")
    send(database, post, now)
    assert subjects(post).count(f"{MANY} 项") == 2
    assert set(subjects(post)) == {f"{MANY} 项", "紧急", "只一项"}
    folded = [one for one in messages(database) if one.summary_id]
    assert len(folded) == 2 * MANY
    assert {one.state for one in folded} == {"sent"}
    assert send(database, post, now) == 0
    assert len(post.letters) == 4


def test_few_are_told_one_by_one(database: Database, now: datetime) -> None:
    post = PostOffice()
    for n in range(MANY - 1):
        tell(database, now, "user:1", subject=f"第{n}项")
    send(database, post, now)
    assert len(post.letters) == MANY - 1


def test_what_was_tried_already_goes_by_itself(database: Database, now: datetime) -> None:
    post = refuse_times(1)
    tell(database, now, "user:1", subject="再试")
    send(database, post, now)
    for n in range(MANY - 1):
        tell(database, now, "user:1", subject=f"第{n}项")
    send(database, post, now + HOUR)
    assert sorted(subjects(post)) == sorted(["再试", *(f"第{n}项" for n in range(MANY - 1))])


def test_a_summary_that_nobody_takes_is_a_dead_letter_like_any_other(
    database: Database, now: datetime
) -> None:
    post = refuse_times(1, PermanentFailure)
    for n in range(MANY):
        tell(database, now, "user:1", subject=f"第{n}项")
    send(database, post, now)
    [dead] = [one for one in messages(database) if one.state == "dead"]
    with database.transaction() as session:
        requeue(session, dead.id, now)
    for n in range(MANY):
        tell(database, now, "user:1", subject=f"又{n}项")
    send(database, post, now + HOUR)
    assert subjects(post) == [f"{MANY} 项"] * 2


def test_while_more_is_to_come_it_waits_a_little_and_not_for_ever(
    database: Database, now: datetime
) -> None:
    post = PostOffice()
    for n in range(3 * MANY):
        tell(database, now, "user:1", subject=f"第{n}项")
    send(database, post, now, limit=MANY)
    assert post.letters == []
    send(database, post, now, limit=MANY)
    send(database, post, now, limit=MANY)
    send(database, post, now, limit=MANY)
    assert subjects(post) == [f"{3 * MANY} 项"]
    for n in range(2 * MANY):
        tell(database, now, "user:1", subject=f"第{n}项")
    send(database, post, now, limit=MANY)
    tell(database, now, "user:2")
    send(database, post, now + timedelta(minutes=10), limit=MANY)
    assert len(post.letters) == 1 + MANY, "a stream of events starves nobody"


def at_nine(now: datetime) -> datetime:
    """Be awake for ten hours, then asleep for ten."""
    return now if not NINE + 10 * HOUR <= now < MORNING else MORNING


EVENING, NIGHT, MORNING = NINE + 9.95 * HOUR, NINE + 12 * HOUR, NINE + 20 * HOUR


def test_what_was_refused_in_the_evening_is_not_tried_in_the_night(database: Database) -> None:
    post = refuse_times(2)
    tell(database, EVENING, "user:1", subject="普通")
    tell(database, EVENING, "user:1", subject="紧急", urgent=True)
    for moment in (EVENING, NIGHT, NIGHT + HOUR):
        send(database, post, moment, waking=at_nine)
    assert subjects(post) == ["紧急"]
    send(database, post, MORNING, waking=at_nine)
    assert subjects(post) == ["紧急", "普通"]


def test_what_nobody_sent_by_day_is_folded_in_the_morning_and_not_in_the_night(
    database: Database,
) -> None:
    post = PostOffice()
    for n in range(MANY):
        tell(database, EVENING, "user:1", subject=f"第{n}项")
    expand(database, calmly, EVENING, MANY, waking=at_nine)
    send(database, post, NIGHT, waking=at_nine)
    with database.read() as session:
        assert figures(session, NIGHT + HOUR).oldest_age == 0.0
    assert {one.not_before for one in messages(database)} == {MORNING}, "nobody is asked for it"
    assert post.letters == []
    send(database, post, MORNING, waking=at_nine)
    assert subjects(post) == [f"{MANY} 项"]


def test_a_summary_that_was_refused_in_the_evening_waits_and_is_not_folded_again(
    database: Database,
) -> None:
    post = refuse_times(1)
    for n in range(MANY):
        tell(database, EVENING, "user:1", subject=f"第{n}项")
    send(database, post, EVENING, waking=at_nine)
    for n in range(MANY):
        tell(database, NIGHT, "user:1", subject=f"又{n}项")
    send(database, post, NIGHT, waking=at_nine)
    assert post.letters == []
    send(database, post, MORNING, waking=at_nine)
    assert subjects(post) == [f"{MANY} 项"] * 2


def test_whom_a_worker_left_behind_is_not_told_in_the_night(database: Database) -> None:
    post = PostOffice()
    tell(database, EVENING, "user:1")
    expand(database, calmly, EVENING, 1, waking=at_nine)
    with database.transaction() as session:
        left = session.scalars(select(Message)).one()
        left.state, left.attempts, left.claimed_by = "claimed", 1, "gone"
        left.lease_until = left.not_before = NIGHT - HOUR
    send(database, post, NIGHT, waking=at_nine)
    assert post.letters == []
    send(database, post, MORNING, waking=at_nine)
    assert len(post.letters) == 1
    assert only(database).repeats == 1, "it may have been sent in the evening"


def test_a_run_that_goes_on_into_the_night_leaves_what_may_wait(database: Database) -> None:
    post = PostOffice()

    def until_the_first_letter(now: datetime) -> datetime:
        return MORNING if post.letters else now

    tell(database, EVENING, "user:1", "user:2")
    send(database, post, EVENING, waking=until_the_first_letter)
    assert len(post.letters) == 1


@pytest.mark.postgresql
def test_two_who_fold_at_once_fold_each_once(postgres_database: Database, now: datetime) -> None:
    for n in range(20):
        tell(postgres_database, now, "user:1", "user:2", "user:3", subject=f"第{n}项")
    expand(postgres_database, calmly, now, 20)
    with ThreadPoolExecutor(2) as both:
        done = list(both.map(lambda _: fold(postgres_database, summary, now), range(2)))
    found = [one for one in messages(postgres_database) if one.rule.startswith("summary")]
    assert sum(done) == len(found)
    assert sum(int(one.subject.split()[0]) for one in found) == 60
