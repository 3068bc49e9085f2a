"""What the lines of a case's story are put together from."""

from caseflow import words
from caseflow.ledger.dossier import Happened
from caseflow.web.locale import gettext, happened

Sentence = tuple[str, str]
"""What happened, and what was said about it."""


def worded(table: dict[str, str], code: object) -> str:
    """Return the word of the screen for a word of the code, or that word itself."""
    return gettext(table[str(code)]) if code in table else str(code or "")


def moved(entry: Happened) -> str:
    """Return what was done, in the word of the screen."""
    return happened(words.MOVES.get(entry.verb, entry.verb))


def written(entry: Happened, *names: str) -> str:
    """Return what a person wrote, from the facts that stand in the history in the clear."""
    texts = [entry.facts.get(name) for name in names]
    return "\n".join(text for text in texts if isinstance(text, str) and text)


def with_name(entry: Happened, name: str) -> str:
    """Return what was done, and to or by whom."""
    return gettext("%(move)s：%(what)s", move=moved(entry), what=name) if name else moved(entry)
