"""Who reported, as values: what the vault is given and what it gives back."""

from dataclasses import dataclass
from typing import Protocol


class PersonLike(Protocol):
    """Anything that says who reported; every field may be empty."""

    @property
    def name(self) -> str:
        """The name as given."""
        ...

    @property
    def phone(self) -> str:
        """Telephone number as typed."""
        ...

    @property
    def email(self) -> str:
        """E-mail address as typed."""
        ...

    @property
    def address(self) -> str:
        """Postal address as typed."""
        ...


@dataclass(frozen=True, repr=False)
class Person:
    """What a reveal gives back. Lives as long as the page that shows it; never logged."""

    name: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""

    def __repr__(self) -> str:
        """Keep the person out of every traceback and log line."""
        return "Person(…)"
