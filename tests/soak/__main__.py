"""`make soak`: hours of an office in minutes, everybody at once and killed at will.

    python -m tests.soak [SECONDS]

Six runs share the time: people and sweeps at the same cases, kills under load in production, one
trouble after the other in an installation, a new version under load, chance with stories that were
never told before, and such stories told to the ledger and to the model of its rules. Each prints
its figures. Ends with 1 when anything was broken, and says what.
"""

import random
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import tests.conftest  # noqa: F401 - no setting of whoever runs this, no other machine
from caseflow import migrating
from caseflow.db import Database
from tests.faults import kills
from tests.faults.house import in_production
from tests.ledger import laws
from tests.ledger.conftest import a_stage
from tests.ledger.machine import chance_on, run
from tests.ledger.world import populate
from tests.model import soak as model
from tests.postgres import start_postgres
from tests.servers import start_redis
from tests.soak import contest, judging, trouble, upgrade

SECONDS = 480.0
STORY_STEPS = 60
SHARES = {
    "contest": 0.13,  # a minute of the usual eight
    "kills": 0.3,
    "trouble": 0.27,
    "upgrade": 0.08,
    "chance": 0.12,
    "model": 0.1,
}


def people_and_sweeps(seconds: float) -> dict[str, object]:
    """Let 16 people and 4 sweeps be at 50 cases."""
    with _database() as url:
        database = Database(url)
        with database.transaction() as session:
            office = populate(session)
        contest.prepare(database, office)
        before = judging.entries(database)
        database.close()
        began = time.monotonic()
        account = contest.contest(url, office, seconds)
        took = time.monotonic() - began
        asked = judging.judge(database, office, before, account)
        database.close()
    moves = account.moves.total()
    return {
        "moves": f"{moves} of {len(account.moves)} kinds, {moves / took:.1f}/s",
        **{name: n for name, n in sorted(account.outcomes.items()) if name != "accepted"},
        "rungs": f"{account.rungs}, {account.rungs / took:.1f}/s",
        "transactions begun anew": account.begun_anew,
        "laws asked": asked,
    }


def kills_under_load(seconds: float) -> dict[str, object]:
    """Kill web, worker, scheduler and PostgreSQL while people submit and officers move cases."""
    with (
        tempfile.TemporaryDirectory(prefix="caseflow-soak-") as home,
        start_redis() as redis,
        in_production(Path(home), redis.url) as house,
    ):
        began = time.monotonic()
        done = kills.run(house, submissions=90, kills=9, seconds=seconds)
        took = time.monotonic() - began
        said = kills.judge(house, done)
    return {
        "kills": f"{house.kills}, of PostgreSQL {house.crashes}",
        "receipts shown": sum(len(one.receipts) for one in done.sent),
        "forms sent again": done.torn,
        "moves": f"{len(done.made)}, {len(done.made) / took:.1f}/s",
        **{f"answer {name}": n for name, n in sorted(done.outcomes.items())},
        "laws asked": said.count(": ok") - said.count("database: ok"),
    }


def in_trouble(seconds: float) -> dict[str, object]:
    """Slow mail, lost Redis, killed workers, a restart of PostgreSQL, a full disk, and a burst."""
    with (
        tempfile.TemporaryDirectory(prefix="caseflow-soak-") as home,
        trouble.house(Path(home)) as house,
    ):
        return trouble.run(house, seconds)


def upgraded(seconds: float) -> dict[str, object]:
    """Bring an office up to date while people are at it, from the code before the last tables."""
    with tempfile.TemporaryDirectory(prefix="caseflow-soak-") as folder:
        code, home = Path(folder, "code"), Path(folder, "home")
        code.mkdir()
        home.mkdir()
        before = upgrade.code_before(code)
        if not before:
            return {"not done": "this checkout has no history to take older code from"}
        with upgrade.house(home, code) as house:
            return {"code before": before[:9]} | upgrade.run(house, seconds)


def chance(seconds: float) -> dict[str, object]:
    """Let chance tell stories; the seed of the first is printed, so that they can be told again."""
    first, stories = random.randrange(10**6), 0
    with _database() as url, a_stage(url) as stage:
        machine = chance_on(stage)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                run(machine, 1, STORY_STEPS, first=first + stories)
            except AssertionError as broken:
                broken.add_note(f"the story of seed {first + stories}")
                raise
            stories += 1
    return {
        "stories": f"{stories}, seeds from {first}",
        "steps": machine.steps[0],
        "edges taken": f"{len(machine.taken)}, {machine.taken.total()} times",
        "laws asked": machine.steps[0] * (len(laws.every_law()) + 1),
    }


def second_opinion(seconds: float) -> dict[str, object]:
    """Let chance take the same steps on the ledger and on the independent model of its rules."""
    first, counted = model.NEWEST + random.randrange(10**6), model.Counted()
    with model.own_stage() as stage:
        end = model.soak(stage, seconds, first, counted)
    return {
        "stories": f"{end - first}, seeds from {first}",
        "steps": f"{counted.steps}, {counted.refused.total()} of them refused by both",
        "moves": f"{counted.made.total()} of {len(counted.made)} kinds",
        "rungs": counted.rungs.total(),
    }


@contextmanager
def _database() -> Iterator[str]:
    """Yield the address of a fresh database on a PostgreSQL that waits for no disk."""
    server = start_postgres()
    try:
        with server.copy(server.make_template(migrating.upgrade)) as url:
            yield url
    finally:
        server.stop()


RUNS: dict[str, Callable[[float], dict[str, object]]] = {
    "contest": people_and_sweeps,
    "kills": kills_under_load,
    "trouble": in_trouble,
    "upgrade": upgraded,
    "chance": chance,
    "model": second_opinion,
}


def main(arguments: list[str]) -> int:
    """Make all runs, also after one that failed; return 1 when one did."""
    seconds, broken = float(arguments[0]) if arguments else SECONDS, []
    for name, work in RUNS.items():
        share = seconds * SHARES[name]
        print(f"\n=== {name} ({share:.0f} s): {work.__doc__}", flush=True)
        try:
            for what, n in work(share).items():
                print(f"{what:<28} {n}", flush=True)
        except Exception:  # noqa: BLE001 - shown, and the next run is made all the same
            print(traceback.format_exc(), flush=True)
            broken.append(name)
    print(f"\n=== {'BROKEN: ' + ', '.join(broken) if broken else 'everything holds'}")
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
