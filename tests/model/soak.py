"""`python -m tests.model.soak SECONDS [SEED]`: chance tells stories for so long, from a seed on.

Prints what was done; ends with 1 and the story where model and product disagree. One story alone:
`python -m tests.model.soak 0 SEED`.
"""

import argparse
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from caseflow.migrating import upgrade
from tests.ledger.conftest import Stage, a_stage
from tests.model.play import tell
from tests.model.report import table
from tests.model.telling import LATEST, Counted
from tests.servers import quick_folder

STEPS = 150


def soak(stage: Stage, seconds: float, first: int, counted: Counted) -> int:
    """Tell stories until the time is over, one at the least; return the seed after the last."""
    end = time.monotonic() + seconds
    for seed in count(first):
        try:
            tell(stage, seed, STEPS, counted)
        except Exception as error:
            error.add_note(f"seed {seed}")
            raise
        if time.monotonic() >= end:
            return seed + 1
    raise AssertionError("count never ends")


@contextmanager
def own_stage() -> Iterator[Stage]:
    """Yield a stage on a fresh SQLite database that is gone afterwards."""
    folder = quick_folder("caseflow-model-")
    try:
        url = f"sqlite:///{Path(folder) / 'model.db'}"
        upgrade(url)
        with a_stage(url) as stage:
            yield stage
    finally:
        shutil.rmtree(folder)


def main() -> None:
    """Read the command line, tell stories, print what was done."""
    parser = argparse.ArgumentParser(prog="python -m tests.model.soak", description=__doc__)
    parser.add_argument("seconds", type=float)
    parser.add_argument("seed", type=int, nargs="?", default=LATEST)
    asked = parser.parse_args()
    counted = Counted()
    began = time.monotonic()
    with own_stage() as stage:
        end = soak(stage, asked.seconds, asked.seed, counted)
    took = time.monotonic() - began
    told = f"seeds {asked.seed} to {end - 1} in {took:.0f} s: no disagreement"
    sys.stdout.write(f"{table(counted)}\n{told}\n")


if __name__ == "__main__":
    sys.exit(main())
