"""`make bench`: fill a ledger, serve it, measure the table of the issue, keep the result.

    python -m bench [--size CASES] [--seconds SECONDS]

Each line is measured three times, a limit of the same machine beside it each time; the medians
count. Only ratios within one run mean anything: the same work moves threefold between machines.
"""

import argparse
import contextlib
import io
import sys
import time
from collections.abc import Iterator, Mapping
from statistics import median

import tests.conftest  # noqa: F401 - no setting of whoever runs this, no other machine
from bench import batches, load, places, results
from bench.filling import Plan
from bench.lines import EMBEDDED, LINES, Line
from bench.results import Result, judged
from caseflow import clock
from tests.postgres import Postgres

ROUNDS = 3
SMALL, LARGE = 20_000, 100_000
"""Cases of an office of one process at most, and of one that sweeps: a district has a hundred a
year."""
WARM = 1.5
"""Seconds that nobody measures: both processes have to meet each statement once."""


def main() -> int:
    """Measure and print; 1 where a floor was missed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--size", type=int, default=100_000, help="cases in the ledger")
    parser.add_argument("--seconds", type=float, default=4.0, help="of each of three measurements")
    asked = parser.parse_args()
    print(results.HEAD, flush=True)
    lines: list[Result] = []
    with places.postgresql() as server:
        for line in _measured(server, asked.size, asked.seconds):
            print(results.row(line), flush=True)
            lines.append(line)
        with server.admin() as link:
            told = link.execute("SHOW server_version").fetchone()
    stood_on = {"machine": results.machine(), "versions": results.versions(str(told and told[0]))}
    results.keep(asked.size, stood_on, lines)
    return int(any(line.met == "no" for line in lines))


def _measured(server: Postgres, size: int, seconds: float) -> Iterator[Result]:
    with places.an_office(server, "bench_office") as settings:
        places.fill(settings, Plan(size))
        yield _start(settings)
        with (
            places.served("bench.bare:app", settings) as bare,
            places.served("wsgi:app", settings) as port,
        ):
            yield judged("memory idle", places.memory(port), "MiB", (119, 100), less=True)
            for line in LINES:
                yield from _pressed(line, port, bare, seconds)
            yield judged("memory under load", places.memory(port), "MiB", (138, 120), less=True)
        yield judged(
            "histories verified", batches.verified(settings), "entries/s", (20_000, 40_000)
        )
    yield from _embedded(min(size, SMALL), seconds)
    took, limit = batches.swept(server, size)
    yield judged(
        f"sweep {batches.OVERDUE} overdue", took, "s", (3.5, 2.5), less=True, ratio=took / limit
    )
    took = batches.swept_embedded(min(size, LARGE))
    yield judged(f"embedded: sweep {batches.OVERDUE} overdue", took, "s", (2, 1.5), less=True)
    rate, before = batches.worked_off(server)
    yield judged("backlog of 100,000 messages", rate, "/s", (14, 28))
    yield judged("letters before an urgent one", before, "", (60, 20), less=True)
    with contextlib.redirect_stdout(io.StringIO()):
        delivered = batches.delivered(server)
    for form, rate in delivered.items():
        yield judged(f"e-mail {form}", rate, "/s", (100, 150))
    yield judged("import of an old ledger", batches.imported(server), "rows/s", (833, 1500))


def _embedded(size: int, seconds: float) -> Iterator[Result]:
    """Press an office of one process. It sweeps by itself: nothing in it must be due yet."""
    with places.an_embedded_office() as settings:
        places.fill(settings, Plan(size, now=clock.now()))
        with (
            places.served("bench.bare:app", settings, workers=1) as bare,
            places.embedded(settings) as port,
        ):
            for line in EMBEDDED:
                yield from _pressed(line, port, bare, seconds)


def _pressed(line: Line, port: int, bare: int, seconds: float) -> Iterator[Result]:
    """Measure a line and the limit in turn; yield its rate and its p95."""
    work = line.work(port)
    load.press(work, WARM)
    ours, limits = [], []
    for _ in range(ROUNDS):
        limits.append(load.press(lambda _n: load.page(bare, "/", "bare"), seconds / 2).rate)
        ours.append(load.press(work, seconds))
    rate, goal = median(one.rate for one in ours), line.goal
    yield judged(line.name, rate, line.unit, (goal.floor, goal.reach), ratio=rate / median(limits))
    if goal.floor_p95 and goal.reach_p95:
        p95 = median(one.p95 for one in ours)
        yield judged(f"{line.name}, p95", p95, "ms", (goal.floor_p95, goal.reach_p95), less=True)


def _start(settings: Mapping[str, str]) -> Result:
    """Measure how long until the first answer, beside an application that does nothing."""
    took: dict[str, list[float]] = {"wsgi:app": [], "bench.bare:app": []}
    for _ in range(ROUNDS):
        for app, seconds in took.items():
            began = time.perf_counter()
            with places.served(app, settings):
                seconds.append(time.perf_counter() - began)
    ours, bare = (median(seconds) for seconds in took.values())
    return judged("start until first answer", ours, "s", (1.0, 0.6), less=True, ratio=ours / bare)


if __name__ == "__main__":
    sys.exit(main())
