"""What the telephone and text doors ask of a provider. Adapters are this; nothing here is one.

A provider is reached in three ways: it calls our hooks and signs what it says, we send through it
(`outbox.transport.Transport`), and it keeps pictures and recordings for us until they are fetched.
"""

from collections.abc import Iterator, Mapping, Sequence
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
    """What the provider keeps for us. `place` names a file there: `media:MM…/ME…`, `recording:RE…`.

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
