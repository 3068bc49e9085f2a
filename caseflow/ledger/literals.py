"""SQL said so that PostgreSQL plans a statement well, once and for all.

Words of our own stand in it as literals: a partial index serves a statement whose words are
parameters only while it is planned anew each time, which takes longer than what it finds. For words
of the program alone, never for what was typed.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, literal_column
from sqlalchemy.orm import InstrumentedAttribute

Column = InstrumentedAttribute[str] | InstrumentedAttribute[str | None] | ColumnElement[str]


def is_word(column: Column, word: str) -> ColumnElement[bool]:
    """Return the condition that a column holds a word."""
    return column == _said(word)


def is_not_word(column: Column, word: str) -> ColumnElement[bool]:
    """Return the condition that a column holds another word."""
    return column != _said(word)


def among(column: Column, words: Iterable[str]) -> ColumnElement[bool]:
    """Return the condition that a column holds one of some words."""
    return column.in_([_said(word) for word in words])


def not_among(column: Column, words: Iterable[str]) -> ColumnElement[bool]:
    """Return the condition that a column holds none of some words."""
    return column.not_in([_said(word) for word in words])


def has_one(of: Any, rows: Select[Any]) -> ColumnElement[bool]:
    """Return the condition that a row of the table `of`, which the statement reads, has such rows:
    by the first one rather than EXISTS, which PostgreSQL may answer by reading every row there is.
    """
    return rows.limit(1).correlate(of).scalar_subquery().is_not(None)


def _said(word: str) -> ColumnElement[Any]:
    if not word.isidentifier():
        raise ValueError("no word of ours")
    return literal_column(f"'{word}'")
