"""What was typed on an item's page and is not kept yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from caseflow.web.unit.news import NewsLine


@dataclass(frozen=True)
class Typed:
    """What was typed and not sent yet: with what is wrong with it, or why it could not be done.

    `news`: what happened since the form was made. `files`: tokens of large files that came before
    the form, under its number `nonce`; `visit`: that of a visit, else the one of what the holder
    can do.
    """

    form: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    changed: str = ""
    news: Sequence[NewsLine] = ()
    nonce: str = ""
    files: Sequence[str] = ()
    visit: bool = False

    def brought(self, *, visit: bool) -> tuple[str, Sequence[str]]:
        """Return the number of one of the two forms, if it has one, and what came before it."""
        return (self.nonce, self.files) if visit is self.visit else ("", ())
