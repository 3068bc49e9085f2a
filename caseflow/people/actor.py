"""Who acts: a value handed to every verb, never a user row (engine 2)."""

from dataclasses import dataclass, field

SYSTEM_ROLE = "system"
REPORTER_ROLE = "reporter"


@dataclass(frozen=True)
class Actor:
    """A person in a role. `area` is the code of the area they answer for, `level` its level.

    `unit` is set for people of a unit; `recused` holds the units they must not touch (回避).
    The sweep and reporters act too, with `id` None.
    """

    id: int | None
    role: str
    area: str = ""
    level: str = ""
    unit: int | None = None
    recused: frozenset[int] = field(default_factory=frozenset)

    @property
    def person(self) -> int:
        """The id of the person; raises ValueError for the sweep and for reporters."""
        if self.id is None:
            raise ValueError(f"{self.role} is no person of the office")
        return self.id


SWEEP = Actor(id=None, role=SYSTEM_ROLE)
REPORTER = Actor(id=None, role=REPORTER_ROLE)
