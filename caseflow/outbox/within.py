"""Which rows of the outbox somebody may see: a condition on their case, from who knows cases."""

from collections.abc import Callable

from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import InstrumentedAttribute

Within = Callable[[InstrumentedAttribute[int | None]], ColumnElement[bool]]
"""From the column that holds a case's id to the condition; NULL is a matter of no case."""


def everywhere(_case_id: InstrumentedAttribute[int | None]) -> ColumnElement[bool]:
    """Leave nothing out: for machines and for whoever watches the installation."""
    return true()
