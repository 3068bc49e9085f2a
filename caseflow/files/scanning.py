"""What is asked of a virus scanner; an adapter does it."""

from collections.abc import Iterable
from typing import Protocol

from caseflow.errors import CaseflowError


class ScannerAway(CaseflowError):
    """Nobody answers: it says nothing about the file, which waits."""


class ScanBroken(CaseflowError):
    """The scanner broke off over this file, or would not say."""


class TooLargeToScan(CaseflowError):
    """The scanner takes no file of this size: asking again would not help."""


class Scanner(Protocol):
    """Looks for viruses."""

    def signatures(self) -> str:
        """Return the number of the signatures that it goes by. Raises ScannerAway."""
        ...

    def scan(self, pieces: Iterable[bytes], /) -> str:
        """Return the name of what was found, nothing for a clean file.

        Raises ScannerAway, ScanBroken, TooLargeToScan.
        """
        ...
