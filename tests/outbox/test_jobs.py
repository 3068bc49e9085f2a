"""The schedule, the thread that keeps it, and what an RQ job is."""

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.jobs import context
from caseflow.jobs.embedded import Runner
from caseflow.jobs.perform import JobFailed, perform
from caseflow.jobs.schedule import NAMES, Job, schedule
from caseflow.outbox.handlers import Handlers
from tests.outbox.house import PostOffice, handlers, only, tell

SOON = 10.0


@dataclass
class House:
    """Services whose sweep finds so many batches, and may raise."""

    database: Database
    handlers: Handlers
    mails: int | None = None
    batches: int = 0
    broken: bool = False
    swept: list[datetime] = field(default_factory=list)
    anchored: list[datetime] = field(default_factory=list)

    def sweep(self, _session: Session, now: datetime) -> int:
        """Count."""
        self.swept.append(now)
        if self.broken:
            raise RuntimeError("张三 13800000000")
        self.batches -= 1
        return max(self.batches + 1, 0)

    def anchor(self, now: datetime) -> bool:
        """Anchor nothing."""
        self.anchored.append(now)
        return True

    def mind_calls(self, _now: datetime) -> int:
        """Mind none."""
        return 0

    def examine_files(self, _now: datetime) -> int:
        """Look at none."""
        return 0

    def forget_files(self, _now: datetime) -> int:
        """Forget none."""
        return 0

    await_mail = None

    @property
    def fetch_pictures(self) -> object:
        """Find nothing, in a house that has doors at all."""
        return None if self.mails is None else lambda _now: 0

    @property
    def poll_mail(self) -> object:
        """Find that much mail."""
        return None if self.mails is None else lambda _now: self.mails


@pytest.fixture
def house(sqlite_database: Database) -> House:
    return House(sqlite_database, handlers(PostOffice()))


@pytest.fixture
def as_context(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """Let `perform` find this house."""
    monkeypatch.setattr(f"{__name__}.the_house", lambda: house, raising=False)
    context.configure(f"{__name__}:the_house")
    yield house
    context.configure("caseflow.app:services")


def test_every_job_stands_in_the_schedule(house: House) -> None:
    with_mail = schedule(replace(house, mails=0))  # type: ignore[arg-type]
    assert [(job.name, job.every_seconds) for job in with_mail] == [
        ("sweep", 60),
        ("mail", 60),
        ("pictures", 20),
        ("outbox", 2),
        ("calls", 30),
        ("look", 10),
        ("ledgers", 5),
        ("anchor", 1800),
        ("files", 21_600),
    ]
    assert tuple(job.name for job in with_mail) == NAMES
    assert [job.name for job in schedule(house)] == [  # type: ignore[arg-type]
        *("sweep", "outbox", "calls", "look", "ledgers", "anchor", "files")
    ]


def test_a_job_says_whether_there_may_be_more(house: House, now: datetime) -> None:
    house.batches, house.mails = 2, 0
    sweep, mail, _, outbox, calls, _, _, anchor, _ = schedule(house)  # type: ignore[arg-type]
    assert [sweep.work(now), sweep.work(now), sweep.work(now)] == [True, True, False]
    assert mail.work(now) is False
    house.mails = 3
    assert mail.work(now) is True
    tell(house.database, now, *(f"user:{n}" for n in range(1, 26)))
    assert [outbox.work(now), outbox.work(now)] == [True, False]
    assert calls.work(now) is False
    assert anchor.work(now) is False
    assert house.anchored == [now]


def test_an_rq_job_goes_on_until_nothing_is_left(as_context: House, now: datetime) -> None:
    as_context.batches = 3
    perform("sweep")
    assert len(as_context.swept) == 4
    tell(as_context.database, now, "user:1")
    perform("outbox")
    assert only(as_context.database).state == "sent"


def test_an_rq_job_that_fails_says_where_and_about_nobody(as_context: House) -> None:
    as_context.broken = True
    with pytest.raises(JobFailed) as caught:
        perform("sweep")
    assert str(caught.value).startswith("sweep: RuntimeError in ")
    assert "张三" not in str(caught.value)
    assert caught.value.__suppress_context__ is True
    assert caught.value.__cause__ is None


def test_an_unknown_job_is_refused(as_context: House) -> None:
    with pytest.raises(KeyError):
        perform("mail")


def test_the_runner_keeps_every_job_going_though_one_always_fails(
    now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    enough = threading.Semaphore(0)

    def broken(_now: datetime) -> bool:
        enough.release()
        raise RuntimeError("张三 13800000000")

    def sound(moment: datetime) -> bool:
        assert moment == now
        enough.release()
        return False

    with caplog.at_level(logging.ERROR):
        runner = Runner([Job("a", 0.001, broken), Job("b", 0.001, sound)], now=lambda: now)
        runner.start()
        for _ in range(20):
            assert enough.acquire(timeout=SOON)
        assert runner.stop(SOON) is True
    assert "job a failed: RuntimeError in " in caplog.text
    assert "job b" not in caplog.text
    assert "张三" not in caplog.text


def test_the_runner_comes_again_at_once_while_there_is_more(now: datetime) -> None:
    left, done = [3], threading.Event()

    def work(_now: datetime) -> bool:
        left[0] -= 1
        if not left[0]:
            done.set()
        return left[0] > 0

    runner = Runner([Job("a", 3600, work)], now=lambda: now)
    runner.start()
    assert done.wait(SOON)
    assert runner.stop(SOON) is True
    assert left == [0]


def test_a_job_that_hangs_holds_up_neither_the_others_nor_the_stop(now: datetime) -> None:
    release, other = threading.Event(), threading.Semaphore(0)

    def hang(_now: datetime) -> bool:
        release.wait()
        return True

    def go(_now: datetime) -> bool:
        other.release()
        return False

    runner = Runner([Job("a", 0.001, hang), Job("b", 0.001, go)], now=lambda: now)
    runner.start()
    for _ in range(3):
        assert other.acquire(timeout=SOON)
    assert runner.stop(0.05) is False
    release.set()
    assert runner.stop(SOON) is True


def test_a_runner_that_never_started_stops(now: datetime) -> None:
    assert Runner([Job("a", 1, lambda _now: False)], now=lambda: now).stop() is True


def test_time_is_asked_before_each_run(now: datetime) -> None:
    moments = iter([now, now + timedelta(minutes=1)])
    seen: list[datetime] = []
    done = threading.Event()

    def work(moment: datetime) -> bool:
        seen.append(moment)
        if len(seen) == 2:
            done.set()
        return len(seen) < 2

    runner = Runner([Job("a", 3600, work)], now=lambda: next(moments))
    runner.start()
    assert done.wait(SOON)
    assert runner.stop(SOON)
    assert seen == [now, now + timedelta(minutes=1)]
