"""The clock of a run of several processes: days pass in between, seconds while somebody works."""

import multiprocessing
import time
from datetime import datetime, timedelta

from tests.ledger.world import START

FORK = multiprocessing.get_context("fork")  # starting Python anew would be most of the work


class Days:
    """The clock of everybody: it runs as it does, and in between a while passes at once.

    Nobody is at it while it passes: what was begun before ends before, as nights are.
    """

    def __init__(self, people: int) -> None:
        self._passed = FORK.RawValue("d", 0.0)
        self._passing = FORK.RawValue("b", 0)
        self._over = FORK.RawValue("b", 0)
        self._busy = FORK.RawArray("b", people)
        self._began = time.monotonic()

    def now(self, who: int) -> datetime:
        """Return the moment, a different one for each person."""
        ran = timedelta(seconds=time.monotonic() - self._began + self._passed.value)
        moment = START + ran
        return moment.replace(microsecond=moment.microsecond // 100 * 100 + who)

    def begin(self, who: int) -> bool:
        """Wait until something may be begun; False when it is all over."""
        while not self._over.value:
            self._busy[who] = 1
            if not self._passing.value:
                return True
            self._busy[who] = 0
            time.sleep(0.001)
        return False

    def end(self, who: int) -> None:
        """Say that it is done."""
        self._busy[who] = 0

    def pass_hours(self, hours: float) -> None:
        """Wait until nobody is at anything, and let time pass."""
        self._passing.value = 1
        while any(self._busy):
            time.sleep(0.001)
        self._passed.value += hours * 3600
        self._passing.value = 0

    def finish(self) -> None:
        """Let everybody go home."""
        self._over.value = 1
