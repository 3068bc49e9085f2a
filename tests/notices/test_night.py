"""An evening, a night and a morning of the embedded office, quarter of an hour by quarter.

The mail server is away from ten to ten until twenty to eleven, and from three to five nobody is at
work. What is urgent goes at night, and so does what the line and a reporter wait for; what may wait
waits until half past seven. Nothing twice, nothing lost.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from caseflow.app import Services, services
from caseflow.clock import SHANGHAI
from caseflow.crypto.keys import KeyRing
from caseflow.intake.receive import take_in
from caseflow.intake.report import Contact, IncomingReport
from caseflow.jobs.embedded import Runner
from caseflow.jobs.schedule import Job, schedule
from caseflow.ledger.moves import items, triage
from caseflow.ledger.moves.items import Dispatch
from caseflow.ledger.tables import Case
from caseflow.outbox.tables import Event, Message
from caseflow.outbox.transport import Outgoing
from config import Settings
from tests import office as offices
from tests.notices.watch import PostOffice
from tests.office import Office

QUARTER = timedelta(minutes=15)
PATIENCE = 60.0
REPORTER = "reporter@mail.example"
HANDLER, OPERATOR, SCHOOL, LEADER, SUPERVISOR, AUDITOR = (
    f"{one}@office.example"
    for one in ("handler", "operator", "school", "leader", "supervisor", "auditor")
)


def at(said: str) -> datetime:
    """Return a moment of Shanghai: at("03-03T22:00")."""
    return datetime.fromisoformat(f"2026-{said}").replace(tzinfo=SHANGHAI)


BEDTIME, MORNING = at("03-03T22:00"), at("03-04T07:30")


@dataclass
class Turns:
    """The runner's own threads, each of which waits between two turns for the next moment."""

    jobs: list[Job]
    now: datetime
    rested: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    runner: Runner = field(init=False)

    def __post_init__(self) -> None:
        self.go = {job.name: threading.Semaphore(0) for job in self.jobs}
        mine = [replace(job, wait=self._waits(self.go[job.name])) for job in self.jobs]
        self.runner = Runner(mine, now=lambda: self.now)
        self.runner.start()
        self._all_rest()

    def _waits(self, turn: threading.Semaphore) -> Callable[[float, Callable[[], bool]], bool]:
        def wait(_seconds: float, _stopping: Callable[[], bool]) -> bool:
            self.rested.release()
            turn.acquire()
            return True

        return wait

    def _all_rest(self) -> None:
        for _ in self.jobs:
            assert self.rested.acquire(timeout=PATIENCE)

    def at(self, now: datetime) -> None:
        """Let every job have its turn: first those that bring about news, then the outbox."""
        self.now = now
        for names in ([name for name in self.go if name != "outbox"], ["outbox"]):
            for name in names:
                self.go[name].release()
            for _ in names:
                assert self.rested.acquire(timeout=PATIENCE)

    def end(self) -> None:
        """Stop the runner."""
        self.runner._stopping.set()
        for turn in self.go.values():
            turn.release()
        assert self.runner.stop(PATIENCE)


@dataclass
class Night:
    """The office, its post, and when each letter went."""

    built: Services
    post: PostOffice
    office: Office
    letters: list[tuple[datetime, str, Outgoing]] = field(default_factory=list)

    def do(self, move: Callable[[Session], object]) -> None:
        with self.built.database.transaction() as session:
            move(session)

    def comes_in(self, now: datetime, key: str, *, urgent: bool = False) -> None:
        contact = Contact(email=REPORTER)
        report = IncomingReport("webform", key, now, "complaint", "菜里有虫", b"-", contact=contact)
        take_in(self.built.rooms, replace(report, urgent=urgent), now)

    def dispatched(self, now: datetime) -> None:
        """Let the school have an item with a working day to sign for it: until midnight."""

        def move(session: Session) -> None:
            mine, school = self.office["handler"], self.office.units["school"]
            case, _ = offices.report(session, now)
            triage.accept(session, mine, case.id, now)
            [item] = items.split(session, mine, case.id, ["食堂卫生"], now)
            items.dispatch(session, mine, item.id, Dispatch(school, "请核查"), now)

        self.do(move)

    def accepted(self, now: datetime) -> None:
        """Let the handler, who works late, accept what came in last."""

        def move(session: Session) -> None:
            last = session.scalars(select(Case.id).order_by(Case.id.desc()).limit(1)).one()
            triage.accept(session, self.office["handler"], last, now)

        self.do(move)

    def told(self, address: str, since: datetime, until: datetime) -> list[datetime]:
        """Return when something went to an address, from one moment until before another."""
        return [when for when, to, _ in self.letters if to == address and since <= when < until]


