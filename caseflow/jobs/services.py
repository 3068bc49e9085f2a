"""What jobs need from the house; the composition root provides it."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from caseflow.db import Database
from caseflow.outbox.handlers import Handlers

Waiting = Callable[[float, Callable[[], bool]], bool]
"""(seconds, whether to stop) to whether there is something to do; may return at once without."""


class Services(Protocol):
    """One process's database and what its jobs carry out."""

    @property
    def database(self) -> Database:
        """The database of this process."""

    @property
    def handlers(self) -> Handlers:
        """What the outbox is handed."""

    @property
    def poll_mail(self) -> Callable[[datetime], int] | None:
        """Fetches some mail and returns how many; None while no mailbox is configured."""

    @property
    def fetch_pictures(self) -> Callable[[datetime], int] | None:
        """Fetches what text messages brought, and returns how many; None without a provider."""

    @property
    def await_mail(self) -> Waiting | None:
        """Waits for mail to come in; None while no mailbox is configured."""

    def mind_calls(self, now: datetime) -> int:
        """End silent calls and bring recordings home; return how much there was to do."""

    def examine_files(self, now: datetime) -> int:
        """Look at files that nobody has looked at yet, have files scanned; return how many."""

    def forget_files(self, now: datetime) -> int:
        """Forget files that nothing names any more and return how many."""

    def anchor(self, now: datetime) -> bool:
        """Sign what the histories came to, once a day; tell whether this was it."""

    def import_ledgers(self, now: datetime) -> int:
        """Work on imports of old ledgers that wait for it and return how many."""

    def sweep(self, session: Session, now: datetime) -> int:
        """Take one batch of due clocks a rung up and return how many; 0 when none is left."""
