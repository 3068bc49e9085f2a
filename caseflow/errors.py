"""Errors that a person at the edge can be told about.

Each carries a message in the office's language and, where it helps, what to do next. The web
turns them into pages, the command line into one line, mail into a quarantine reason.
"""

from collections.abc import Mapping
from typing import Self


class Told(str):
    """A message with values in it: filled in the office's language, and able to be said in others.

    `text` is the message with its named holes, `values` what fills them. A message without values
    is a plain string. The page says either by `web.locale.gettext`.
    """

    __slots__ = ("text", "values")

    text: str
    values: Mapping[str, object]

    def __new__(cls, text: str, **values: object) -> Self:
        """Fill the named holes of `text`."""
        told = super().__new__(cls, text % values)
        told.text, told.values = text, values
        return told


class CaseflowError(Exception):
    """Something that can be explained to whoever asked for it."""

    status = 400

    @property
    def told(self) -> str:
        """The message as it was given: a string, or a `Told` with its values."""
        return self.args[0] if self.args and isinstance(self.args[0], str) else ""


class BadInput(CaseflowError):
    """What was typed cannot be taken; `fields` maps field name to message."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("; ".join(fields.values()))
        self.fields = dict(fields)


class SignedOut(CaseflowError):
    """Something was sent by nobody who is signed in: the session ended while it was written."""

    status = 401


class NotPermitted(CaseflowError):
    """The actor's role or scope does not cover this."""

    status = 403


class NotFound(CaseflowError):
    """There is no such thing, or none the actor may see (which must look the same)."""

    status = 404


class MoveNotAllowed(CaseflowError):
    """The state table holds no such edge from where the matter stands now."""

    status = 409


class Stale(CaseflowError):
    """The case moved on since the form was shown; `since` is the entry the form had seen."""

    status = 409

    def __init__(self, message: str, since: int) -> None:
        super().__init__(message)
        self.since = since


class Unavailable(CaseflowError):
    """A store cannot be reached; nothing was kept and the sender should try again later."""

    status = 503