@pytest.fixture
def night(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Night]:
    KeyRing.create(tmp_path / "keys.json")
    post = PostOffice()
    monkeypatch.setattr(Services, "_mail", lambda _self: post)
    names = {"CASEFLOW_HOME": str(tmp_path), "CASEFLOW_DATABASE_URL": sqlite_url}
    built = services(Settings.read(names))
    with built.database.transaction() as session:
        office = offices.make(session)
    yield Night(built, post, office)
    built.database.close()


def walk(night: Night) -> None:
    """Go through the night: what happens, happens just before the runner's turn."""
    happens: dict[datetime, Callable[[datetime], object]] = {
        at("03-03T20:00"): night.dispatched,
        at("03-03T21:45"): lambda now: night.comes_in(now, "evening"),
        at("03-03T23:00"): lambda now: night.comes_in(now, "late"),
        at("03-03T23:15"): night.accepted,
        at("03-04T02:00"): lambda now: night.comes_in(now, "danger", urgent=True),
    }
    turns = Turns(schedule(night.built), at("03-03T19:45"))
    try:
        for n in range(1, 54):  # until nine in the morning
            now = turns.now + QUARTER if n > 1 else at("03-03T20:00")
            if now in happens:
                happens[now](now)
            night.post.down = at("03-03T21:45") <= now < at("03-03T22:45")
            before = len(night.post.letters)
            if at("03-04T03:00") <= now < at("03-04T05:00"):
                turns.now = now  # nobody is at work
                continue
            turns.at(now)
            night.letters += [(now, *one) for one in night.post.letters[before:]]
    finally:
        turns.end()


def test_a_night_disturbs_nobody_but_for_danger_and_by_morning_everything_is_told(
    night: Night,
) -> None:
    walk(night)
    dark, opening = (BEDTIME, MORNING), (MORNING, at("03-04T07:45"))
    # The line is told when the mail server is back, and of what is later at once.
    ours = [at("03-03T22:45"), at("03-03T23:00"), at("03-04T02:00")]
    assert night.told(OPERATOR, *dark)[:3] == ours
    assert night.told(REPORTER, *dark) == [at("03-03T23:15")]
    # Who handles it sleeps, though one letter was tried in the evening already.
    assert night.told(HANDLER, *dark) == []
    assert night.told(HANDLER, *opening) == [MORNING, MORNING]
    # What the school missed at midnight it reads when it opens.
    assert night.told(SCHOOL, *dark) == []
    assert night.told(SCHOOL, *opening) == [MORNING]
    # Everybody else is woken by danger alone.
    assert night.told(LEADER, *dark) == [at("03-04T02:00")]
    others = [
        letter.subject
        for when, to, letter in night.letters
        if BEDTIME <= when < MORNING and to not in (OPERATOR, REPORTER, AUDITOR)
    ]
    assert all(subject.startswith("【紧急】") for subject in others), others
    with night.built.database.read() as session:
        rows = list(session.scalars(select(Message)))
        assert session.scalars(select(Event).where(Event.expanded_at.is_(None))).all() == []
    # Nothing twice, nothing lost.
    ids = [letter.message_id.split("-")[0] for _, _, letter in night.letters]  # it is signed
    assert len(ids) == len(set(ids))
    assert [one for one in rows if one.state == "pending"] == []
    sent = {one.message_id for one in rows if one.state == "sent" and not one.summary_id}
    assert set(ids) == sent
    assert {one.state for one in rows} <= {"sent", "withheld"}
    assert {one.reason for one in rows if one.state == "withheld"} <= {"no_address"}
    keys = [(one.event_id, one.rule, one.recipient) for one in rows]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("back", "who"),
    [("03-05T02:00", SCHOOL), ("03-11T02:00", SUPERVISOR)],
    ids=["two days", "a week"],
)
def test_after_a_standstill_each_person_reads_one_message_and_not_at_night(
    night: Night, back: str, who: str
) -> None:
    """Eight items lie with the school; no job has its turn until two in some night.

    After two days the newest rung urges the school, after a week it drafts documents to be signed.
    """
    turns = Turns(schedule(night.built), at("03-03T10:00"))
    try:
        for _ in range(8):
            night.dispatched(turns.now)
        turns.at(turns.now)
        night.post.letters.clear()
        turns.at(at(back))
        assert {to for to, _ in night.post.letters} <= {AUDITOR}
        turns.at(at(back) + timedelta(hours=5, minutes=30))
    finally:
        turns.end()
    told = Counter(to for to, _ in night.post.letters if to != AUDITOR)
    assert told[who] == 1
    assert set(told.values()) == {1}
    [letter] = [letter for to, letter in night.post.letters if to == who]
    assert letter.subject == "有 8 项事情需要您处理"
    assert all(f"{n:06}" in letter.text for n in range(1, 9))
