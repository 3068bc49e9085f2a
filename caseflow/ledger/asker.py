"""Who asks, as parameters of a statement.

A condition such as "the next step is theirs" is a few hundred clauses, and saying it takes longer
than what the database does with it. So statements are built once for each kind of person (role,
level, whether they keep away from anybody) and carried out with who it is: `said_of(actor)`.
"""

from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Integer, String, and_, bindparam, false, or_

from caseflow.ledger.tables import Case
from caseflow.people.actor import Actor
from caseflow.people.permissions import may

ME = bindparam("asker", type_=Integer)
HERE = bindparam("asker_area", type_=String)
AWAY = bindparam("asker_away", type_=Integer, expanding=True)

KINDS = 64
"""More than there are: roles of the office, levels of areas, with and without recusals."""

_ANYBODY = frozenset({0})


def kind_of(actor: Actor) -> Actor:
    """Return an actor that stands for all of the same kind."""
    away = _ANYBODY if actor.recused else frozenset[int]()
    return replace(actor, id=0, area="", unit=None, recused=away)


def said_of(actor: Actor) -> dict[str, Any]:
    """Return what a statement with these parameters is to be carried out with."""
    return {ME.key: actor.id, HERE.key: actor.area, AWAY.key: sorted(actor.recused)}


def bound_here(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on a case that it waits to be signed for by the office of whoever asks,
    wherever it lies: what `gate.is_bound_for` tells of one.
    """
    if not may(actor, "ledger.read"):
        return false()
    return and_(Case.bound_for == HERE, *_free(actor))


def within(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on a case that it lies in the scope of whoever asks: what
    `queries.visible` says of a scope.
    """
    if not may(actor, "ledger.read"):
        return false()
    inside: ColumnElement[bool] = getattr(Case, actor.level) == HERE
    return and_(inside, *_free(actor))


def _free(actor: Actor) -> list[ColumnElement[bool]]:
    return [or_(Case.unit_id.is_(None), Case.unit_id.not_in(AWAY))] if actor.recused else []
