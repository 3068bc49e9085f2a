"""How long the outbox waits, how often it tries, and when it gives up. Pure."""

from dataclasses import dataclass
from datetime import timedelta
from zlib import crc32


@dataclass(frozen=True)
class Patience:
    """Waiting times in seconds and limits in tries.

    The defaults keep trying for two and a half days: a mail server that fails on Friday evening
    is mended on Monday, and nobody should have to press a button then.
    """

    lease: float = 180.0
    first_wait: float = 30.0
    longest_wait: float = 3600.0
    tries: int = 66
    event_tries: int = 12
    repeats: int = 5

    def wait(self, key: str, attempt: int) -> timedelta:
        """Return how long to wait after failed try number `attempt` (from 1) of `key`.

        Doubling, with up to a quarter more. The extra comes from key and number, so that it is
        the same in every process and yet messages that failed together do not return together.
        """
        seconds = self.longest_wait
        if attempt < 30:  # beyond that the doubling is only a large number
            seconds = min(self.first_wait * 2 ** (attempt - 1), self.longest_wait)
        share = crc32(f"{key}:{attempt}".encode()) / 2**32
        return timedelta(seconds=seconds * (1 + share / 4))

    @property
    def lease_time(self) -> timedelta:
        """Return how long a claimed message is left to whoever claimed it."""
        return timedelta(seconds=self.lease)
