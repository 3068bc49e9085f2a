"""A move's form as a value: what it asks, what will happen. One template draws them all.

A form that was refused is drawn again with what was typed and the error beside its field.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Option = tuple[str, str]


@dataclass(frozen=True)
class Field:
    """One question of a form.

    `look`: text, textarea, date (from `first` to `last`, in ISO form), select, radios, checks (any
    number of `options`), unit (typed with suggestions), file (with a form's number as `value` also
    in pieces), hidden, and
    `original` (nothing to fill in: the reports as received, beside the next field).
    `options`: value, label and for radios and checks perhaps a hint; of a text what is offered to
    be typed.
    """

    look: str
    name: str
    label: str = ""
    value: str = ""
    hint: str = ""
    optional: bool = False
    options: Sequence[tuple[str, ...]] = ()
    blank: str = ""
    rows: int = 3
    row: bool = False
    longest: int = 0
    first: str = ""
    last: str = ""


def files_field(name: str, label: str, *, optional: bool = False) -> Field:
    """Return a field for evidence, of which large files may come in pieces before the form does."""
    return Field("file", name, label, fresh_nonce(), optional=optional)


def fresh_nonce() -> str:
    """Return a number for a form, under which its large files wait for it."""
    return secrets.token_urlsafe(18)


@dataclass(frozen=True)
class Form:
    """One move as the page offers it.

    `key` names it within the page and is its anchor; `what` says beforehand what will happen;
    `look`: '' or 'alarm'; `unfolded`: it stands open from the start. The form sends the case's
    `head_n` along.
    """

    key: str
    title: str
    action: str
    what: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    submit: str = ""
    look: str = ""
    unfolded: bool = False

    @property
    def upload(self) -> bool:
        """Tell whether files go with it."""
        return any(one.look == "file" for one in self.fields)


@dataclass(frozen=True)
class Again:
    """A form that was refused: which, what was typed, and what is wrong with which field; `files`:
    tokens of large files that came before it, under its number `nonce`.

    An error under a name that the form does not have is shown above its fields.
    """

    key: str
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    nonce: str = ""
    files: Sequence[str] = ()

    def places(self, form: Form) -> list[tuple[str, str, str]]:
        """Return of every error where it stands, the label of its field, and what is wrong."""
        labels = {one.name: one.label for one in form.fields}
        return [
            (f"{self.key}-{name}" if name in labels else self.key, labels.get(name, ""), words)
            for name, words in self.errors.items()
        ]

    def general(self, form: Form) -> list[str]:
        """Return the errors that belong to no field of the form."""
        names = {one.name for one in form.fields}
        return [words for name, words in self.errors.items() if name not in names]
