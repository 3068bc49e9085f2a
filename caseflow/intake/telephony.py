"""What the telephone and text doors ask of a provider. Adapters are this; nothing here is one.

A provider is reached in three ways: it calls our hooks and signs what it says, we send through it
(`outbox.transport.Transport`), and it keeps pictures and recordings for us until they are fetched.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from caseflow.errors import Unavailable


class ProviderDown(Unavailable):
    """The provider cannot be reached, or does not let us in; later is another try."""


class NotKept(Exception):
    """The provider has no such file (any more), or will not give it: no later try gets it."""


class Signatures(Protocol):
    """Tells whether a hook was called by the provider itself."""

    def signed(self, url: str, form: Mapping[str, Sequence[str]], signature: str) -> bool:
        """Tell whether `signature` is the provider's for this address and form.

        `url`: the public address of the request, query and all.
        """
        ...


class KeptFiles(Protocol):
    """What the provider keeps for us. `place` names a file there: `media:MM…/ME…`, `recording:RE…`;
    `message:SM…` is a message itself, which can only be deleted.

    A place is made of ids that the adapter checks; an address that came with a hook is never one.
    """

    def fetch(self, place: str, longest: int) -> tuple[str, Iterator[bytes]]:
        """Return its media type and its bytes in pieces, read as they are asked for.

        Raises NotKept (also while it is read, where there are more than `longest` bytes),
        ProviderDown.
        """
        ...

    def delete(self, place: str) -> None:
        """Delete it at the provider; one that is gone is deleted. Raises ProviderDown, NotKept."""
        ...


# What a call is made to do, one step after the other. Addresses are ours, with no number in them.


@dataclass(frozen=True)
class Say:
    """Speak to the caller. `language`: BCP 47."""

    words: str
    language: str


@dataclass(frozen=True)
class Dial:
    """Ring a telephone for so many seconds, then ask at `after` what comes next; tell at `told` how
    it rings. `recorded`: record it and tell there; empty where it is not recorded.
    """

    number: str = field(repr=False)
    seconds: int
    after: str
    told: str
    recorded: str = ""


@dataclass(frozen=True)
class Record:
    """Record what the caller says after a tone, for at most so many seconds."""

    seconds: int
    after: str
    told: str


@dataclass(frozen=True)
class HangUp:
    """End the call."""


Step = Say | Dial | Record | HangUp
Script = Callable[[Sequence[Step]], str]
"""Writes steps down in a provider's own words."""
