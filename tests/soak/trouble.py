"""An office as the compose file starts it, in trouble under load: what people see, what is left.

Its processes are gunicorn, two workers, one more for what is immediate, and the scheduler, on a
PostgreSQL that waits for the disk, a Redis and a mail server of their own. Each trouble comes while
people submit and officers move cases. Whoever submits gets a receipt, or a page that says what to
do and gives back what they wrote: never no answer.
"""

import os
import re
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from tests.faults import checker, staff
from tests.faults.clients import Crowd, Submission, submission
from tests.faults.staff import Staff
from tests.operations.installation import Installation, installed
from tests.outbox.mailhost import OFFICE, MailHost, mail_host, make_certificate
from tests.postgres import Postgres, start_postgres
from tests.servers import Server, kill_with_children, start_redis, wait_until

PEOPLE, BURST = 8, 80
WORKERS = ("worker", "worker", "worker-immediate")
DISK_MIB = 64
SETTLED_SECONDS = 240.0
QUIET_SECONDS = 4.0


@dataclass
class House:
    """The processes of an installation, what they stand on, and what people met there."""

    one: Installation
    postgres: Postgres
    redis: Server
    mail: MailHost
    web: Server
    scheduler: Server
    workers: list[Server]
    sent: list[Submission] = field(default_factory=list)
    in_flight: int = 0
    """Claims that were left behind: by a killed worker, or by one whose database went away."""

    def submissions(self) -> Iterator[Submission]:
        """Yield submissions that nobody made yet."""
        return map(submission, count(len(self.sent)))

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        """Carry a statement out past the application; return the rows it tells of."""
        address = self.postgres.named(self.one.database)
        with psycopg.connect(address) as link, link.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def end_claims(self) -> None:
        """Let the claims that lie there be over, as three minutes later they are; count them."""
        ended = "UPDATE message SET not_before = created_at WHERE state = 'claimed' RETURNING id"
        self.in_flight += len(self.sql(ended))


@contextmanager
def house(home: Path) -> Iterator[House]:
    """Yield an office that is up, with people, and a disk of its own for evidence."""
    with ExitStack() as held:
        postgres = start_postgres(durable=True)
        held.callback(postgres.stop)
        redis, certificate = start_redis(), make_certificate(home)
        mail = held.enter_context(mail_host(certificate))
        one = held.enter_context(installed(postgres, redis.url, home))
        one.settings |= {
            "CASEFLOW_PUBLIC_URL": f"http://127.0.0.1:{one.port}",
            "CASEFLOW_SMTP_URL": f"smtp://localhost:{mail.port}",
            "SSL_CERT_FILE": str(certificate[0]),
            "CASEFLOW_MAIL_FROM": OFFICE,
        }
        one.done("init")
        (home / "lib" / "keys.json").symlink_to(one.settings["CASEFLOW_KEYS"])
        held.enter_context(_small_disk(home / "lib" / "files"))
        staff.employ(postgres.named(one.database))
        web, scheduler, *workers = (one.run(name) for name in ("web", "scheduler", *WORKERS))
        found = House(one, postgres, redis, mail, web, scheduler, workers)
        found.sql(f"UPDATE user_account SET email = '{OFFICE}'")
        try:
            wait_until(lambda: _ready(one), web)
            yield found
        finally:
            for server in (found.web, found.scheduler, *found.workers):
                with suppress(ProcessLookupError):
                    kill_with_children(server.process)
            found.redis.stop()


def _ready(one: Installation) -> bool:
    with suppress(OSError):
        return one.watched().get("caseflow_database_up") == 1
    return False


