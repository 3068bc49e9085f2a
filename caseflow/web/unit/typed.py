"""What was typed on an item's page and is not kept yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from caseflow.web.unit.news import NewsLine


@dataclass(frozen=True)
class Typed:
    """What was typed and not sent yet: with what is wrong with it, or why it could not be done.

    `news`: what happened since the form was made. `files`: tokens of large files that came before
    the form, under its number `nonce`.
    """

    form: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    changed: str = ""
    news: Sequence[NewsLine] = ()
    nonce: str = ""
    files: Sequence[str] = ()
