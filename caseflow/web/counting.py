"""How many requests there were, counted by every web process and told by any of them.

The processes are forked from one that has loaded the application (`gunicorn --preload`) and share
a piece of memory in which each has a row of its own: nobody waits for anybody, and a scrape adds up
the rows whichever process it comes to. A row is held by a lock of the kernel, which lets go when
its process ends however it ends; the next one goes on counting in it, so that nothing is forgotten
and nothing goes back before the whole service is started anew.
"""

import fcntl
import mmap
import os
import threading
from bisect import bisect_left
from collections.abc import Iterator, Sequence

ROWS = 64
"""More processes at once than this share the last row and may miss a count."""
CLASSES = ("1xx", "2xx", "3xx", "4xx", "5xx")
BOUNDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Seconds up to which durations are told apart."""


class Counts:
    """Numbers of requests by route and class of status, and how long all of them took."""

    def __init__(self, routes: Sequence[str]) -> None:
        """Begin at nothing. To be made before the processes are forked."""
        self._routes = {route: n for n, route in enumerate([*routes, ""])}
        self._width = len(self._routes) * len(CLASSES) + len(BOUNDS) + 2
        size = ROWS * self._width * 8
        self._file = os.memfd_create("caseflow-counts")
        os.truncate(self._file, size)
        self._cells = memoryview(mmap.mmap(self._file, size)).cast("Q")
        self._guard = threading.Lock()
        self._owner, self._row = 0, 0

    def note(self, route: str, status: int, seconds: float) -> None:
        """Count a request; a route that is not known counts as ''."""
        place = self._routes.get(route, len(self._routes) - 1) * len(CLASSES)
        place += min(max(status // 100, 1), 5) - 1
        times = len(self._routes) * len(CLASSES)
        with self._guard:
            start = self._own() * self._width
            self._cells[start + place] += 1
            self._cells[start + times + bisect_left(BOUNDS, seconds)] += 1
            self._cells[start + self._width - 1] += int(seconds * 1_000_000)

    def requests(self) -> Iterator[tuple[str, str, int]]:
        """Yield route, class and number of what was asked for at least once."""
        told = self._sums()
        for route, n in self._routes.items():
            for m, name in enumerate(CLASSES):
                if number := told[n * len(CLASSES) + m]:
                    yield route, name, number

    def durations(self) -> tuple[list[int], float]:
        """Return how many took up to each bound, and longer, each with those before; and the sum
        of all in seconds.
        """
        told = self._sums()
        upto, many = [], 0
        for number in told[len(self._routes) * len(CLASSES) : -1]:
            many += number
            upto.append(many)
        return upto, told[-1] / 1_000_000

    def _sums(self) -> list[int]:
        return [sum(self._cells[n :: self._width]) for n in range(self._width)]

    def _own(self) -> int:
        """Return the row of this process; the first time, the first that nobody holds."""
        if self._owner != os.getpid():
            self._owner, self._row = os.getpid(), self._free()
        return self._row

    def _free(self) -> int:
        for row in range(ROWS - 1):
            try:
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, row)
            except OSError:
                continue
            return row
        return ROWS - 1
