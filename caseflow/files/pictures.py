"""What is asked of whoever makes pictures anew; an adapter does it."""

from dataclasses import dataclass
from typing import Protocol

from caseflow.errors import CaseflowError

LARGEST = 40 * 1024 * 1024
"""Bytes of a picture that is made anew; a larger one is held back."""


class NoPicture(CaseflowError):
    """Nothing can be made of it: not a picture, damaged, or too large when unpacked."""


@dataclass(frozen=True, repr=False)
class Copied:
    """A picture made anew: nothing is in it but what can be seen. `more`: it shows the first of
    several pages or frames.
    """

    content: bytes
    media_type: str
    more: bool = False


class Pictures(Protocol):
    """Makes pictures anew."""

    def copy(self, content: bytes, /) -> Copied:
        """Return it upright, without what a camera notes beside it. Raises NoPicture."""
        ...


class NoPictures:
    """Makes none, so that every picture is held back."""

    def copy(self, _content: bytes, /) -> Copied:
        """Raise NoPicture."""
        raise NoPicture("nothing makes pictures here")