@contextmanager
def _small_disk(folder: Path) -> Iterator[None]:
    """Give a folder a disk that a file fills; only root may."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() != 0:
        yield
        return
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m,mode=700", "evidence", str(folder)]
    subprocess.run(mount, check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


# Troubles, each for as long as its block


@contextmanager
def slow_mail_server(house: House) -> Iterator[None]:
    """Let the mail server think for longer than anybody waits at a form."""
    house.mail.slow = 3.0
    yield
    house.mail.slow = 0.0


@contextmanager
def redis_killed(house: House) -> Iterator[None]:
    """Kill Redis; what comes back on its port is empty."""
    house.redis.kill()
    yield
    port = int(house.redis.url.rpartition(":")[2].partition("/")[0])
    house.redis.stop()
    house.redis = start_redis(port)


@contextmanager
def workers_killed(house: House) -> Iterator[None]:
    """Kill every worker in the middle of what it sends."""
    house.mail.slow = 0.2
    _wait_for(lambda: house.sql("SELECT 1 FROM message WHERE state = 'claimed'"), house)
    for server in house.workers:
        kill_with_children(server.process)
    house.mail.slow = 0.0
    house.end_claims()
    yield
    house.workers = [house.one.run(name) for name in WORKERS]


@contextmanager
def database_restarted(house: House) -> Iterator[None]:
    """Restart PostgreSQL, whoever is at it."""
    house.postgres.restart()
    yield


@contextmanager
def disk_full(house: House) -> Iterator[None]:
    """Fill the disk that evidence lies on."""
    ballast = house.one.home / "lib" / "files" / "ballast"
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while file.write(bytes(2**16)):
            pass
    yield
    ballast.unlink()


TROUBLES: dict[str, Callable[[House], AbstractContextManager[None]]] = {
    "slow mail server": slow_mail_server,
    "Redis killed": redis_killed,
    "workers killed": workers_killed,
    "PostgreSQL restarted": database_restarted,
    **({"disk full": disk_full} if os.geteuid() == 0 else {}),
}


def run(house: House, seconds: float) -> dict[str, object]:
    """Let one trouble come after the other, and the burst; return what people met in each."""
    officers, figures = Staff(house.one.port), dict[str, object]()
    officers.begin()
    each, burst = seconds * 0.5 / (len(TROUBLES) + 1), min(60.0, seconds * 0.5)
    with _load(house, PEOPLE) as crowd:
        time.sleep(each)
    figures["no trouble"] = met(crowd.sent, each)
    for name, trouble in TROUBLES.items():
        with _load(house, PEOPLE) as crowd:
            time.sleep(each / 4)
            with trouble(house):
                time.sleep(each / 2)
            time.sleep(each / 4)
        figures[name] = met(crowd.sent, each)
    with _load(house, BURST) as crowd:
        time.sleep(burst)
    figures[f"{BURST} people at once"] = met(crowd.sent, burst)
    officers.finish()
    return figures | {"moves": len(officers.made)} | judge(house, officers)


@contextmanager
def _load(house: House, people: int) -> Iterator[Crowd]:
    crowd = Crowd(house.one.port, people, house.submissions())
    crowd.begin()
    try:
        yield crowd
    finally:
        crowd.send_home()
        crowd.finish()
        house.sent += crowd.sent


def met(sent: list[Submission], seconds: float, errors: int = 0) -> str:
    """Say what people met; AssertionError where somebody was left without an answer, or by more
    than so many errors of ours.
    """
    met = sum((one.met for one in sent), Counter[str]())
    assert not met["no answer"], f"{met['no answer']} requests got no answer"
    assert met["an error of ours"] <= errors, f"{met['an error of ours']} errors of ours"
    waits = sorted(one.waited for one in sent)
    p95, longest = waits[len(waits) * 95 // 100], waits[-1]
    told = f"told to wait {met['told to wait']}" if met["told to wait"] else "nobody told to wait"
    return (
        f"{len(sent)} receipts, {len(sent) / seconds:.0f}/s, {told},"
        f" p95 {p95 * 1000:.0f} ms, longest {longest:.1f} s"
    )


# Afterwards


def judge(house: House, officers: Staff) -> dict[str, object]:
    """Hold ledger, files, histories and what the mail server took against what was promised."""
    _settle(house)
    ask = checker.query_of(house.postgres.named(house.one.database))
    checker.check(ask, house.one.home / "lib", house.sent)
    staff.moves_are_in_the_ledger(ask, officers.made)
    for command in (("doctor", "--laws"), ("ledger", "verify")):
        code, said = house.one.command(*command)
        assert code == 0, said
    return _letters(house)


def _letters(house: House) -> dict[str, object]:
    """What is marked as sent arrived; what arrived twice was in flight, and counted."""
    marked = "SELECT message_id FROM message WHERE state = 'sent' AND summary_id IS NULL"
    sent = {row for (row,) in house.sql(marked)}  # before it is looked at what arrived
    arrived = Counter(  # behind the id stands the proof that it is ours (notices.signing)
        re.findall(rb"(?im)^message-id:\s*<([^-@>]+)", raw)[0].decode() for raw in house.mail.raw
    )
    lost = sent - set(arrived)
    unknown = set(arrived) - {row for (row,) in house.sql(marked)}
    assert not lost, f"marked as sent and never arrived: {_told_of(house, lost)}"
    assert not unknown, f"{len(unknown)} messages arrived and are not marked as sent"
    twice = arrived.total() - len(arrived)
    [(repeats,)] = house.sql("SELECT coalesce(sum(repeats), 0) FROM message")
    told = house.one.watched()["caseflow_outbox_possible_repeats"]
    assert twice <= repeats == told <= house.in_flight, (twice, repeats, told, house.in_flight)
    return {
        "messages": f"{len(sent)}, lost 0",
        "arrived twice": f"{twice} of {house.in_flight} in flight, counted {told:.0f}",
    }


def _told_of(house: House, messages: set[str]) -> list[tuple[Any, ...]]:
    """Return what the rows of some messages say, and what came of each try."""
    rows = house.sql(
        "SELECT m.message_id, m.rule, m.recipient, m.way, m.repeats, m.attempts, a.ok, a.note"
        " FROM message m LEFT JOIN attempt a ON a.message_id = m.id ORDER BY m.id, a.id"
    )
    return [row for row in rows if row[0] in messages][:20]


def _settle(house: House) -> None:
    """Wait until nothing is left to send but what waits for the morning."""
    waits = "calm AND attempts = 0 AND not_before > now()"
    open_ones = f"state IN ('pending', 'claimed') AND NOT ({waits})"
    again = f"UPDATE message SET not_before = created_at WHERE state = 'pending' AND NOT ({waits})"
    state = (
        f"SELECT count(*), sum(attempts), (SELECT count(*) FROM event WHERE expanded_at IS NULL"
        f" AND dead_at IS NULL) FROM message WHERE {open_ones}"
    )
    before, since = None, time.monotonic()

    def settled() -> bool:
        nonlocal before, since
        [found] = house.sql(state)
        if found != before:
            before, since = found, time.monotonic()
        elif time.monotonic() - since > QUIET_SECONDS:  # tried again later, or claimed by the dead
            house.end_claims()
            house.sql(again)
            since = time.monotonic()
        return found == (0, None, 0)

    _wait_for(settled, house)


def _wait_for(so: Callable[[], object], house: House) -> None:
    end = time.monotonic() + SETTLED_SECONDS
    while not so():
        assert time.monotonic() < end, "\n".join(
            log.read_text(errors="replace")[-2000:] for log in house.one.home.glob("*.log")
        )
        time.sleep(0.1)
