"""People who report, each with a file, while something else goes on."""

import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from caseflow.files.store import Store
from caseflow.intake.receive import take_in
from caseflow.intake.report import IncomingFile, IncomingReport
from caseflow.intake.rooms import Rooms

SOON = 30.0


@dataclass
class Load:
    """Some threads that open cases with files until they are told to stop."""

    rooms: Rooms
    now: datetime
    numbers: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make the threads."""
        self._more = threading.Condition()
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._report) for _ in range(3)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        self.wait_for(3)
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, more: int) -> None:
        """Return once so many more have been told that they were taken in."""
        with self._more:
            wanted = len(self.numbers) + more
            assert self._more.wait_for(lambda: len(self.numbers) >= wanted, SOON), self.failed

    def _report(self) -> None:
        while not self._stop.is_set():
            file = IncomingFile("证据.bin", content=secrets.token_bytes(300_000))
            incoming = IncomingReport(
                channel="webform",
                channel_key=secrets.token_hex(8),
                received_at=self.now,
                kind="complaint",
                text="食堂的菜里有虫。",
                original=b"form",
                files=(file,),
            )
            try:
                number = take_in(self.rooms, incoming, self.now).report_number
            except Exception as error:  # noqa: BLE001 - told by whoever waits
                self.failed.append(repr(error))
                return
            with self._more:
                self.numbers.append(number)
                self._more.notify_all()


@dataclass
class Slowly:
    """A store that lets three more people report before it gives its first file."""

    store: Store
    load: Load

    def __getattr__(self, name: str) -> object:
        """Be the store otherwise."""
        return getattr(self.store, name)

    def open(self, blob_id: str, /) -> Iterator[bytes]:
        """Wait, the first time, then give the file."""
        if not self.load._stop.is_set():
            self.load.wait_for(3)
            self.load._stop.set()
        return self.store.open(blob_id)


def slowly(rooms: Rooms, load: Load) -> Rooms:
    """Return the rooms as a backup may have them."""
    return replace(rooms, store=Slowly(rooms.store, load))  # type: ignore[arg-type]
